/* Ed25519 keys (RFC 8032), SHA-256, and the names made from them.
 * Every signature and every hash covers a domain prefix, so that a statement
 * of one kind can never pass for another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

#define SIGN_PUBLIC_SIZE 32
#define SIGN_SECRET_SIZE 32
#define SIGN_SIZE        64
#define SIGN_TEXT_SIZE   89 /* base64 of a signature and its NUL */
#define HASH_SIZE        32
#define HASH_TEXT_SIZE   65 /* hex and NUL */
#define PROBE_ID_SIZE    21 /* 20 characters of base32 and NUL */

/* The domain prefixes; each ends in a newline that is part of it. */
#define DOMAIN_BATCH      "internetmetre batch 2\n"
#define DOMAIN_BATCH_HASH "internetmetre batch-hash 2\n"
#define DOMAIN_ACK        "internetmetre ack 1\n"
#define DOMAIN_ENROL      "internetmetre enrol 1\n"
#define DOMAIN_SCHEDULE   "internetmetre schedule 1\n"
#define DOMAIN_TIME       "internetmetre time 1\n"
#define DOMAIN_ROTATE     "internetmetre rotate 2\n"
#define DOMAIN_KEYS       "internetmetre keys 1\n"
#define DOMAIN_LEAVE      "internetmetre leave 1\n"

struct sign_key {
    uint8_t secret[SIGN_SECRET_SIZE];
    uint8_t public[SIGN_PUBLIC_SIZE];
};

int sign_key_new(struct sign_key *ret) CHECKED;
/* The key of a secret that is known already. */
int sign_key_from(const uint8_t secret[static SIGN_SECRET_SIZE], struct sign_key *ret) CHECKED;
/* Key file: one line, base64 of the secret, mode 0600. Refuses a file that
 * group or others can read (-EPERM), and one that is no key (-EBADMSG). */
int sign_key_read(const char *path, struct sign_key *ret, struct fault *f) CHECKED;
int sign_key_write(const char *path, const struct sign_key *key, struct fault *f) CHECKED;
void sign_key_wipe(struct sign_key *key);

/* Signs domain + bytes. */
void sign_make(const struct sign_key *key, const char *domain, const void *bytes, size_t len,
               uint8_t ret_sig[static SIGN_SIZE]);
bool sign_check(const uint8_t public[static SIGN_PUBLIC_SIZE], const char *domain, const void *bytes, size_t len,
                const uint8_t sig[static SIGN_SIZE]) CHECKED;

/* SHA-256 over domain + bytes ("" for none). */
void hash_make(const char *domain, const void *bytes, size_t len, uint8_t ret_hash[static HASH_SIZE]);
const char *hash_text(const uint8_t hash[static HASH_SIZE], char ret_text[static HASH_TEXT_SIZE]);
int hash_parse(const char *text, size_t len, uint8_t ret_hash[static HASH_SIZE]) CHECKED;

/* A probe's name for life: the first 100 bits of SHA-256 over its first public
 * key (the 32 octets alone), 20 characters of lower-case base32 (RFC 4648 section 6). */
void probe_id_make(const uint8_t public[static SIGN_PUBLIC_SIZE], char ret_id[static PROBE_ID_SIZE]);
bool probe_id_valid(const char *text, size_t len);

/* base64 with padding (RFC 4648 section 4). The text buffer needs
 * 4 * ((len + 2) / 3) + 1 octets. Parsing wants exactly `len` octets. */
void base64_write(const void *bytes, size_t len, char *ret_text);
int base64_read(const char *text, size_t text_len, void *ret_bytes, size_t len) CHECKED;
/* Fills with random octets from the kernel. */
void random_bytes(void *ret, size_t len);
