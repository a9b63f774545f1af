#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "build_config.h"
#include "collector/target/dns.h"
#include "collector/target/stamp.h"
#include "collector/target/target.h"
#include "common/invocation.h"
#include "common/lang.h"
#include "common/log.h"

static int settings_read(const struct invocation *in, struct target_settings *ret, struct fault *f)
{
    const char *listen = invocation_text(in, "listen");
    conf_preset(&target_table, ret);
    int rc = conf_read(&target_table, in->config ? in->config : in->program->config, ret, f);
    if (rc == -ENOENT && !in->config)
        rc = 0;
    if (rc == 0 && listen)
        rc = conf_set(&target_table, ret, NULL, "listen", listen, f);
    return rc;
}

/* With "auto" a host whose STAMP port is taken serves the rest all the same. */
static int reflect(const struct target_settings *settings, struct stamp_server **ret, struct fault *f)
{
    const struct stamp_settings stamp = {
        .listen = settings->stamp_listen,
        .beside = settings->listen,
        .mode = (enum stamp_mode)settings->stamp_mode,
        .shorts = settings->stamp_short,
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
    LANG_SCOPE(LANG_EN); /* from here on it is a log */
    sigwait(&stop, &which);
    log_info("signal %d: transfers under way end, then the target stops", which);
    dns_server_stop(dns);
    stamp_server_stop(stamp);
    target_stop(target);
    return 0;
}

static int run(const struct invocation *in)
{
    LANG_SCOPE(lang_log());
    struct target_settings settings = {0};
    struct fault f;
    int status = EXIT_USAGE; /* a wrong configuration is wrong usage */
    if (settings_read(in, &settings, &f) < 0) {
        log_error("%s", f.text);
    } else {
        log_set_level((enum log_level)settings.log_level);
        status = serve(&settings);
    }
    conf_free(&target_table, &settings);
    return status;
}

static const struct option options[] = {
    {"listen", N_("ADDRESS:PORT"), N_("where to listen; overrides the configuration")},
    {0},
};

static const struct command command_serve = {
    .name = "serve",
    .usage = N_("[--listen ADDRESS:PORT]"),
    .help = N_("Run the target: answer the measurements of probes."),
    .options = options,
    .run = run,
};

static const struct command *const commands[] = {&command_serve, NULL};

static void print_keys(FILE *out)
{
    conf_print_help(&target_table, out);
}

static void print_sample(FILE *out)
{
    conf_print_sample(&target_table, out);
}

static const struct program program = {
    .name = "internetmetre-target",
    .about = N_("The measurement target: the far end of probes' throughput and STAMP measurements."),
    .commands = commands,
    .config = CONF_DIR "/target.conf",
    .print_keys = print_keys,
    .print_sample = print_sample,
};

int main(int argc, char *argv[])
{
    return invocation_main(&program, argc, argv);
}
