/* Tokens and keys that people hold: shown once, kept as SHA-256. 128 random
 * bits need no slow hash. */
#pragma once

#include "common/sign.h"

#define SECRET_TEXT_SIZE 37 /* "imt_", 32 hex digits, NUL */
#define SECRET_TOKEN     "imt_"
#define SECRET_KEY       "imk_"

void secret_make(const char *prefix, char ret_text[static SECRET_TEXT_SIZE]);

/* SHA-256 of the text in hex, as decode(…, 'hex') wants it. */
const char *secret_hash(const char *text, char ret_hash[static HASH_TEXT_SIZE]);
