/* The subcommands of internetmetre-collector. A module that has one defines a
 * `struct command`, which the list below names. */
#pragma once

#include "collector/db/database.h"
#include "collector/command/settings.h"
#include "common/invocation.h"

struct context { /* what the options common to all commands said */
    struct settings settings;
    char *state_dir;
    char *config;     /* the file that was read, or would have been */
    bool config_read; /* it was there */
    struct database_options database;
};

/* All of them, sorted as a user meets them: run it, let probes in, feed it, read
 * it. A command is its file and its word here. */
#define COMMANDS(X)                                                                                                    \
    X(serve)                                                                                                           \
    X(migrate)                                                                                                         \
    X(token)                                                                                                           \
    X(probe) X(operator) X(key) X(load) X(rebuild) X(rollup) X(import) X(indicators) X(framework) X(report) X(simulate)

#define COMMAND_DECLARE(name) extern const struct command command_##name;
COMMANDS(COMMAND_DECLARE)
