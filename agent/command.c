#include "agent/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/control.h"
#include "agent/errand_alone.h"
#include "agent/show.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

#define PROGRAM "internetmetre-agent"

/* An agent that starts or ends has the lock for a moment without being asked. */
#define BUSY_TRIES    100
#define BUSY_PAUSE_US 100000

static const struct option shared[] = {
    {"config", N_("FILE"), N_("the configuration file")},
    {"state-dir", N_("DIR"), N_("the folder of the key, the spool and everything else that lasts")},
    {"help", NULL, N_("show this help")},
    {"version", NULL, N_("show the version")},
    {"sample-config", NULL, N_("print a configuration file with every key and its default")},
    {0},
};

/* gettext answers an empty text with the catalogue's header. */
static const char *usage(const struct command *command)
{
    return *command->usage ? _(command->usage) : "";
}

static const struct option *option_find(const struct option *table, const char *name, size_t len)
{
    for (const struct option *o = table; o && o->name; o++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static int shared_apply(struct invocation *in, const struct option *o, const char *text)
{
    if (strcmp(o->name, "config") == 0)
        in->config = text;
    else if (strcmp(o->name, "state-dir") == 0)
        in->state_dir = text;
    else if (strcmp(o->name, "help") == 0)
        in->help = true;
    else if (strcmp(o->name, "version") == 0)
        in->version = true;
    else
        in->sample_config = true;
    return 0;
}

static int option_read(struct invocation *in, int argc, char *const argv[], int *i, struct fault *f)
{
    const char *word = argv[*i] + 2;
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    bool is_shared = true;
    const struct option *o = option_find(shared, word, len);
    if (!o && in->command) {
        is_shared = false;
        o = option_find(in->command->options, word, len);
    }
    if (!o && in->command)
        return fault_set(f, -EINVAL, _("--%.*s: %s has no such option; \"%s %s --help\" lists them"), (int)len, word,
                         in->command->name, PROGRAM, in->command->name);
    if (!o)
        return fault_set(f, -EINVAL, _("--%.*s: no such option before a command; \"%s --help\" lists them"), (int)len,
                         word, PROGRAM);
    const char *text = equals ? equals + 1 : NULL;
    if (!o->value && text)
        return fault_set(f, -EINVAL, _("--%s takes no value; leave out \"=%s\""), o->name, text);
    if (o->value && !text) {
        if (*i + 1 >= argc)
            return fault_set(f, -EINVAL, _("--%s needs a value: --%s %s"), o->name, o->name, _(o->value));
        text = argv[++*i];
    }
    if (is_shared)
        return shared_apply(in, o, text);
    if (in->value_count == OPTIONS_MAX)
        return fault_set(f, -E2BIG, _("too many options; at most %d"), OPTIONS_MAX);
    in->values[in->value_count++] = (struct option_value){o, text};
    return 0;
}

static int word_read(const struct command *const *commands, struct invocation *in, const char *word, struct fault *f)
{
    if (!in->command) {
        for (size_t i = 0; commands[i]; i++)
            if (strcmp(commands[i]->name, word) == 0)
                in->command = commands[i];
        if (!in->command)
            return fault_set(f, -EINVAL, _("%s: no such command; \"%s --help\" lists them"), word, PROGRAM);
        return 0;
    }
    if (in->arg_count == in->command->args_max)
        return fault_set(f, -EINVAL, _("%s: one word too many; usage: %s %s %s"), word, PROGRAM, in->command->name,
                         usage(in->command));
    in->args[in->arg_count++] = word;
    return 0;
}

int invocation_read(const struct command *const *commands, int argc, char *const argv[], struct invocation *ret,
                    struct fault *f)
{
    struct invocation in = {.state_dir = STATE_DIR "/agent"};
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        int err = 0;
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(word, "-h") == 0)
            in.help = true;
        else if (!only_words && strncmp(word, "--", 2) == 0)
            err = option_read(&in, argc, argv, &i, f);
        else if (!only_words && word[0] == '-' && word[1])
            err = fault_set(f, -EINVAL, _("%s: options are words after two dashes; see --help"), word);
        else
            err = word_read(commands, &in, word, f);
        if (err < 0)
            return err;
    }
    bool asks = in.help || in.version || in.sample_config;
    if (!asks && !in.command)
        return fault_set(f, -EINVAL, _("a command is missing; \"%s --help\" lists them"), PROGRAM);
    if (!asks && in.arg_count < in.command->args_min)
        return fault_set(f, -EINVAL, _("something is missing; usage: %s %s %s"), PROGRAM, in.command->name,
                         usage(in.command));
    *ret = in;
    return 0;
}

const char *invocation_nth(const struct invocation *in, const char *option, size_t n)
{
    for (size_t i = 0; i < in->value_count; i++)
        if (strcmp(in->values[i].option->name, option) == 0 && n-- == 0)
            return in->values[i].text ? in->values[i].text : "";
    return NULL;
}

const char *invocation_text(const struct invocation *in, const char *option)
{
    const char *last = NULL;
    for (size_t i = 0; i < in->value_count; i++)
        if (strcmp(in->values[i].option->name, option) == 0)
            last = in->values[i].text;
    return last;
}

bool invocation_flag(const struct invocation *in, const char *option)
{
    return invocation_nth(in, option, 0) != NULL;
}

int invocation_wrong(const struct invocation *in, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs(PROGRAM ": ", stderr);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fprintf(stderr, _("\nusage: %s %s %s\n"), PROGRAM, in->command->name, usage(in->command));
    return EXIT_USAGE;
}

int command_failed(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs(PROGRAM ": ", stderr);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    return EXIT_NOT_OK;
}

static void options_print(const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++) {
        _cleanup_(buf_free) struct buf option = {0};
        buf_addf(&option, "  --%s%s%s", o->name, o->value ? " " : "", o->value ? _(o->value) : "");
        printf("%s%*s %s\n", option.data, show_pad(option.data, 25), "", _(o->help));
    }
}

void command_help(const struct command *const *commands, const struct command *command)
{
    if (command) {
        printf(_("usage: %s %s %s\n\n%s\n"), PROGRAM, command->name, usage(command), _(command->help));
        if (command->options)
            printf("\n");
        options_print(command->options);
    } else {
        printf(_("usage: %s COMMAND …\n\nThe InternetMetre probe: measures the Internet from where it stands.\n\n"),
               PROGRAM);
        for (size_t i = 0; commands[i]; i++)
            printf("  %-10s %s\n", commands[i]->name, _(commands[i]->help));
    }
    printf("\n%s\n", _("Options of every command:"));
    options_print(shared);
    if (!command) {
        printf("\n%s\n", _("Keys of the configuration file:"));
        settings_print_help(stdout);
    }
}

int command_settings(const struct invocation *in, struct settings *ret)
{
    struct fault f;
    if (settings_read(in->config, ret, &f) < 0) {
        command_failed("%s", f.text);
        return EXIT_USAGE;
    }
    lang_start(settings_language(ret));
    log_set_level((enum log_level)ret->log_level);
    return EXIT_OK;
}

static int act_as_owner(const char *dir, struct fault *f)
{
    struct stat st;
    if (stat(dir, &st) < 0)
        return fault_set(f, -errno, "%s: %s", dir, strerror(errno));
    if (geteuid() != 0 || st.st_uid == 0)
        return 0;
    if (setgroups(1, &st.st_gid) < 0 || setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0)
        return fault_set(f, -errno, _("%s: cannot act as the folder's owner: %s"), dir, strerror(errno));
    return 0;
}

int command_folder(const struct invocation *in, struct fault *f)
{
    int r = file_make_dir(in->state_dir, 0700, f);
    return r < 0 ? r : act_as_owner(in->state_dir, f);
}

int command_probe(const struct invocation *in, struct identity *ret, struct fault *f)
{
    int r = identity_read(in->state_dir, ret, f);
    if (r == -EACCES)
        return fault_set(f, r, _("%s: only root and the probe's own user may do this; put sudo before the command"),
                         in->state_dir);
    return r < 0 ? r : act_as_owner(in->state_dir, f);
}

/* Whoever has the lock does it: this command, or the agent that runs, which may
 * be just starting or ending. */
static int errand_do(const char *dir, const struct settings *settings, const json_t *request, json_t **ret_answer,
                     struct fault *f)
{
    for (int tries = 0;; tries++) {
        struct fault busy;
        _cleanup_fd_ int lock = -1;
        int r = file_lock_dir(dir, &lock, &busy);
        if (r == 0)
            return errand_alone(dir, settings, request, ret_answer, f);
        *f = busy;
        if (r != -EBUSY)
            return r;
        r = control_ask(dir, request, ret_answer, f);
        if (r != -ENOENT && r != -ECONNREFUSED && r != -EAGAIN)
            return r;
        if (tries == BUSY_TRIES) {
            *f = r == -EAGAIN ? *f : busy;
            return r;
        }
        usleep(BUSY_PAUSE_US);
    }
}

int command_errand(const struct invocation *in, const struct settings *settings, json_t *request, json_t **ret_answer,
                   struct fault *f)
{
    _cleanup_json_ json_t *asked = request, *answer = NULL;
    int r = errand_do(in->state_dir, settings, asked, &answer, f);
    if (r == 0)
        r = errand_judge(answer, f);
    if (r == 0)
        *ret_answer = TAKE(answer);
    return r;
}
