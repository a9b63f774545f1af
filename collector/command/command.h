/* The subcommands of internetmetre-collector. A module that has one defines a
 * `struct command`; main.c lists it. */
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

extern const struct command command_import, command_indicators, command_key, command_load, command_migrate,
    command_probe, command_rebuild, command_rollup, command_serve, command_token;
