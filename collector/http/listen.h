/* Sockets that listen at "ADDRESS:PORT", "[V6]:PORT", "NAME:PORT" or ":PORT" (all
 * addresses, both versions where the host has both); port 0 chooses one. */
#pragma once

#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

/* A bound, non-blocking socket of type SOCK_DGRAM or SOCK_STREAM (listening);
 * datagrams come with the address that they were sent to (IP_PKTINFO). `key`
 * names the setting in messages. -EINVAL, or -errno. */
int listen_open(const char *key, const char *text, int type, struct fault *f) CHECKED;

uint16_t listen_port(int fd);
