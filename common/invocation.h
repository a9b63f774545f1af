/* The command line of the three programs: one table of commands, each with its
 * verbs and options, and the options that all of them share. What does not fit
 * the table is refused before a command runs, with what is wanted instead. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/alloc.h"
#include "common/fault.h"

/* Exit statuses, the same for every command. */
enum {
    EXIT_OK = 0,
    EXIT_NOT_OK = 1, /* it ran, and the answer is no; or it failed */
    EXIT_USAGE = 2,  /* the command line or the configuration is wrong */
};

#define OPTION_YEAR_MIN 1900
#define OPTION_YEAR_MAX 2100

enum option_form {
    OPTION_TEXT,     /* UTF-8 without control characters, max octets or NAME_MAX_TARGET */
    OPTION_FILE,     /* any path */
    OPTION_NUMBER,   /* a whole number, min..max */
    OPTION_DURATION, /* 10s 5m 2h 1d, above nothing */
    OPTION_DAY,      /* 2026-11-22 */
    OPTION_YEAR,     /* 2026: OPTION_YEAR_MIN to _MAX */
    OPTION_WORD,     /* one of choices */
};

/* What no form says: 0, or -EINVAL with what is wanted in f, "… is wanted". */
typedef int (*word_check)(const char *word, struct fault *f);

struct option {
    const char *name;  /* without its dashes */
    const char *value; /* what --help calls the value, NULL for a flag */
    const char *help;  /* through gettext (N_) */
    enum option_form form;
    int64_t min, max;
    const char *const *choices; /* NULL-terminated */
    word_check check;
    /* The one it belongs to, or some between blanks, with a blank before the first when a command line without a verb
     * is one of them; NULL: each of them. */
    const char *verb;
    bool many; /* may be repeated */
};

#define OPTIONS_MAX 64

struct invocation;

/* What a command can be told to do: "token list". */
struct verb {
    const char *name; /* "" for a command line without a verb */
    size_t args_min, args_max;
    word_check check; /* of each argument */
    const void *data; /* what tells it apart for the command */
};

struct command {
    const char *name;
    const char *usage; /* its forms, one a line, without its name, NULL for its name alone; through gettext (N_) */
    const char *help;  /* one line, through gettext (N_) */
    const struct option *options; /* ends in an option without a name; NULL for none */
    size_t args_min, args_max;    /* where there are no verbs */
    int (*run)(const struct invocation *in);
    const struct verb *verbs; /* ends in one without a name; NULL for none */
};

struct program {
    const char *name;
    const char *about;                     /* for --help; through gettext (N_) */
    const struct command *const *commands; /* ends in NULL */
    const char *config, *state_dir;        /* the defaults; a program without state has NULL */
    void (*print_keys)(FILE *out);         /* of the configuration file */
    void (*print_sample)(FILE *out);
    int (*run)(const struct invocation *in); /* NULL: the command's own */
};

struct option_value {
    const struct option *option;
    const char *text; /* borrowed from argv; NULL for a flag */
};

struct context; /* what a program hands to its commands; its own business */

struct invocation { /* everything borrows from argv */
    const struct program *program;
    const struct command *command; /* NULL when none was named */
    const struct verb *verb;       /* NULL for a command that has none */
    const struct context *context;
    const char *config; /* NULL: the default file, which may be absent */
    const char *state_dir;
    bool help, version, sample_config;
    struct option_value values[OPTIONS_MAX];
    size_t value_count;
    const char *const *args; /* without the verb */
    size_t arg_count;
};

/* Reads a command line; argv's words are put into another order. The shared
 * options may stand before or after the command's name, a command's own only
 * after it. f names what is wrong and the cure. */
int invocation_read(const struct program *program, int argc, char *argv[], struct invocation *ret,
                    struct fault *f) CHECKED;

/* What main returns: reads the command line, answers --help and its like, runs
 * the command, and sees that what it printed has gone out (output.h). */
int invocation_main(const struct program *program, int argc, char *argv[]) CHECKED;

/* The last (or only) value of an option, NULL when it was not given. */
const char *invocation_text(const struct invocation *in, const char *option);
bool invocation_flag(const struct invocation *in, const char *option);
/* The nth value of an option that may be repeated, NULL past the last. */
const char *invocation_nth(const struct invocation *in, const char *option, size_t n);
/* Of an OPTION_NUMBER, or of an OPTION_DURATION in microseconds. */
int64_t invocation_number(const struct invocation *in, const char *option, int64_t otherwise);
bool invocation_verb(const struct invocation *in, const char *verb);

/* Prints what is wrong and how to ask for help; returns EXIT_USAGE. */
int invocation_wrong(const struct invocation *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
