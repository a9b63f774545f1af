#include "collector/secret.h"

#include <stdio.h>
#include <string.h>

void secret_make(const char *prefix, char ret_text[static SECRET_TEXT_SIZE])
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    snprintf(ret_text, SECRET_TEXT_SIZE, "%s", prefix);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_text + 4 + 2 * i, 3, "%02x", bytes[i]);
}

const char *secret_hash(const char *text, char ret_hash[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", text, strlen(text), hash);
    return hash_text(hash, ret_hash);
}
