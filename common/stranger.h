/* How much of what nobody has proven yet was given to a reader that a hostile
 * text could harm. Whoever takes a stranger's octets says so for its thread, and
 * says when a signature was found good; the readers count in between. For a
 * batch that may be its header and nothing else: tests hold the collector to it
 * by /metrics. */
#pragma once

#include <stddef.h>

enum stranger_reader { STRANGER_JSON, STRANGER_ZSTD, STRANGER_READERS };

void stranger_begins(void);                                      /* what this thread reads from here on is unproven */
void stranger_ends(void);                                        /* a signature was good, or the octets are gone */
void stranger_read(enum stranger_reader reader, size_t octets);  /* the readers say so of all they take */
unsigned long long stranger_octets(enum stranger_reader reader); /* of the whole process, since its start */
