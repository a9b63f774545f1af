/* HTTP on the loop: libcurl's multi-socket API, names by names.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "agent/io/names.h"
#include "agent/policy.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/outcome.h"

struct web;
struct web_transfer;

struct web_request {
    const char *method; /* "GET" or "POST" */
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
    const void *body;   /* borrowed until done; NULL with body_read */
    size_t body_len;
    /* An upload made as it goes: fills at most max octets, 0 ends the body. */
    size_t (*body_read)(void *user, char *buf, size_t max);
    /* The answer's octets as they come; when NULL they are kept in the reply,
     * at most body_max of them (more is protocol_error). Returning false ends
     * the transfer as ok with what came. */
    bool (*body_write)(void *user, const char *bytes, size_t len);
    size_t body_max;
    int64_t timeout_us; /* for the whole transfer */
    int family;         /* 4, 6 or 0 */
    int redirects_max;  /* 0: do not follow */
    const struct policy *policy; /* borrowed until done; NULL: any address */
    const char *ca_file;         /* PEM, NULL: the system's */
    bool fresh;         /* a new connection of its own */
};

struct web_reply {
    enum outcome outcome; /* ok when a whole HTTP answer came, whatever its status */
    char reason[160];     /* why not ok */
    long status;          /* HTTP status, 0 when none came */
    char http_version[8]; /* "1.1", "2" */
    struct buf body;
    int64_t retry_after_us; /* from Retry-After, seconds or date; -1 when absent */
    char content_type[64];
    /* Phases, milliseconds since the start of each phase; negative when the
     * phase did not happen: lookup, TCP connect, TLS handshake, time to first
     * byte (from the start of all), total. */
    double lookup_ms, connect_ms, tls_ms, ttfb_ms, total_ms;
    int64_t body_bytes;  /* of the answer's body, decoded transfer, not counted twice */
    int64_t sent_bytes;  /* of our body */
    int64_t wire_bytes;  /* both ways, headers of HTTP, TLS, TCP and IP estimated */
    int redirects;
    char final_url[512];
    char addr[46]; /* the peer's address, "" when none */
    int af;
};

/* Called once, from the loop, never from inside web_start; the reply is the
 * transfer's and goes with it. */
typedef void (*web_done_fn)(void *user, const struct web_reply *reply);

int web_new(uv_loop_t *loop, struct names *names, struct web **ret, struct fault *f) CHECKED;
void web_free(struct web *w);
int web_start(struct web *w, const struct web_request *request, web_done_fn done, void *user,
              struct web_transfer **ret, struct fault *f) CHECKED;
void web_cancel(struct web_transfer *t); /* done is not called */

/* The transport of a running transfer, for TCP_INFO; -1 when not connected. */
int web_socket(const struct web_transfer *t);
