/* A hash with a secret key, for tables that strangers fill: they cannot choose
 * what collides. SipHash-2-4 (Aumasson, Bernstein, INDOCRYPT 2012). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct keyed {
    uint64_t k0, k1;
};

void keyed_init(struct keyed *ret); /* a key from the kernel */
uint64_t keyed_hash(const struct keyed *key, const void *bytes, size_t len);
