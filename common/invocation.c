#include "common/invocation.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "build_config.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/output.h"

#define DURATION_MAX_US (36500 * INT64_C(86400000000)) /* a hundred years */

static const struct option shared[] = {
    {"config", N_("FILE"), N_("the configuration file"), .form = OPTION_FILE},
    {"state-dir", N_("DIR"), N_("the folder of everything that lasts"), .form = OPTION_FILE},
    {"help", NULL, N_("show this help")},
    {"version", NULL, N_("show the version")},
    {"sample-config", NULL, N_("print a configuration file with every key and its default")},
    {0},
};

/* gettext answers an empty text with the catalogue's header. */
static const char *usage(const struct command *command)
{
    return command->usage && *command->usage ? _(command->usage) : "";
}

/* ---- values ---- */

static int check_words(const char *const *choices, const char *text, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0)
            return 0;
        conf_add_word(&known, choices[i]);
    }
    return fault_set(f, -EINVAL, _("one of these is wanted: %s"), known.data);
}

static int check_text(const char *text, int64_t max, struct fault *f)
{
    max = max ? max : NAME_MAX_TARGET;
    if (*text && form_text(text) && strlen(text) <= (size_t)max)
        return 0;
    return fault_set(f, -EINVAL, _("a text of 1 to %" PRId64 " octets in UTF-8 is wanted"), max);
}

/* Fills f with what is wanted. */
static int check_value(const struct option *o, const char *text, struct fault *f)
{
    int64_t n;
    switch (o->form) {
    case OPTION_FILE:
        return *text ? 0 : fault_set(f, -EINVAL, _("a path is wanted"));
    case OPTION_NUMBER:
        if (conf_parse_int(text, &n) == 0 && n >= o->min && n <= o->max)
            return 0;
        return fault_set(f, -EINVAL, _("a whole number from %" PRId64 " to %" PRId64 " is wanted"), o->min, o->max);
    case OPTION_DURATION:
        if (conf_parse_duration(text, &n) == 0 && n > 0 && n <= DURATION_MAX_US)
            return 0;
        return fault_set(f, -EINVAL, _("a duration such as 30s, 15m, 2h or 90d is wanted"));
    case OPTION_DAY:
        if (form_day(text))
            return 0;
        return fault_set(f, -EINVAL, _("a day such as 2027-01-31 is wanted"));
    case OPTION_YEAR:
        if (strlen(text) == 4 && conf_parse_int(text, &n) == 0 && n >= OPTION_YEAR_MIN && n <= OPTION_YEAR_MAX)
            return 0;
        return fault_set(f, -EINVAL, _("a year of four digits is wanted"));
    case OPTION_WORD:
        return check_words(o->choices, text, f);
    case OPTION_TEXT:
        break;
    }
    return check_text(text, o->max, f);
}

/* ---- options ---- */

/* Where the rest is told. */
static int add_hint(const struct invocation *in, struct fault *f)
{
    _cleanup_text_ char *said = alloc_text(f->text);
    const char *command = in->command ? in->command->name : "";
    return fault_set(f, f->code, _("%s; see \"%s%s%s --help\""), said, in->program->name, *command ? " " : "", command);
}

static const struct option *option_find(const struct option *table, const char *name, size_t len)
{
    for (const struct option *o = table; o && o->name; o++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static bool has_shared(const struct program *program, const struct option *o)
{
    return strcmp(o->name, "state-dir") != 0 || program->state_dir;
}

static void shared_apply(struct invocation *in, const struct option *o, const char *text)
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
}

static int option_keep(struct invocation *in, const struct option *o, const char *text, struct fault *f)
{
    if (in->value_count == OPTIONS_MAX)
        return fault_set(f, -E2BIG, _("too many options; at most %d"), OPTIONS_MAX);
    if (!o->many && invocation_nth(in, o->name, 0)) {
        fault_set(f, -EINVAL, _("--%s stands twice; give it once"), o->name);
        return add_hint(in, f);
    }
    in->values[in->value_count++] = (struct option_value){o, text};
    int r = o->value ? check_value(o, text, f) : 0;
    if (r == 0 && o->value && o->check)
        r = o->check(text, f);
    if (r == 0)
        return 0;
    fault_prefix(f, _("--%s %s: "), o->name, text);
    return add_hint(in, f);
}

static int option_unknown(const struct invocation *in, const char *word, int len, struct fault *f)
{
    const char *program = in->program->name;
    if (!in->command)
        return fault_set(f, -EINVAL, _("--%.*s: no such option before a command; \"%s --help\" lists them"), len, word,
                         program);
    return fault_set(f, -EINVAL, _("--%.*s: %s has no such option; \"%s %s --help\" lists them"), len, word,
                     in->command->name, program, in->command->name);
}

static int option_read(struct invocation *in, int argc, char *argv[], int *i, struct fault *f)
{
    const char *word = argv[*i] + 2;
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const struct option *o = option_find(shared, word, len);
    bool is_shared = o && has_shared(in->program, o);
    if (!is_shared)
        o = in->command ? option_find(in->command->options, word, len) : NULL;
    if (!o)
        return option_unknown(in, word, (int)len, f);
    const char *text = equals ? equals + 1 : NULL;
    if (!o->value && text)
        return fault_set(f, -EINVAL, _("--%s takes no value; leave out \"=%s\""), o->name, text);
    if (o->value && !text) {
        if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0) /* the next option is no value: --name=--text is */
            return fault_set(f, -EINVAL, _("--%s needs a value: --%s %s"), o->name, o->name, _(o->value));
        text = argv[++*i];
    }
    int r = option_keep(in, o, text, f);
    if (r == 0 && is_shared)
        shared_apply(in, o, text);
    return r;
}

static bool goes_with(const struct option *o, const struct verb *verb)
{
    if (!o->verb || strcmp(o->verb, verb->name) == 0 || (!*verb->name && *o->verb == ' '))
        return true;
    const char *at = o->verb;
    for (size_t len; (len = form_next_word(&at)) > 0;)
        if (strlen(verb->name) == len && memcmp(at - len, verb->name, len) == 0)
            return true;
    return false;
}

/* An option of another verb would be taken for one that counts. */
static int check_options(const struct invocation *in, struct fault *f)
{
    for (size_t i = 0; i < in->value_count; i++) {
        const struct option *o = in->values[i].option;
        if (goes_with(o, in->verb))
            continue;
        fault_set(f, -EINVAL, _("--%s does not go with %s %s; leave it out"), o->name, in->command->name,
                  in->verb->name);
        return add_hint(in, f);
    }
    return 0;
}

/* ---- words ---- */

static int command_name(struct invocation *in, const char *word, struct fault *f)
{
    const struct command *const *commands = in->program->commands;
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, word) == 0)
            in->command = commands[i];
    if (in->command)
        return 0;
    return fault_set(f, -EINVAL, _("%s: no such command; \"%s --help\" lists them"), word, in->program->name);
}

static int verb_name(struct invocation *in, const char *word, struct fault *f)
{
    const struct command *c = in->command;
    _cleanup_(buf_free) struct buf known = {0};
    for (const struct verb *v = c->verbs; v->name; v++) {
        if (strcmp(v->name, word) == 0) {
            in->verb = v;
            return 0;
        }
        if (*v->name)
            conf_add_word(&known, v->name);
    }
    if (*word)
        fault_set(f, -EINVAL, _("%s: %s knows no such verb, only: %s"), word, c->name, known.data);
    else
        fault_set(f, -EINVAL, _("%s needs a verb: %s"), c->name, known.data);
    return add_hint(in, f);
}

/* The usage's line that begins with the verb, or all of a usage of one line; else NULL. */
static const char *usage_line(const struct invocation *in)
{
    const char *line = usage(in->command), *verb = in->verb ? in->verb->name : "";
    size_t len = strlen(verb);
    if (!strchr(line, '\n'))
        return line;
    while (len > 0 && !(strncmp(line, verb, len) == 0 && strchr(" \n", line[len]))) { /* or the text's end */
        line += strcspn(line, "\n");
        if (!*line++)
            return NULL;
    }
    return len > 0 ? line : NULL;
}

/* A usage of one line says more than where to find it. */
static void add_usage(const struct invocation *in, struct fault *f)
{
    const struct command *c = in->command;
    const char *line = usage_line(in);
    if (!line) {
        add_hint(in, f);
        return;
    }
    _cleanup_text_ char *said = alloc_text(f->text);
    _cleanup_text_ char *words = alloc_format("%.*s", (int)strcspn(line, "\n"), line);
    fault_set(f, f->code, _("%s; usage: %s %s%s%s"), said, in->program->name, c->name, *words ? " " : "", words);
}

/* The words behind the command's name: a verb, where there are any, and arguments. */
static int words_take(struct invocation *in, const char *const *words, size_t count, struct fault *f)
{
    const struct command *c = in->command;
    bool verb = c->verbs && count > 0;
    int r = c->verbs ? verb_name(in, verb ? words[0] : "", f) : 0;
    if (r < 0)
        return r;
    size_t least = in->verb ? in->verb->args_min : c->args_min, most = in->verb ? in->verb->args_max : c->args_max;
    in->args = words + verb;
    in->arg_count = count - verb;
    if (in->arg_count > most)
        r = fault_set(f, -EINVAL, _("%s: one word too many"), in->args[most]);
    else if (in->arg_count < least)
        r = fault_set(f, -EINVAL, _("something is missing"));
    if (r < 0) {
        add_usage(in, f);
        return r;
    }
    for (size_t i = 0; r == 0 && in->verb && in->verb->check && i < in->arg_count; i++) {
        r = in->verb->check(in->args[i], f);
        if (r < 0) {
            fault_prefix(f, _("%s: "), in->args[i]);
            add_hint(in, f);
        }
    }
    return r < 0 ? r : check_options(in, f);
}

int invocation_read(const struct program *program, int argc, char *argv[], struct invocation *ret, struct fault *f)
{
    struct invocation in = {.program = program, .state_dir = program->state_dir};
    bool only_words = false;
    size_t kept = 0;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        int r = 0;
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(word, "-h") == 0)
            in.help = true;
        else if (!only_words && strncmp(word, "--", 2) == 0)
            r = option_read(&in, argc, argv, &i, f);
        else if (!only_words && word[0] == '-' && word[1])
            r = fault_set(f, -EINVAL, _("%s: options are words after two dashes; see --help"), word);
        else if (!in.command)
            r = command_name(&in, word, f);
        else
            argv[kept++] = word; /* never ahead of i */
        if (r < 0)
            return r;
    }
    int r = 0;
    if (!in.help && !in.version && !in.sample_config)
        r = in.command ? words_take(&in, (const char *const *)argv, kept, f)
                       : fault_set(f, -EINVAL, _("a command is missing; \"%s --help\" lists them"), program->name);
    if (r == 0)
        *ret = in;
    return r;
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

int64_t invocation_number(const struct invocation *in, const char *option, int64_t otherwise)
{
    const char *text = invocation_text(in, option);
    int64_t n;
    return text && (conf_parse_int(text, &n) == 0 || conf_parse_duration(text, &n) == 0) ? n : otherwise;
}

bool invocation_verb(const struct invocation *in, const char *verb)
{
    return strcmp(in->verb->name, verb) == 0;
}

/* ---- printing ---- */

int invocation_wrong(const struct invocation *in, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "%s: ", in->program->name);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fprintf(stderr, _("; see \"%s %s --help\"\n"), in->program->name, in->command->name);
    return EXIT_USAGE;
}

/* Characters, not octets: texts have accents. */
static int width(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static void print_options(const struct program *program, const struct option *table)
{
    for (const struct option *o = table; o && o->name; o++) {
        if (table == shared && !has_shared(program, o))
            continue;
        _cleanup_text_ char *option = alloc_format("  --%s%s%s", o->name, o->value ? " " : "",
                                                   o->value ? _(o->value) : "");
        int pad = 25 - width(option);
        printf("%s%*s %s", option, pad > 0 ? pad : 0, "", _(o->help));
        if (strcmp(o->name, "config") == 0 || strcmp(o->name, "state-dir") == 0)
            printf(_("; default %s"), *o->name == 'c' ? program->config : program->state_dir);
        putchar('\n');
    }
}

static void print_command(const struct program *program, const struct command *command)
{
    const char *word = _("usage:"), *below = _("      "); /* as wide */
    const char *line = usage(command);
    do {
        size_t len = strcspn(line, "\n");
        printf("%s %s %s%s%.*s\n", word, program->name, command->name, len ? " " : "", (int)len, line);
        line += len + (line[len] == '\n');
        word = below;
    } while (*line);
    printf("\n%s\n", _(command->help));
    if (command->options)
        putchar('\n');
    print_options(program, command->options);
}

static void print_help(const struct program *program, const struct command *command)
{
    if (command) {
        print_command(program, command);
    } else {
        printf(_("usage: %s COMMAND …\n\n%s\n\n"), program->name, _(program->about));
        for (size_t i = 0; program->commands[i]; i++)
            printf("  %-10s %s\n", program->commands[i]->name, _(program->commands[i]->help));
    }
    printf("\n%s\n", _("Options of every command:"));
    print_options(program, shared);
    if (!command) {
        printf("\n%s\n", _("Keys of the configuration file:"));
        program->print_keys(stdout);
    }
}

static int answer(const struct invocation *in)
{
    const struct program *program = in->program;
    if (in->version)
        printf("%s %s\n", program->name, VERSION);
    else if (in->help)
        print_help(program, in->command);
    else if (in->sample_config)
        program->print_sample(stdout);
    else
        return program->run ? program->run(in) : in->command->run(in);
    return EXIT_OK;
}

int invocation_main(const struct program *program, int argc, char *argv[])
{
    struct invocation in;
    struct fault f;
    output_open();
    signal(SIGPIPE, SIG_IGN); /* who closes early is an outcome, not the end of the program */
    lang_start("auto");
    if (invocation_read(program, argc, argv, &in, &f) < 0) {
        fprintf(stderr, "%s: %s\n", program->name, f.text);
        return EXIT_USAGE;
    }
    return output_close(program->name, answer(&in));
}
