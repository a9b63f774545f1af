/* A request and the server that serves it, for http.c, which takes it through
 * its life, and request.c, which shows it to a handler and makes answers. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include <arpa/inet.h>

#include "collector/http/http.h"

struct MHD_Connection;
struct MHD_Daemon;

enum request_state {
    READING,  /* octets of the body are wanted */
    DRAINING, /* the answer is made already; what still comes is thrown away */
};

/* A route and the context of the table that it stands in. */
struct place {
    const struct http_route *route;
    void *context;
};

struct http_server {
    struct MHD_Daemon *daemon;
    struct place *places; /* of all tables */
    size_t place_count;
    const char *proxies;
    bool near_only;
    int64_t body_timeout_us;   /* 0: none */
    atomic_ullong unavailable; /* answers 503 */
    int listen_fd;
    unsigned port;
    pthread_mutex_t lock;
    pthread_cond_t done;
    unsigned under_way; /* requests between their first call and their end */
};

struct reply_header {
    char *name, *value;
};

struct http_request {
    struct http_server *server;
    struct MHD_Connection *connection;
    const struct http_route *route;
    void *context; /* of the route's table */
    enum request_state state;
    char *method, *path;
    char *authority; /* of a target in absolute-form; NULL: Host has it */
    char peer[INET6_ADDRSTRLEN];
    struct buf body;
    int64_t began_us;  /* clock_mono_us */
    uint64_t received; /* octets of the body, kept or not */
    bool judged;       /* the route's `front` has seen the first octets */
    bool cut;          /* a NUL octet ends the path before its end */
    void *kept;
    void (*kept_free)(void *kept);
    int64_t notes[HTTP_NOTES];
    struct http_reply reply;
    struct reply_header *headers; /* of the answer */
    size_t header_count;
};

/* Forgets the answer that was made, and frees what it holds. */
void reply_reset(struct http_reply *reply);
