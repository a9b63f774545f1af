/* Entity tags (RFC 9110 section 8.8.3): has a client what it would be sent? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ETAG_SIZE 35 /* 32 digits in quotes */

/* Of these octets, for the header ETag. */
void etag_make(const void *bytes, size_t len, char ret_text[static ETAG_SIZE]);
/* Does an If-None-Match header (NULL: there is none) have it? */
bool etag_matches(const char *header, const char *etag);
