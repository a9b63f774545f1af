#include "collector/report/frozen.h"

#include <stdlib.h>

#include "build_config.h"
#include "common/json.h"
#include "common/sign.h"

void frozen_add(json_t *files, const char *name, const struct buf *bytes)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_TEXT_SIZE];
    hash_make("", bytes->data, bytes->len, hash);
    json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "path", name, "bytes", (json_int_t)bytes->len, "sha256",
                                           hash_text(hash, hex)));
}

/* Hosts know the hashes of their own batches, and would see by a digest over them whether there are any others: it is
 * made with what the collector alone knows. */
#define INPUTS_SQL                                                                                                     \
    "SELECT jsonb_build_object('schema', (SELECT max(substring(name FROM '[0-9]{4}_[a-z0-9_]+')) FROM "                \
    "schema_migration), 'imports', (SELECT coalesce(jsonb_agg(jsonb_build_object('run', run, 'kind', kind, 'sha256', " \
    "sha256) ORDER BY run), '[]') FROM import_run WHERE undone_at IS NULL), 'ledger', (SELECT "                        \
    "coalesce(jsonb_object_agg(month, encode(sha256(secret || sha256(secret || hashes)), 'hex')), '{}') FROM "         \
    "frozen_secret, (SELECT to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, string_agg(hash, ''::bytea "  \
    "ORDER BY hash) AS hashes FROM batch_key WHERE received_at >= make_date($1::int, 1, 1)::timestamp AT TIME ZONE "   \
    "'UTC' GROUP BY 1) m))"

int frozen_inputs(struct pg *pg, const char *year, json_t **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, INPUTS_SQL, 1, &year, &rows, f);
    if (rc < 0)
        return rc;
    *ret = json_loads(pg_text(rows, 0, 0), 0, NULL);
    json_object_set_new(*ret, "program", json_string(VERSION));
    return 0;
}

void frozen_write(const json_t *about, json_t *files, json_t *inputs, struct buf *out)
{
    _cleanup_json_ json_t *whole = json_copy((json_t *)about);
    json_object_set(whole, "inputs", inputs);
    json_object_set(whole, "files", files);
    char *text = json_dumps(whole, JSON_INDENT(2) | JSON_SORT_KEYS);
    buf_addf(out, "%s\n", text);
    free(text);
}
