/* A signed statement to the collector, posted once, and what its answer means:
 * enrolling and leaving have that in common. */
#pragma once

#include <stdint.h>

#include "agent/io/env.h"
#include "agent/io/web.h"
#include "common/buf.h"
#include "common/fault.h"

/* url and body are borrowed until done is called, from the loop. */
int letter_start(const struct env *env, const char *url, const struct buf *body, web_done_fn done, void *user,
                 struct web_transfer **ret, struct fault *f) CHECKED;

/* 0 when the collector answered with what is to be read; -EKEYREJECTED when it
 * does not know the key that signed, -EACCES when it refuses for another
 * reason, -EIO when it cannot be reached or is none. f says which, and why. */
int letter_judge(const struct web_reply *reply, struct fault *f) CHECKED;
