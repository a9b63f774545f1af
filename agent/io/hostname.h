/* What people type for a host or a domain, made into what DNS holds: the one
 * place that decides what a name is, so that nothing else ever goes to a
 * household's resolver. International names become ASCII here (IDNA 2008 with
 * the mapping of UTS 46, as browsers and curl do it), once, where a task is
 * accepted. */
#pragma once

#include <stddef.h>

#include "common/alloc.h"
#include "common/fault.h"

/* RFC 1035 section 2.3.4: 255 octets on the wire, 253 letters and a last dot. */
#define HOSTNAME_SIZE 256

/* The name of a host: letters, digits, hyphens and underscores (RFC 1123
 * section 2.1, and what DNS lets stand in front of it), whose last part is no
 * number. The dot at its end, which neither SNI (RFC 6066 section 3) nor a
 * certificate has, goes. -EINVAL with the reason and the cure in f. */
int hostname_read(const char *text, char ret[static HOSTNAME_SIZE], struct fault *f) CHECKED;

/* A name to ask DNS about: "." and what no host may be called, too. An address,
 * a URL, a blank is none. The dot at its end stays. */
int hostname_domain(const char *text, char ret[static HOSTNAME_SIZE], struct fault *f) CHECKED;

/* As people read it: xn--bnin-bpa.bj is bénin.bj. Returns ret. */
const char *hostname_display(const char *name, char *ret, size_t size);
