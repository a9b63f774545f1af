/* A limit on what one network may make the target send: a token bucket for
 * each /24 and each /48, in a table of fixed size. Prefixes that fall into the
 * same bucket share it, so that no flood of made-up sources can empty the
 * table or get round the limit; where they fall is secret. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

struct limiter;

/* rate: packets a second and prefix; a second's worth may come at once.
 * total: the same over all prefixes. */
struct limiter *limiter_new(double rate, double total);
void limiter_free(struct limiter *l);

/* May one packet go to this address at this monotonic time? */
bool limiter_allow(struct limiter *l, const struct sockaddr *addr, int64_t mono_us);
