/* Equal questions of one moment have one answer: who asks what is being answered
 * already waits for it, so that a thousand readers of one series cost one query.
 * Nothing is kept longer than somebody reads it. Many threads share it. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "collector/api/page.h"
#include "collector/http/http.h"
#include "common/buf.h"

/* A longer answer is nobody else's: it is made while it is sent. A year's days by
 * operator and department are 8 MB as JSON. */
#define SHARE_BYTES_MAX (16u << 20)
/* Of all that is read at once, about: a client that reads slowly holds what it reads. */
#define SHARE_HELD_MAX (64u << 20)

struct share;
struct share_question;

struct share *share_new(void);
void share_free(struct share *share); /* when nobody asks any more */

/* Puts a question. True: it is the caller's to answer, by share_tell or share_leave; false: another has it, and
 * share_wait is to follow. The same text is the same question. */
bool share_ask(struct share *share, const char *text, struct share_question **ret);

/* How long an answer may be by now, in octets. */
size_t share_room(struct share *share);
/* Ends it with its answer: takes body over, and reply becomes a stream of it. next: of its page. */
void share_tell(struct share *share, struct share_question *q, struct buf *body, const char *next,
                struct http_reply *reply);
/* Ends it without; too_long: whoever waits need not ask again either. */
void share_leave(struct share *share, struct share_question *q, bool too_long);

/* Waits for the answer of another, no longer than `until` (wake.h); 0: reply becomes a stream of it, and ret_next what
 * share_tell was given. -EAGAIN: it was left; -EFBIG: it is too long to be shared; -ETIMEDOUT: it is not there yet. q
 * is given back in any case. */
int share_wait(struct share *share, struct share_question *q, const struct timespec *until,
               char ret_next[static PAGE_AFTER_SIZE], struct http_reply *reply) CHECKED;
