#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "build_config.h"
#include "collector/target/dns.h"
#include "collector/target/stamp.h"
#include "collector/target/target.h"
#include "common/lang.h"
#include "common/log.h"

#define PROGRAM     "internetmetre-target"
#define CONFIG_FILE CONF_DIR "/target.conf"
#define EXIT_USAGE  2

struct invocation { /* borrows from argv */
    const char *config, *listen;
    bool help, version, sample_config;
};

static void print_help(FILE *out)
{
    fprintf(out,
            _("usage: %s serve [--listen ADDRESS:PORT] [--config FILE]\n\n"
              "The measurement target: the far end of probes' throughput and STAMP measurements.\n\n"
              "  --listen ADDRESS:PORT  where to listen; overrides the configuration\n"
              "  --config FILE          default %s\n"
              "  --help\n  --version\n"
              "  --sample-config        a configuration file with every key and its default\n\n"
              "Keys of the configuration file:\n"),
            PROGRAM, CONFIG_FILE);
    conf_print_help(&target_table, out);
}

/* 0, or -EINVAL after getopt or we said what is wrong. */
static int invocation_read(int argc, char *argv[], struct invocation *ret)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},  {"listen", required_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},          {"version", no_argument, NULL, 'v'},
        {"sample-config", no_argument, NULL, 's'}, {0},
    };
    struct invocation in = {0};
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            in.config = optarg;
            break;
        case 'l':
            in.listen = optarg;
            break;
        case 'h':
            in.help = true;
            break;
        case 'v':
            in.version = true;
            break;
        case 's':
            in.sample_config = true;
            break;
        default:
            return -EINVAL;
        }
    }
    if (!in.help && !in.version && !in.sample_config) {
        if (optind >= argc || strcmp(argv[optind], "serve") != 0) {
            fprintf(stderr, _("%s: the one command is \"serve\"\n"), PROGRAM);
            return -EINVAL;
        }
        if (optind + 1 < argc) {
            fprintf(stderr, _("%s: %s: one word too many\n"), PROGRAM, argv[optind + 1]);
            return -EINVAL;
        }
    }
    *ret = in;
    return 0;
}

static int settings_read(const struct invocation *in, struct target_settings *ret, struct fault *f)
{
    conf_preset(&target_table, ret);
    int rc = conf_read(&target_table, in->config ? in->config : CONFIG_FILE, ret, f);
    if (rc == -ENOENT && !in->config)
        rc = 0;
    if (rc == 0 && in->listen)
        rc = conf_set(&target_table, ret, NULL, "listen", in->listen, f);
    return rc;
}

/* With "auto" a host whose STAMP port is taken serves the rest all the same. */
static int reflect(const struct target_settings *settings, struct stamp_server **ret, struct fault *f)
{
    const struct stamp_settings stamp = {
        .listen = settings->stamp_listen,
        .beside = settings->listen,
        .mode = (enum stamp_mode)settings->stamp_mode,
        .rate = settings->stamp_rate,
        .total = settings->stamp_rate_total,
    };
    int rc = stamp_server_start(&stamp, ret, f);
    if (rc < 0 && strcmp(stamp.listen, "auto") == 0) {
        log_warn("%s; STAMP packets are not reflected", f->text);
        *ret = NULL;
        rc = 0;
    }
    if (rc == 0 && *ret)
        log_info("STAMP reflector (%s) listens on UDP port %u", stamp_modes[stamp.mode], stamp_server_port(*ret));
    return rc;
}

/* Until SIGTERM or SIGINT: blocked before any thread starts, so that they wait
 * for us here and for no one else. */
static int serve(const struct target_settings *settings)
{
    struct target *target;
    struct stamp_server *stamp = NULL;
    struct dns_server *dns = NULL;
    struct fault f;
    sigset_t stop;
    int which;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (target_start(settings, &target, &f) < 0) {
        log_error("%s", f.text);
        return 1;
    }
    if (reflect(settings, &stamp, &f) < 0 || dns_server_start(settings->dns_listen, settings->dns_zone, &dns, &f) < 0) {
        log_error("%s", f.text);
        stamp_server_stop(stamp);
        target_stop(target);
        return 1;
    }
    if (dns)
        log_info("name server of %s listens on %s, port %u", settings->dns_zone, settings->dns_listen,
                 dns_server_port(dns));
    log_info("measurement target %s listens on %s, port %u", VERSION, settings->listen, target_port(target));
    sigwait(&stop, &which);
    log_info("signal %d: transfers under way end, then the target stops", which);
    dns_server_stop(dns);
    stamp_server_stop(stamp);
    target_stop(target);
    return 0;
}

int main(int argc, char *argv[])
{
    lang_start("auto");
    struct invocation in;
    if (invocation_read(argc, argv, &in) < 0) {
        fprintf(stderr, _("try \"%s --help\"\n"), PROGRAM);
        return EXIT_USAGE;
    }
    if (in.version) {
        puts(PROGRAM " " VERSION);
        return 0;
    }
    if (in.help) {
        print_help(stdout);
        return 0;
    }
    if (in.sample_config) {
        conf_print_sample(&target_table, stdout);
        return 0;
    }
    struct target_settings settings = {0};
    struct fault f;
    int status = EXIT_USAGE;
    if (settings_read(&in, &settings, &f) < 0) {
        log_error("%s", f.text);
    } else {
        log_set_level((enum log_level)settings.log_level);
        status = serve(&settings);
    }
    conf_free(&target_table, &settings);
    return status;
}
