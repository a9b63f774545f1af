/* Commands that do their work over a connection of their own: opened before,
 * closed after, and what fails is told, for all of them the same way. A verb is
 * then one function and its row in the command's table. */
#pragma once

#include "collector/command/command.h"

struct session {
    const struct invocation *in;
    const struct context *context;
    const struct database *database; /* both NULL for a deed without one */
    struct pg *pg;
    const void *data; /* session_do's */
};

typedef int (*session_work)(const struct session *s, struct fault *f);

/* What a row of verbs has as its data. */
struct deed {
    session_work work;
    bool alone; /* needs no database */
};
#define DEED(function)                                                                                                 \
    .data = &(const struct deed)                                                                                       \
    {                                                                                                                  \
        .work = (function)                                                                                             \
    }
#define DEED_ALONE(function)                                                                                           \
    .data = &(const struct deed)                                                                                       \
    {                                                                                                                  \
        .work = (function), .alone = true                                                                              \
    }

/* A command's `run`, where each verb has a deed. */
int session_run(const struct invocation *in);
/* The same for one piece of work; returns the command's status. */
int session_do(const struct invocation *in, session_work work, const void *data);
/* How both end: tells what failed, and returns the status. */
int session_end(int rc, const struct fault *f);
