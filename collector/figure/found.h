/* The addresses at which probe-days found targets, each once, for
 * target_origin_note (schema/functions/target_set.sql). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct found {
    struct buf seen;                             /* addresses of the probe-day at hand */
    struct buf places, targets, families, addrs; /* arrays as PostgreSQL reads them, without braces */
};

/* `addr`: the octets of an inet on the wire (copy.h). */
void found_add(struct found *f, int32_t target_no, int16_t af, const unsigned char *addr, size_t len);
/* Takes over what was found of the probe-day at that place of the list, from 1. */
void found_write(struct found *f, int64_t place);
void found_free(struct found *f);
