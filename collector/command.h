/* The subcommands of internetmetre-collector. A module that has one defines a
 * `struct command`; main.c lists it. */
#pragma once

#include "collector/settings.h"

struct context { /* what the options common to all commands said */
    struct settings settings;
    char *state_dir;
    char *config; /* the file that was read, or would have been */
};

struct command {
    const char *name;
    const char *usage; /* the forms, one a line, without the program's name; through gettext (N_) */
    const char *help;  /* one sentence, through gettext (N_) */
    /* argv[0] is the command's name; getopt_long may be used (optind is fresh).
     * Returns the exit status: 0 done, 1 failed, COMMAND_USAGE for wrong usage
     * (main.c prints the usage). */
    int (*run)(const struct context *c, int argc, char **argv);
};
#define COMMAND_USAGE 2
