/* The command line: one table of commands, each in its own file under
 * command/, and the options they share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "agent/identity.h"
#include "agent/settings.h"

/* Exit statuses, the same for every command. */
enum {
    EXIT_OK = 0,
    EXIT_NOT_OK = 1, /* it ran, and the answer is no; or it failed */
    EXIT_USAGE = 2,  /* the command line or the configuration is wrong */
};

struct option {
    const char *name;  /* without its dashes */
    const char *value; /* what --help calls the value, NULL for a flag */
    const char *help;  /* through gettext (N_) */
};

#define OPTIONS_MAX 64

struct invocation;

struct command {
    const char *name;
    const char *usage;            /* its arguments, for --help; through gettext (N_) */
    const char *help;             /* one line, through gettext (N_) */
    const struct option *options; /* ends in an option without a name; NULL for none */
    size_t args_min, args_max;
    int (*run)(const struct invocation *in);
};

struct option_value {
    const struct option *option;
    const char *text; /* borrowed from argv; NULL for a flag */
};

struct invocation {                /* everything borrows from argv */
    const struct command *command; /* NULL when none was named */
    const char *config;            /* NULL: the default file, which may be absent */
    const char *state_dir;
    bool help, version, sample_config;
    struct option_value values[OPTIONS_MAX];
    size_t value_count;
    const char *args[OPTIONS_MAX];
    size_t arg_count;
};

/* Reads a command line. The shared options may stand before or after the
 * command's name, a command's own only after it. f names what is wrong and
 * the cure. */
int invocation_read(const struct command *const *commands, int argc, char *const argv[], struct invocation *ret,
                    struct fault *f) CHECKED;

/* The last (or only) value of an option, NULL when it was not given. */
const char *invocation_text(const struct invocation *in, const char *option);
bool invocation_flag(const struct invocation *in, const char *option);
/* The nth value of an option that may be repeated, NULL past the last. */
const char *invocation_nth(const struct invocation *in, const char *option, size_t n);

/* Prints what is wrong and how to ask for help; returns EXIT_USAGE. */
int invocation_wrong(const struct invocation *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints "internetmetre-agent: …" on standard error; returns EXIT_NOT_OK. */
int command_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the help of one command, or of the program when command is NULL. */
void command_help(const struct command *const *commands, const struct command *command);

/* Reads the configuration and applies its language and log level. Returns
 * EXIT_OK, or EXIT_USAGE after saying what is wrong. settings_free it. */
int command_settings(const struct invocation *in, struct settings *ret) CHECKED;

/* Makes the state directory when it is not there. Root acts as its owner from
 * then on, so that what it writes there can be read by the service. */
int command_folder(const struct invocation *in, struct fault *f) CHECKED;

/* Where a probe has to be there already: who it is goes to ret (identity_wipe
 * it); nothing is made. Root acts as the folder's owner, too. */
int command_probe(const struct invocation *in, struct identity *ret, struct fault *f) CHECKED;

/* Has an errand (errand.h) done, by the running agent or here. After one of the
 * two above. Takes the request over. The caller owns *ret_answer, which is that
 * of one that went well. */
int command_errand(const struct invocation *in, const struct settings *settings, json_t *request, json_t **ret_answer,
                   struct fault *f) CHECKED;

extern const struct command command_checks, command_enroll, command_leave, command_measure, command_rotate_key,
    command_run, command_spool, command_status;
