/* A transfer from the inside, which web.c and web_hop.c share; nobody else
 * includes it. web.c tells how it lives. */
#pragma once

#include <arpa/inet.h>

#include <curl/curl.h>

#include "agent/io/multi.h"
#include "agent/io/web.h"

struct web {
    uv_loop_t *loop;
    struct names *names;
    const struct clock *clock;
    struct multi *multi;
    struct web_transfer *transfers;
    enum { CERTS_UNKNOWN, CERTS_HASHED, CERTS_BUNDLE } certs;
};

enum web_state {
    WEB_BETWEEN,   /* the transfer itself works on it: a hop is about to begin, or has just ended */
    WEB_RESOLVING, /* names.h works on the hop's host */
    WEB_RUNNING,   /* curl works on the hop */
    WEB_ENDED,     /* done has been called or never will be; memory stays until the loop has closed the timer */
};

struct web_transfer {
    struct web *web;
    struct web_transfer *prev, *next;
    enum web_state state;
    struct web_request request; /* url and headers are not used after web_start */
    web_done_fn done;
    void *user;
    uv_timer_t timer;
    uint64_t since_ns, hop_ns; /* start of all, and when curl took the hop */

    CURLU *url;                  /* of the hop */
    char from[INET6_ADDRSTRLEN]; /* the address whose redirect led to the hop */
    char *origin;
    char *ca_file;
    struct curl_slist *headers;
    struct names_query *query;
    struct curl_slist *resolve;
    struct multi_job job;
    char error_text[CURL_ERROR_SIZE];
    int alert;     /* of TLS, that ended the hop's connection; 0: none */
    bool stopped;  /* web_stop: the timer is its messenger */
    bool has_body; /* a redirect by 303 and the like drops it */

    size_t header_bytes;
    enum { CUT_NOT, CUT_ENOUGH, CUT_BODY_MAX, CUT_HEADERS, CUT_POLICY, CUT_REDIRECT } cut; /* why we stopped curl */
    struct fault denied;
    struct web_reply reply;
};
