#include "collector/probe/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/conf.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/output.h"

void secret_make(const char *prefix, char ret_text[static SECRET_TEXT_SIZE])
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    snprintf(ret_text, SECRET_TEXT_SIZE, "%s", prefix);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_text + 4 + 2 * i, 3, "%02x", bytes[i]);
}

int secret_check(const char *prefix, const char *text, struct fault *f)
{
    int64_t number;
    size_t len = strlen(prefix);
    bool is_secret = strncmp(text, prefix, len) == 0 && strlen(text) == SECRET_TEXT_SIZE - 1 &&
                     strspn(text + len, "0123456789abcdef") == SECRET_TEXT_SIZE - 1 - len;
    if (is_secret || (conf_parse_int(text, &number) == 0 && number > 0))
        return 0;
    return fault_set(f, -EINVAL, _("a number of the list is wanted, or %s… with its 32 digits"), prefix);
}

const char *secret_hash(const char *text, char ret_hash[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", text, strlen(text), hash);
    return hash_text(hash, ret_hash);
}

/* Told before it counts: what is committed and not seen would be lost. */
static int tell(const char *text, struct fault *f)
{
    printf("%s\n", text);
    int rc = output_flush(f);
    if (rc < 0)
        fault_prefix(f, _("%s: "), _("nothing was made"));
    return rc;
}

int secret_give(struct pg *pg, const char *sql, int count, const char *const *params, const char *text, struct fault *f)
{
    struct fault ignored;
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = pg_query(pg, sql, count, params, NULL, f);
    if (rc == 0)
        rc = tell(text, f);
    if (rc < 0) {
        if (pg_run(pg, "ROLLBACK", &ignored) < 0)
            log_debug("%s", ignored.text); /* the end of the connection does the same */
        return rc;
    }
    rc = pg_run(pg, "COMMIT", f);
    if (rc < 0)
        fault_prefix(f, _("%s may not count: "), text);
    else
        fprintf(stderr, "%s\n", _("Keep it now: only its hash is stored, it cannot be shown again."));
    return rc;
}

int secret_revoke(struct pg *pg, const char *sql, const char *which, struct fault *f)
{
    char hash[HASH_TEXT_SIZE];
    const char *const params[] = {which, secret_hash(which, hash)};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 2, params, &rows, f);
    return rc < 0 ? rc : pg_rows_affected(rows) > 0;
}
