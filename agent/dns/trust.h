/* The chain of trust from a trust anchor to one name (RFC 4035 section 5,
 * RFC 5155, RFC 6840), without any input or output of its own: it says which
 * question comes next, is given the answer, and ends in a verdict. The answers
 * may come from any resolver that passes DNSSEC records on with CD set: what
 * is believed is what the signatures say. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/dns/packet.h"
#include "agent/dns/record.h"

enum trust_verdict {
    TRUST_SECURE,        /* every link holds, for an answer or for its proven absence */
    TRUST_INSECURE,      /* a signed parent proves that what is below is not signed, or nobody can say */
    TRUST_BOGUS,         /* a link that must hold does not */
    TRUST_INDETERMINATE, /* an answer that is needed did not come */
};
const char *trust_word(enum trust_verdict verdict);

struct trust;

/* name and type as for packet_query. anchor: DS or DNSKEY records, one a line,
 * all of one owner. now_s: seconds since the Unix epoch, against which
 * signatures are valid. -EINVAL when one of them cannot be read. */
int trust_new(const char *anchor, const char *name, const char *type, int64_t now_s, struct trust **ret,
              struct fault *f) CHECKED;
void trust_free(struct trust *t); /* accepts NULL */

/* The next question, to be asked with CD, DO and RD; the text is the trust's
 * until the next call. False once there is a verdict. */
bool trust_next(struct trust *t, const char **ret_name, const char **ret_type);

/* Its answer; NULL when none came, because of `why`. Copied, and judged by what
 * follows. */
void trust_answer(struct trust *t, const struct packet *packet, const char *why);

/* Judges for one slice of work (agent/dns/work.h), at most 50 ms. True when
 * there is more to do, after the loop had its turn; trust_next does what was
 * left, without a break. */
bool trust_work(struct trust *t);

struct trust_report {
    enum trust_verdict verdict;
    const char *link;   /* what failed or ended the chain: "DS example.bj."; "" when secure */
    const char *reason; /* one word: rrsig_expired, ds_mismatch…; "" when secure */
    unsigned zones;     /* whose keys were validated */
    unsigned questions;
    int64_t lifetime_s; /* the shortest remaining time of the signatures used; -1 when there were none */
};
/* After trust_next returned false. The text is the trust's. */
void trust_result(const struct trust *t, struct trust_report *ret);

/* Adds to detail: verdict, link, reason, algorithms, and chain
 * [{"zone","keys":["20326/8"],"lifetime_s"}] */
void trust_detail(const struct trust *t, json_t *detail);

/* The root's anchors that this program was built with. */
const char *trust_root_anchor(void);
