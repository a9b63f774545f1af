/* Many questions to DNS servers, a few at once and never two at once to the
 * same server: a probe is a guest there, and answers must not queue behind
 * each other. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "agent/dns/exchange.h"

/* Questions of one inquiry: 13 servers with 26 addresses and ten tests each
 * make 260. */
#define INQUIRY_MAX 1024

struct inquiry;

/* Called from the loop with the tag of its question; may ask further ones. */
typedef void (*inquiry_answer_fn)(void *user, void *tag, const struct exchange_answer *answer);
/* Called once every question has been answered, from the loop: immediately
 * after the last answer, unless that asked another. May ask anew. */
typedef void (*inquiry_done_fn)(void *user);

/* at_once: questions under way, 1 or more. */
struct inquiry *inquiry_new(const struct env *env, unsigned at_once, inquiry_answer_fn answer, inquiry_done_fn done,
                            void *user) CHECKED;

/* The servers are this host's own resolvers, where it is no guest: several
 * questions at once to one of them. */
void inquiry_at_home(struct inquiry *q);

/* Name and type are copied; options, tag and the other pointers are borrowed
 * until the answer. A question that cannot be written is answered with
 * OUTCOME_ERROR, one past INQUIRY_MAX with OUTCOME_SKIPPED. */
void inquiry_ask(struct inquiry *q, const struct exchange_question *question, void *tag);

/* Calls inquiry_done_fn once more, after the loop had its turn: for an owner that
 * has work left and no question. */
void inquiry_again(struct inquiry *q);

int64_t inquiry_wire_bytes(const struct inquiry *q); /* of all that were answered; accepts NULL */
size_t inquiry_count(const struct inquiry *q);       /* questions asked */
bool inquiry_idle(const struct inquiry *q);          /* every question is answered; accepts NULL */

/* Cancels what is under way; no callback comes any more. Accepts NULL. Frees
 * once the loop has let go. */
void inquiry_free(struct inquiry *q);
