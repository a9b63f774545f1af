/* The one adapter to the HTTP server (libmicrohttpd), one thread a connection:
 * a handler may block on the database. Modules give tables of routes; serve.c
 * joins them. The measurement target uses it as well. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/http/path.h"
#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/lang.h"

struct http_server;
struct http_request;

/* An answer's body that is made as it is sent, so that memory stays bounded. */
struct http_stream {
    ssize_t (*read)(void *ctx, char *bytes, size_t max); /* > 0, 0 at the end, < 0 cuts the connection */
    void (*free)(void *ctx);
    void *ctx;
};

struct http_reply {
    unsigned status;           /* 200 unless set */
    const char *content_type;  /* static text */
    struct buf body;           /* freed by the server */
    struct http_stream stream; /* used instead of body when read is set */
    int64_t stream_len;        /* -1 (chunked) unless set */
};

/* Fills reply; anything it returns below 0 becomes a 500 problem. */
typedef int (*http_handler)(struct http_request *request, struct http_reply *reply);

struct http_route {
    const char *method; /* GET answers HEAD too */
    const char *path;   /* a pattern, with members: "/fr/operateur/{id}" (path.h) */
    http_handler handler;
    const void *data;      /* what tells routes of one handler apart (http_route_data) */
    size_t body_max;       /* 0: no body allowed; more is a 413 problem */
    const char *size_slug; /* of that problem; NULL: "body-size" */
    /* Judges a body by its first octets (http_body), once front_len of them have
     * come and more are to follow: an answer that it fills is sent, and the rest
     * is not kept. NULL: bodies are judged when they are whole. */
    http_handler front;
    size_t front_len;
    /* Takes the body as it comes instead of keeping it (the target's upload). */
    void (*sink)(struct http_request *request, const char *bytes, size_t len);
};

/* What one room answers, and what its handlers are given (http_context). */
struct http_table {
    const struct http_route *routes; /* ends in a route without a path */
    void *context;                   /* outlives the server */
};

struct http_options {
    const char *listen;              /* "127.0.0.1:8080", "[::]:8080"; port 0 chooses one */
    const struct http_table *tables; /* read by http_start alone */
    size_t table_count;
    const char
        *proxies;   /* addresses in front whose X-Forwarded-For is believed (seen.h); NULL: none; outlives the server */
    bool near_only; /* whoever does not call from this machine (near.h) is turned away */
    unsigned connections_max;
    unsigned idle_timeout_s;
    unsigned body_timeout_s; /* for a whole body, however it comes; 0: as long as it takes */
};

int http_start(const struct http_options *options, struct http_server **ret, struct fault *f) CHECKED;
unsigned http_port(const struct http_server *server); /* the port it listens on */
void http_stop(struct http_server *server);           /* waits for running handlers */

void *http_context(const struct http_request *request);          /* of the table whose route matched */
const void *http_route_data(const struct http_request *request); /* of the route that matched */
const char *http_proxies(const struct http_request *request);
unsigned long long http_unavailable_count(const struct http_request *request); /* answers 503 since the start */
const char *http_method(const struct http_request *request);
const char *http_path(const struct http_request *request);
/* A member of the path, decoded; NULL when the route has none of that name. */
const char *http_member(const struct http_request *request, const char *name, char ret_text[static PATH_MEMBER_SIZE]);
const char *http_query(const struct http_request *request, const char *name); /* NULL when absent; decoded */
/* Calls fn for each query member, in order. */
void http_query_each(struct http_request *request, void (*fn)(void *ctx, const char *name, const char *value),
                     void *ctx);
const char *http_header(const struct http_request *request, const char *name);
/* By what name the server was called, and perhaps a port; NULL when the client does not say. */
const char *http_host(const struct http_request *request);
const struct buf *http_body(const struct http_request *request);
/* What the whole body will have, as far as the request says: 0 when it does not. */
size_t http_body_total(const struct http_request *request);
/* Keeps something from `front` for the handler; freed with the request. */
void http_keep(struct http_request *request, void *kept, void (*free)(void *kept));
void *http_kept(const struct http_request *request);       /* NULL when nothing was */
const char *http_peer(const struct http_request *request); /* address as text */
/* The client's socket, to look whether it is still there (pg_watch); -1 when not known. Nothing is read from it. */
int http_socket(const struct http_request *request);
#define HTTP_NOTES 4
int64_t *http_notes(struct http_request *request); /* HTTP_NOTES counters that live as long as the request */

void http_reply_header(struct http_request *request, const char *name, const char *value); /* copied */

/* The language of the client (Accept-Language). A request is worked on in the
 * log's: what its sender reads is written within LANG_SCOPE(http_language(…)). */
enum lang http_language(const struct http_request *request);

/* RFC 9457, in the client's language. `slug` ends the type URI ("urn:internetmetre:problem:<slug>");
 * detail says what is wrong and the cure; both are texts for gettext (N_), unless
 * they were said in that language already. Returns 0 for `return http_problem(…)`. */
int http_problem(struct http_request *request, struct http_reply *reply, unsigned status, const char *slug,
                 const char *title, const char *detail, ...) __attribute__((format(printf, 6, 7)));
/* What a handler that failed answers: 503 when the database is busy or away
 * (-EBUSY, -ENOTCONN), which loses nothing, else the 500 that rc becomes, logged
 * with f. For `return http_failed(…)`. */
int http_failed(struct http_request *request, struct http_reply *reply, int rc, const struct fault *f);
/* Retry-After of that 503, in seconds: a restart of PostgreSQL takes less. */
#define HTTP_RETRY_AFTER_S 5
/* 503 with Retry-After in seconds; detail is a text for gettext. */
int http_unavailable(struct http_request *request, struct http_reply *reply, unsigned retry_after_s,
                     const char *detail);
