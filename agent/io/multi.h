/* libcurl's multi handle driven by the loop (the multi-socket API): curl says
 * which sockets and what time it waits for, libuv says when. The handle is made
 * at first use and dropped, connections and all, once nothing has run for a
 * while: an agent sleeps most of its life, and asleep it should be small. */
#pragma once

#include <stdbool.h>

#include <curl/curl.h>
#include <uv.h>

#include "common/alloc.h"
#include "common/fault.h"

struct multi;

/* One running easy handle. Called from the loop when curl is done with it; the
 * handle has been removed by then. */
struct multi_job {
    CURL *easy;
    void (*done)(struct multi_job *job, CURLcode code);
    int fd; /* its socket, -1 before there is one */
    /* TCP is connected: curl has waited to read. Its own CONNECT_TIME comes
     * only after the TLS handshake. */
    bool connected;
};

/* The first one in the process starts libcurl when it first runs something. */
struct multi *multi_new(uv_loop_t *loop) CHECKED;
void multi_free(struct multi *m); /* after every job was removed */

/* job->easy and job->done are set; job lives until done or multi_remove. Both
 * may be called from done, neither from inside another callback of curl's. */
int multi_add(struct multi *m, struct multi_job *job, struct fault *f) CHECKED;
void multi_remove(struct multi *m, struct multi_job *job);

/* Starts libcurl once; an easy handle may be made after it. */
int multi_start(struct fault *f) CHECKED;
