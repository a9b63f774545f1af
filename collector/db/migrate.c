#include "collector/db/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/db/schema.h"
#include "common/buf.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/metric.h"
#include "common/outcome.h"
#include "common/sign.h"

/* Any number that nobody else uses for pg_advisory_lock. */
#define LOCK_SQL   "SELECT pg_advisory_lock(4919027610)"
#define UNLOCK_SQL "SELECT pg_advisory_unlock(4919027610)"
/* The row of schema_migration that stands for all that is made again. */
#define AGAIN "again"

/* ---- migrations ---- */

static void checksum(const char *text, size_t len, char ret_text[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", text, len, hash);
    hash_text(hash, ret_text);
}

/* *ret is "" when the name is not there. */
static int stored_checksum(struct pg *pg, const char *name, char ret_text[static HASH_TEXT_SIZE], struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT checksum FROM schema_migration WHERE name = $1", 1, &name, &rows, f);
    if (rc == 0)
        snprintf(ret_text, HASH_TEXT_SIZE, "%s", pg_rows_count(rows) ? pg_text(rows, 0, 0) : "");
    return rc;
}

static int store_checksum(struct pg *pg, const char *name, const char *sum, struct fault *f)
{
    const char *const params[] = {name, sum};
    return pg_query(pg,
                    "INSERT INTO schema_migration (name, checksum) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE "
                    "SET checksum = excluded.checksum, applied_at = now()",
                    2, params, NULL, f);
}

static int rolled_back(struct pg *pg, int rc)
{
    if (pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

static int apply(struct pg *pg, const struct embedded *file, const char *sum, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = pg_run(pg, file->text, f);
    if (rc == 0)
        rc = store_checksum(pg, file->path, sum, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc == 0)
        return 0;
    fault_prefix(f, _("migration %s: "), file->path);
    return rolled_back(pg, rc);
}

static int apply_missing(struct pg *pg, unsigned *ret_applied, struct fault *f)
{
    for (const struct embedded *e = NULL; (e = schema_next("migrations/", e)) != NULL;) {
        char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE];
        checksum(e->text, e->len, wanted);
        int rc = stored_checksum(pg, e->path, stored, f);
        if (rc < 0)
            return rc;
        if (!*stored) {
            rc = apply(pg, e, wanted, f);
            if (rc < 0)
                return rc;
            (*ret_applied)++;
        } else if (strcmp(stored, wanted) != 0) {
            return fault_set(
                f, -EINVAL,
                _("migration %s was applied with other content than this program carries; a migration never "
                  "changes: run the program that made this database, or a later one"),
                e->path);
        }
    }
    return 0;
}

/* ---- what can be made again ---- */

/* The registry as SQL: check_kind, metric, outcome. Its words are plain ASCII
 * without quotes (schema/registry.py). */
static void registry_sql(struct buf *out)
{
    static const char *const kinds[] = {
        [METRIC_VALUE] = "value", [METRIC_COUNT] = "count", [METRIC_CATEGORY] = "category"};
    for (size_t c = 0; c < metric_set_count; c++) {
        const struct metric_set *set = &metric_sets[c];
        buf_addf(out, "INSERT INTO check_kind VALUES (%u, '%s') ON CONFLICT (check_no) DO NOTHING;\n", set->check_id,
                 set->check);
        for (size_t m = 0; m < set->count; m++)
            buf_addf(
                out,
                "INSERT INTO metric VALUES (%u, %u, %zu, '%s', '%s', '%s', '%s') ON CONFLICT (metric_no) DO UPDATE "
                "SET unit = excluded.unit, better = excluded.better, kind = excluded.kind;\n",
                set->metrics[m].id, set->check_id, m + 1, set->metrics[m].name, set->metrics[m].unit,
                set->metrics[m].better, kinds[set->metrics[m].kind]);
    }
    for (int o = 0; o < OUTCOME_COUNT; o++)
        buf_addf(out, "INSERT INTO outcome VALUES (%d, '%s') ON CONFLICT (outcome_no) DO NOTHING;\n", o,
                 outcome_word((enum outcome)o));
}

/* A view named after the check, its metrics as named columns. New metrics come
 * last, so that CREATE OR REPLACE keeps what depends on the view; a change to
 * the columns before them needs a migration that drops the views. */
static void check_view_sql(const struct metric_set *set, struct buf *out)
{
    buf_addf(out,
             "CREATE OR REPLACE VIEW \"%s\" AS SELECT r.at, p.probe, t.name AS target, t.kind AS target_kind, "
             "t.country AS target_country, k.name AS task, r.af, r.addr, o.word AS outcome, r.bytes, p.source, "
             "p.simulated, r.probe_no, r.target_no, r.batch_no, r.ordinal",
             set->check);
    for (size_t m = 0; m < set->count; m++)
        buf_addf(out, ", r.metrics[%zu] AS \"%s\"", m + 1, set->metrics[m].name);
    buf_addf(
        out,
        " FROM result r JOIN probe p USING (probe_no) JOIN task k USING (task_no) JOIN outcome o ON o.outcome_no = "
        "r.outcome LEFT JOIN target t USING (target_no) WHERE r.check_no = %u;\n",
        set->check_id);
}

/* Views of checks first: the files under views/ may use them, and end with the grants. */
static void again_sql(struct buf *out)
{
    registry_sql(out);
    for (size_t c = 0; c < metric_set_count; c++)
        check_view_sql(&metric_sets[c], out);
    for (const struct embedded *e = NULL; (e = schema_next("views/", e)) != NULL;)
        buf_add(out, e->text, e->len);
}

/* Facts that come with the program: each statement takes a file as $1. What an
 * operator of a collector changed in `target` stays. */
static const struct {
    const char *file, *sql;
} seeds[] = {
    {"countries/countries.json",
     "INSERT INTO department (iso, country, name) "
     "SELECT d->>'iso', c.key, d->>'name' FROM jsonb_each($1::jsonb) c, jsonb_array_elements(c.value->'departments') d "
     "ON CONFLICT (iso) DO UPDATE SET name = excluded.name WHERE department.name <> excluded.name"},
    {"countries/countries.json",
     "INSERT INTO operator (country, name, asns) "
     "SELECT c.key, o->>'name', ARRAY(SELECT a::bigint FROM jsonb_array_elements_text(o->'asns') a) "
     "FROM jsonb_each($1::jsonb) c, jsonb_array_elements(c.value->'operators') o "
     "ON CONFLICT (country, name) DO UPDATE SET asns = excluded.asns WHERE operator.asns <> excluded.asns"},
    {"countries/countries.json",
     "WITH gone AS (DELETE FROM prefix_origin WHERE source = 'country-pack') "
     "INSERT INTO prefix_origin (prefix, asn, source) "
     "SELECT p::cidr, (o->'asns'->>0)::bigint, 'country-pack' FROM jsonb_each($1::jsonb) c, "
     "jsonb_array_elements(c.value->'operators') o, jsonb_array_elements_text(o->'prefixes') p "
     "WHERE o->'asns'->>0 IS NOT NULL"},
    {"countries/countries.json", "SELECT carrier_nat_seed($1::jsonb)"},
    {"countries/countries.json",
     "INSERT INTO target (name, kind, country) "
     "SELECT s->>'name', 'cctld', c.key FROM jsonb_each($1::jsonb) c, jsonb_array_elements(c.value->'cctld_servers') s "
     "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, country = excluded.country WHERE target.kind IS NULL"},
    {"schedule/standard.json",
     "INSERT INTO target (name, kind, country) SELECT DISTINCT ON (1) t->>'target', t->>'kind', t->>'country' "
     "FROM jsonb_array_elements($1::jsonb->'tasks') t WHERE t->>'target' <> '' ORDER BY 1, 2 "
     "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, country = excluded.country WHERE target.kind IS NULL"},
    {"schedule/packs/dns.json",
     "INSERT INTO target (name, kind, country) SELECT DISTINCT ON (1) t->>'target', t->>'kind', t->>'country' "
     "FROM jsonb_array_elements($1::jsonb->'tasks') t WHERE t->>'target' <> '' ORDER BY 1, 2 "
     "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, country = excluded.country WHERE target.kind IS NULL"},
    {"schedule/packs/edns-africa.json",
     "INSERT INTO target (name, kind, country) SELECT DISTINCT ON (1) t->>'target', t->>'kind', t->>'country' "
     "FROM jsonb_array_elements($1::jsonb->'tasks') t WHERE t->>'target' <> '' ORDER BY 1, 2 "
     "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, country = excluded.country WHERE target.kind IS NULL"},
};

static int seed(struct pg *pg, struct fault *f)
{
    for (size_t i = 0; i < COUNT(seeds); i++) {
        const char *text = schema_file(seeds[i].file)->text;
        int rc = pg_query(pg, seeds[i].sql, 1, &text, NULL, f);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int make_again(struct pg *pg, const struct buf *sql, const char *sum, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = pg_run(pg, sql->data, f);
    if (rc == 0)
        rc = seed(pg, f);
    if (rc == 0)
        rc = store_checksum(pg, AGAIN, sum, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc == 0)
        return 0;
    fault_prefix(f, _("functions and views: "));
    return rolled_back(pg, rc);
}

static void again_checksum(const struct buf *sql, char ret_text[static HASH_TEXT_SIZE])
{
    _cleanup_(buf_free) struct buf all = {0};
    buf_add(&all, sql->data, sql->len);
    for (size_t i = 0; i < COUNT(seeds); i++) {
        buf_add_text(&all, schema_file(seeds[i].file)->text);
        buf_add_text(&all, seeds[i].sql);
    }
    checksum(all.data, all.len, ret_text);
}

/* ---- the whole ---- */

static int run_locked(struct pg *pg, bool always, unsigned *ret_applied, struct fault *f)
{
    int rc = pg_run(pg,
                    "CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, checksum text NOT NULL, "
                    "applied_at timestamptz NOT NULL DEFAULT now())",
                    f);
    if (rc == 0)
        rc = apply_missing(pg, ret_applied, f);
    _cleanup_(buf_free) struct buf sql = {0};
    char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE];
    again_sql(&sql);
    again_checksum(&sql, wanted);
    if (rc == 0)
        rc = stored_checksum(pg, AGAIN, stored, f);
    if (rc == 0 && (always || strcmp(stored, wanted) != 0))
        rc = make_again(pg, &sql, wanted, f);
    return rc;
}

int migrate_run(struct pg *pg, bool always, unsigned *ret_applied, struct fault *f)
{
    *ret_applied = 0;
    if (!always && migrate_check(pg, NULL) == 0)
        return 0;
    int rc = pg_run(pg, LOCK_SQL, f);
    if (rc < 0)
        return rc;
    rc = run_locked(pg, always, ret_applied, f);
    if (pg_run(pg, UNLOCK_SQL, rc == 0 ? f : NULL) < 0 && rc == 0)
        rc = -ENOTCONN;
    return rc;
}

int migrate_check(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT to_regclass('schema_migration') IS NOT NULL", 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    _cleanup_(buf_free) struct buf sql = {0};
    char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE] = "";
    again_sql(&sql);
    again_checksum(&sql, wanted);
    if (pg_bool(rows, 0, 0))
        rc = stored_checksum(pg, AGAIN, stored, f);
    if (rc == 0 && strcmp(stored, wanted) == 0)
        for (const struct embedded *e = NULL; rc == 0 && (e = schema_next("migrations/", e)) != NULL;) {
            checksum(e->text, e->len, wanted);
            rc = stored_checksum(pg, e->path, stored, f);
            if (rc == 0 && strcmp(stored, wanted) != 0)
                rc = -ESTALE;
        }
    else if (rc == 0)
        rc = -ESTALE;
    return rc == -ESTALE ? fault_set(f, rc,
                                     _("the database's schema is not this program's; run: "
                                       "internetmetre-collector migrate"))
                         : rc;
}
