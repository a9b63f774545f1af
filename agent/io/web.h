/* HTTP on the loop: libcurl's multi-socket API, names by names.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "agent/io/names.h"
#include "agent/io/policy.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/fault.h"
#include "common/outcome.h"

struct web;
struct web_transfer;

#define WEB_CAUSE_SIZE 40

/* Redirects that a request may ask to follow. */
#define WEB_REDIRECTS_MAX 10

struct web_request {
    const char *method; /* "GET", "HEAD" or "POST" */
    const char *url;    /* http or https, without user name */
    /* "Name: value", NULL-terminated, or NULL. They go to this URL's scheme,
     * host and port only: a redirect to another place does not get them. */
    const char *const *headers;
    const void *body; /* borrowed until done; NULL with body_read */
    size_t body_len;
    /* An upload made as it goes, sent chunked: fills at most max octets, 0 ends
     * the body. It cannot be sent twice: a 307 or 308 is then the answer. */
    size_t (*body_read)(void *user, char *buf, size_t max);
    /* The answer's octets as they come; when NULL they are kept in the reply,
     * at most body_max of them (more is protocol_error). Returning false ends
     * the transfer as ok with what came. */
    bool (*body_write)(void *user, const char *bytes, size_t len);
    size_t body_max;
    int64_t timeout_us;          /* for the whole transfer, redirects included */
    int family;                  /* 4, 6 or 0 */
    int redirects_max;           /* up to WEB_REDIRECTS_MAX; 0: do not follow, a 3xx is the answer. Cookies that come on
                                  * the way are sent back on it, and go with the transfer */
    const struct policy *policy; /* borrowed until done; NULL: any address */
    const char *ca_file;         /* PEM, NULL: the system's */
    bool unverified;             /* any certificate will do: the answer carries a signature of its own */
    bool fresh;                  /* a new connection of its own */
};

struct web_reply {
    enum outcome outcome; /* ok when a whole HTTP answer came, whatever its status */
    char reason[256];     /* the same for people */
    const char *cause;    /* why not ok (common/cause.h) */
    long status;          /* HTTP status, 0 when none came */
    char http_version[8]; /* "1.1", "2" */
    struct buf body;
    int64_t retry_after_us; /* from Retry-After, seconds or date, a day at most; -1 when absent */
    char content_type[64];
    /* Phases in milliseconds, negative when the phase did not happen: lookup
     * (not for a literal address), TCP connect and TLS handshake (not on a
     * connection used again) of the last hop, each since its own start; first
     * octet of the answer and total since the start of all. */
    double lookup_ms, connect_ms, tls_ms, ttfb_ms, total_ms;
    double wait_ms;               /* from the last hop's connection being ready to the first octet of its answer */
    int64_t body_bytes;           /* of the answer's body */
    int64_t sent_bytes;           /* of our body */
    int64_t wire_bytes;           /* both ways over all hops, headers of HTTP, TLS, TCP and IP estimated */
    int redirects;                /* followed */
    char *via[WEB_REDIRECTS_MAX]; /* the URLs that redirected, in order */
    char final_url[512];
    struct sockaddr_storage addresses[NAMES_ADDRESSES_MAX]; /* of the last hop's host, that the policy allows */
    size_t address_count;
    char addr[46]; /* the peer's address, or the one tried first; "" when none */
    int af;
};

/* Called once, from the loop, never from inside web_start; the reply is the
 * transfer's and goes with it. */
typedef void (*web_done_fn)(void *user, const struct web_reply *reply);

/* Certificates are judged at the clock's time: a box without a clock of its own
 * may have learned the time and yet not be allowed to set the system's. */
int web_new(uv_loop_t *loop, struct names *names, const struct clock *clock, struct web **ret, struct fault *f) CHECKED;
/* Running transfers are dropped without a call. Frees on later turns of the loop. */
void web_free(struct web *w);
/* A URL that can be asked for, as url.h reads it, in ASCII; -EINVAL with the
 * cure in f. The caller frees. */
int web_url_read(const char *text, char **ret, struct fault *f) CHECKED;
/* -EINVAL for a URL or method that cannot be. body_read and body_write are
 * called with user. */
int web_start(struct web *w, const struct web_request *request, web_done_fn done, void *user, struct web_transfer **ret,
              struct fault *f) CHECKED;
/* Ends it now as ok with what came so far; done is called on a later turn of
 * the loop. Not from inside body_read or body_write. */
void web_stop(struct web_transfer *t);

/* done is not called. Not from inside body_read or body_write. */
void web_cancel(struct web_transfer *t);

/* The transport of a running transfer, for TCP_INFO; -1 when not connected. */
int web_socket(const struct web_transfer *t);

/* The value of a Retry-After header (RFC 9110 section 10.2.3) in microseconds,
 * at most a day. A date is read against the answer's own Date, so that a clock
 * that is wrong here does not matter; -1 without one, or when it is neither a
 * number of seconds nor a date. */
int64_t web_retry_after_us(const char *value, const char *date);
