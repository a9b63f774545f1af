/* What a resolver answered during one measurement, kept for who asks the same
 * again: the chain of trust above a zone is the same for each of its servers. */
#pragma once

#include "agent/dns/packet.h"

struct answers;

struct answers *answers_new(void) CHECKED;
void answers_free(struct answers *a); /* accepts NULL */

/* Copies all of it. The first answer to a question stays; past a few hundred
 * questions nothing is kept. */
void answers_keep(struct answers *a, const char *name, const char *type, const uint8_t *bytes, size_t len);

/* NULL when nobody asked. The packet is the keeper's. */
const struct packet *answers_find(const struct answers *a, const char *name, const char *type);
