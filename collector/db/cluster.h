/* The embedded PostgreSQL: a cluster of its own in the state directory, on a
 * Unix socket that only this user (and root) reaches. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/fault.h"

struct cluster;

struct cluster_options {
    const char *state_dir; /* absolute; taken into use (user.h) */
    bool supervise;        /* serve: keeps it running, and stops it at the end whoever uses it */
};

/* Uses the cluster that runs, or makes and starts it. Waits while another
 * process of ours starts or stops it. */
int cluster_open(const struct cluster_options *options, struct cluster **ret, struct fault *f) CHECKED;

const char *cluster_conninfo(const struct cluster *c);

/* Called each second by serve: starts PostgreSQL again when it died. Returns 1
 * when it did, 0 when nothing was to do, and < 0 when it does not start: call
 * again. */
int cluster_watch(struct cluster *c, struct fault *f) CHECKED;

/* Stops PostgreSQL when nobody else uses it, or always when supervised. */
void cluster_close(struct cluster *c);

/* Before an end: what waits for a process that somebody stopped would wait for ever. */
void cluster_wake(const struct cluster *c);

/* For migrate --upgrade-cluster: brings the stopped cluster's data to the
 * newest PostgreSQL installed. *ret_from equals *ret_to when nothing was to do. */
int cluster_upgrade(const struct cluster_options *options, unsigned *ret_from, unsigned *ret_to,
                    struct fault *f) CHECKED;
