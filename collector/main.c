#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "build_config.h"
#include "collector/command.h"
#include "collector/user.h"
#include "common/lang.h"
#include "common/log.h"

extern const struct command command_import, command_indicators, command_key, command_load, command_migrate,
    command_probe, command_rebuild, command_rollup, command_serve, command_token;

/* Sorted as a user meets them: run it, let probes in, feed it, read it. */
static const struct command *const commands[] = {
    &command_serve,   &command_migrate, &command_token,  &command_probe,      &command_key, &command_load,
    &command_rebuild, &command_rollup,  &command_import, &command_indicators, NULL,
};

static void print_help(FILE *out)
{
    fprintf(out, _("usage: %s COMMAND [OPTION]…\n\nCommands:\n"), "internetmetre-collector");
    for (size_t i = 0; commands[i]; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, _(commands[i]->help));
    fprintf(out,
            _("\nOptions of every command:\n"
              "  --config FILE     default %s\n"
              "  --state-dir DIR   default %s\n"
              "  --help            of the command, when one is named\n"
              "  --version\n"
              "  --sample-config   a configuration file with every key and its default\n\n"
              "Keys of the configuration file:\n"),
            CONF_DIR "/collector.conf", STATE_DIR "/collector");
    conf_print_help(&settings_table, out);
}

static void print_usage(const struct command *command, FILE *out)
{
    const char *word = _("usage:"), *below = _("      "); /* as wide */
    for (const char *line = _(command->usage); *line; word = below) {
        size_t len = strcspn(line, "\n");
        fprintf(out, "%s internetmetre-collector %.*s\n", word, (int)len, line);
        line += len + (line[len] == '\n');
    }
    fprintf(out, "%s\n", _(command->help));
}

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

/* Takes "--name VALUE" or "--name=VALUE" at argv[i]. Returns how many
 * arguments that were, 0 when it is another option, -1 without a value. */
static int take_value(int argc, char **argv, int i, const char *name, const char **ret)
{
    size_t len = strlen(name);
    if (strncmp(argv[i], name, len) != 0)
        return 0;
    if (argv[i][len] == '=') {
        *ret = argv[i] + len + 1;
        return 1;
    }
    if (argv[i][len])
        return 0;
    if (i + 1 >= argc)
        return -1;
    *ret = argv[i + 1];
    return 2;
}

static bool take_flag(const char *arg, const char *name, bool *ret)
{
    bool is = strcmp(arg, name) == 0;
    *ret |= is;
    return is;
}

struct common_options {
    const char *config, *state_dir;
    bool help, version, sample_config;
};

/* Takes the options that every command has out of argv, wherever they stand.
 * Returns the new argc, or -1 when a value is missing. */
static int take_common(int argc, char **argv, struct common_options *o)
{
    int kept = 0;
    for (int i = 0; i < argc;) {
        int n = take_value(argc, argv, i, "--config", &o->config);
        if (n == 0)
            n = take_value(argc, argv, i, "--state-dir", &o->state_dir);
        if (n < 0) {
            fprintf(stderr, _("%s needs a value\n"), argv[i]);
            return -1;
        }
        if (n == 0)
            n = take_flag(argv[i], "--help", &o->help) || take_flag(argv[i], "--version", &o->version) ||
                take_flag(argv[i], "--sample-config", &o->sample_config);
        if (n == 0)
            argv[kept++] = argv[i++];
        i += n;
    }
    argv[kept] = NULL;
    return kept;
}

/* PostgreSQL's programs start elsewhere, so that a path has to say it all. */
static char *absolute(const char *path)
{
    _cleanup_text_ char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    return here ? alloc_format("%s/%s", here, path) : alloc_text(path);
}

static int run(const struct command *command, const struct common_options *o, int argc, char **argv)
{
    struct fault f = {0};
    struct context c = {
        .state_dir = absolute(o->state_dir ? o->state_dir : STATE_DIR "/collector"),
        .config = alloc_text(o->config ? o->config : CONF_DIR "/collector.conf"),
    };
    int status = COMMAND_USAGE; /* a wrong configuration is wrong usage */
    int rc = settings_read(c.config, o->config != NULL, &c.settings, &f);
    if (rc == 0) {
        log_set_level((enum log_level)c.settings.log_level);
        rc = user_act(c.state_dir, c.settings.user, &f);
        status = rc < 0;
    }
    if (rc < 0) {
        log_error("%s", f.text);
    } else {
        optind = 0; /* getopt starts afresh */
        status = command->run(&c, argc, argv);
        if (status == COMMAND_USAGE)
            print_usage(command, stderr);
    }
    settings_free(&c.settings);
    free(c.state_dir);
    free(c.config);
    return status;
}

int main(int argc, char **argv)
{
    lang_start("auto");
    signal(SIGPIPE, SIG_IGN);
    struct common_options o = {0};
    argc = take_common(argc - 1, argv + 1, &o);
    argv++;
    if (argc < 0)
        return COMMAND_USAGE;
    if (o.version) {
        printf("internetmetre-collector %s\n", VERSION);
        return 0;
    }
    if (o.sample_config) {
        conf_print_sample(&settings_table, stdout);
        return 0;
    }
    const struct command *command = argc > 0 ? command_find(argv[0]) : NULL;
    if (o.help && (command || argc == 0)) {
        if (command)
            print_usage(command, stdout);
        else
            print_help(stdout);
        return 0;
    }
    if (!command) {
        if (argc > 0)
            fprintf(stderr, _("%s is no command of this program\n"), argv[0]);
        print_help(stderr);
        return COMMAND_USAGE;
    }
    return run(command, &o, argc, argv);
}
