/* The target's name server on its port, UDP and TCP; what it answers is
 * collector/target/whoami.h's business. */
#pragma once

#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

struct dns_server;

/* listen: "ADDRESS:PORT"; zone: the whoami zone's name. NULL in *ret when one
 * of them is empty: no server. */
int dns_server_start(const char *listen, const char *zone, struct dns_server **ret, struct fault *f) CHECKED;
uint16_t dns_server_port(const struct dns_server *s); /* 0 without a server */
void dns_server_stop(struct dns_server *s);           /* accepts NULL */
