/* Who the collector acts as. PostgreSQL refuses to run as root, and so should
 * whatever reads the network or writes in the state directory. What root starts
 * acts as the directory's owner from its first step on: what it makes is the
 * owner's, and nothing changes hands beside a service that runs.
 *
 * To act concerns the effective ids. Root stays in reserve for what the owner
 * cannot do, to take a directory of root's into use and to read a file that the
 * command line names. `serve` gives it up for good, and each child does. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* Started by root: acts as the owner of the state directory, or of the database
 * in it; when there is none yet, or it is root's, as `wanted`, or when that is
 * "" as the first of internetmetre-collector, internetmetre, postgres, nobody
 * that exists. Anybody else goes on as who they are. */
int user_act(const char *state_dir, const char *wanted, struct fault *f) CHECKED;

/* Root is in reserve. */
bool user_acts(void);

/* Gives root up for good. */
int user_become(struct fault *f) CHECKED;

/* The name, or "#1000"; the caller frees. */
char *user_name(uid_t uid) CHECKED;

/* Who gave the command, behind sudo as well, for what is noted with a name; the
 * caller frees. */
char *user_asking(void) CHECKED;

/* The state directory for whoever acts: made when missing, and given to them
 * when it is root's. What is somebody else's is never taken; f says whose it is
 * and what helps. */
int user_take_dir(const char *state_dir, struct fault *f) CHECKED;

/* Root, when it is in reserve, from here to the end of the block: for what the
 * command line names. */
struct user_acting {
    uid_t uid;
    gid_t gid;
};
#define USER_ROOT_SCOPE __attribute__((unused, cleanup(user_lower))) const struct user_acting user_acting = user_raise()
struct user_acting user_raise(void) CHECKED;
void user_lower(const struct user_acting *acting);
/* file_read in such a block. */
int user_read(const char *path, size_t max, struct buf *ret, struct fault *f) CHECKED;

/* Starts a program as who acts: an absolute path, no input, output and errors
 * to out_fd. The child is a session of its own, so that a terminal's Ctrl-C
 * reaches the collector alone. */
int user_spawn(const char *const *argv, int out_fd, pid_t *ret_pid, struct fault *f) CHECKED;

/* Runs a program to its end; `out` gets the first 64 KiB of what it said.
 * -EIO when it failed, with its last lines in f. */
int user_run(const char *const *argv, struct buf *out, struct fault *f) CHECKED;
/* One that is of use to this program alone, and ends (SIGTERM) when it does: a Ctrl-C leaves it no work. -ETIMEDOUT: it
 * was not done after limit_s seconds, and is no more. */
int user_run_bound(const char *const *argv, int limit_s, struct buf *out, struct fault *f) CHECKED;
