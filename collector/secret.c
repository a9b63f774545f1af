#include "collector/secret.h"

#include <stdio.h>
#include <string.h>

#include "common/lang.h"

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

void secret_show(const char *text)
{
    printf("%s\n", text);
    fprintf(stderr, "%s\n", _("Keep it now: only its hash is stored, it cannot be shown again."));
}

int secret_revoke(struct pg *pg, const char *sql, const char *which, struct fault *f)
{
    char hash[HASH_TEXT_SIZE];
    const char *const params[] = {which, secret_hash(which, hash)};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 2, params, &rows, f);
    return rc < 0 ? rc : pg_rows_affected(rows) > 0;
}
