/* A signed statement: one JSON object on a line, then {"sig":"…"} on a line,
 * Ed25519 over domain + the first line with its newline. Acknowledgements,
 * schedules, enrolment answers and the time are statements of the collector. */
#pragma once

#include <jansson.h>

#include "common/buf.h"
#include "common/fault.h"
#include "common/sign.h"

#define STATEMENT_MEDIA_TYPE "application/x-ndjson"

void statement_write(const struct sign_key *key, const char *domain, const json_t *object, struct buf *out);

/* Checks the signature against one of `count` public keys and parses the first
 * line. -EKEYREJECTED when no key signed it, -EBADMSG when it is no statement.
 * The caller owns *ret. */
int statement_read(const uint8_t (*publics)[SIGN_PUBLIC_SIZE], size_t count, const char *domain, const char *text,
                   size_t len, json_t **ret, struct fault *f) CHECKED;
