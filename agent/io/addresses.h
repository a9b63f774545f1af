/* The addresses in an answer of DNS, wherever they stand in it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "common/alloc.h"

/* Those of the family (4 or 6) that the name of the question has, by its CNAMEs
 * or without (RFC 1034 section 3.6.2: records of an answer have no order). The
 * ports are 0. Returns how many, at most max; -EBADMSG when it cannot be read,
 * or the CNAMEs go in a circle. */
int addresses_read(const uint8_t *message, size_t len, int family, struct sockaddr_storage *ret, size_t max) CHECKED;
