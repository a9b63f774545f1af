/* Who the collector runs as. PostgreSQL refuses to run as root, and so should
 * whatever reads the network: started as root, `serve` becomes this user, and
 * other commands stay root but run PostgreSQL's programs as this user. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

struct user {
    uid_t uid;
    gid_t gid;
    char name[64];
    bool other; /* someone else than this process: children have to change */
};

/* This process's own user unless it is root; then `wanted`, or when that is ""
 * the first of internetmetre, postgres, nobody that exists. */
int user_choose(const char *wanted, struct user *ret, struct fault *f) CHECKED;

/* Becomes the user for good; clears u->other. */
int user_become(struct user *u, struct fault *f) CHECKED;

/* Gives a file or folder to the user; nothing to do unless u->other. */
int user_give(const struct user *u, const char *path, struct fault *f) CHECKED;

/* Can the user enter this folder? f names the folder that is in the way. */
int user_can_enter(const struct user *u, const char *path, struct fault *f) CHECKED;

/* Starts a program as the user: an absolute path, no input, output and errors
 * to out_fd. The child is a session of its own, so that a terminal's Ctrl-C
 * reaches the collector alone. */
int user_spawn(const struct user *u, const char *const *argv, int out_fd, pid_t *ret_pid, struct fault *f) CHECKED;

/* Runs a program to its end; `out` gets the first 64 KiB of what it said.
 * -EIO when it failed, with its last lines in f. */
int user_run(const struct user *u, const char *const *argv, struct buf *out, struct fault *f) CHECKED;
