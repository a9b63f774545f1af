/* Tokens and keys that people hold: shown once, kept as SHA-256. 128 random
 * bits need no slow hash. */
#pragma once

#include "collector/db/pg.h"
#include "common/sign.h"

#define SECRET_TEXT_SIZE 37 /* "imt_", 32 hex digits, NUL */
#define SECRET_TOKEN     "imt_"
#define SECRET_KEY       "imk_"
#define SECRET_OWNER     "imo_" /* made by the probe */

void secret_make(const char *prefix, char ret_text[static SECRET_TEXT_SIZE]);

/* What names a secret to be revoked: its number in the list, or itself. -EINVAL
 * with what is wanted. */
int secret_check(const char *prefix, const char *text, struct fault *f) CHECKED;

/* SHA-256 of the text in hex, as decode(…, 'hex') wants it. */
const char *secret_hash(const char *text, char ret_hash[static HASH_TEXT_SIZE]);

/* Stores a fresh one and tells it on stdout, and on stderr that this was the only
 * time. Where it cannot be told, it is not stored: nobody could ever use it. */
int secret_give(struct pg *pg, const char *sql, int count, const char *const *params, const char *text,
                struct fault *f) CHECKED;

/* Revokes by the number in the list or by the secret itself: sql has the number
 * as $1, the hash in hex as $2. 1, or 0 when there is none such. */
int secret_revoke(struct pg *pg, const char *sql, const char *which, struct fault *f) CHECKED;
