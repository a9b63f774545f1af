#include "collector/http/etag.h"

#include <stdio.h>
#include <string.h>

#include "common/sign.h"

void etag_make(const void *bytes, size_t len, char ret_text[static ETAG_SIZE])
{
    uint8_t hash[HASH_SIZE];
    char text[HASH_TEXT_SIZE];
    hash_make("", bytes, len, hash);
    hash_text(hash, text);
    snprintf(ret_text, ETAG_SIZE, "\"%.*s\"", ETAG_SIZE - 3, text);
}

/* Weak comparison: a proxy that packed the page has weakened its tag. */
bool etag_matches(const char *header, const char *etag)
{
    size_t len = strlen(etag);
    while (header && *header) {
        header += strspn(header, ", \t");
        if (!strncmp(header, "W/", 2))
            header += 2;
        size_t tag = strcspn(header, ", \t");
        if ((tag == len && !memcmp(header, etag, len)) || (tag == 1 && *header == '*'))
            return true;
        header += tag;
    }
    return false;
}
