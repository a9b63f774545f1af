/* A limit on what one network may make us do: a token bucket for each /24 and
 * each /48, in a table of fixed size. Networks that fall into the same bucket
 * share it, so that no flood of made-up sources can empty the table or get
 * round the limit; where they fall is secret. Not for several threads at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

struct limiter;

/* rate: events a second and network, of which `burst` may come at once after a
 * rest. total: the same over all networks, a second's worth at once. */
struct limiter *limiter_new(double rate, double burst, double total);
void limiter_free(struct limiter *l);

/* May one packet go to this address at this monotonic time? Counts it. */
bool limiter_allow(struct limiter *l, const struct sockaddr *addr, int64_t mono_us);

/* The two halves of it, for a network that is named by its octets or its text:
 * is there something left, and one event less. */
bool limiter_open(struct limiter *l, const void *key, size_t len, int64_t mono_us);
void limiter_spend(struct limiter *l, const void *key, size_t len, int64_t mono_us);
