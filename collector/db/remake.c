#include "collector/db/remake.h"

#include <errno.h>
#include <stdlib.h>

#include "collector/db/range.h"
#include "collector/db/schema.h"
#include "common/buf.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/metric.h"
#include "common/outcome.h"

/* ---- what the compiled registry says ---- */

static void check_range_sql(const struct metric_set *set, struct buf *out)
{
    buf_addf(out, "INSERT INTO check_range (check_no, broken) VALUES (%u, '", set->check_id);
    range_broken_sql(set, out);
    buf_add_text(out, "') ON CONFLICT (check_no) DO UPDATE SET broken = excluded.broken;\n");
}

/* check_kind, check_range, metric, outcome. The registry's words are plain ASCII without
 * quotes (schema/registry.py). */
static void registry_sql(struct buf *out)
{
    static const char *const kinds[] = {
        [METRIC_VALUE] = "value", [METRIC_COUNT] = "count", [METRIC_CATEGORY] = "category"};
    for (size_t c = 0; c < metric_set_count; c++) {
        const struct metric_set *set = &metric_sets[c];
        buf_addf(out, "INSERT INTO check_kind VALUES (%u, '%s') ON CONFLICT (check_no) DO NOTHING;\n", set->check_id,
                 set->check);
        check_range_sql(set, out);
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
    for (size_t m = 0; m < set->count; m++) {
        const char *name = set->metrics[m].name;
        if (set->whole >> m & 1)
            buf_addf(out, ", coalesce(r.exact[%zu], r.metrics[%zu]) AS \"%s\"", m + 1, m + 1, name);
        else
            buf_addf(out, ", r.metrics[%zu] AS \"%s\"", m + 1, name);
    }
    buf_addf(
        out,
        " FROM result r JOIN probe p USING (probe_no) JOIN task k USING (task_no) JOIN outcome o ON o.outcome_no = "
        "r.outcome LEFT JOIN target t USING (target_no) WHERE r.check_no = %u;\n"
        "SELECT allow('SELECT ON \"%s\"', 'analyst');\n",
        set->check_id, set->check);
}

static void registry_all_sql(struct buf *out)
{
    registry_sql(out);
    for (size_t c = 0; c < metric_set_count; c++)
        check_view_sql(&metric_sets[c], out);
}

/* ---- functions and views ---- */

static const char *const folders[] = {"functions/", "views/"};

struct making {
    const struct embedded *const *files;
    size_t count, left;
    bool *made;
    struct buf missing; /* what the files of this round that wait did not find */
};

static int make_round(struct making *m, int (*make)(void *ctx, const struct embedded *file, struct fault *f), void *ctx,
                      struct fault *f)
{
    buf_clear(&m->missing);
    for (size_t i = 0; i < m->count; i++) {
        struct fault why = {0};
        int rc = m->made[i] ? 0 : make(ctx, m->files[i], &why);
        if (rc < 0)
            fault_prefix(&why, _("%s: "), m->files[i]->path);
        if (rc == -ENOENT) {
            buf_addf(&m->missing, "%s%s", m->missing.len ? "; " : "", why.text);
            continue;
        }
        if (rc < 0)
            return fault_set(f, rc, "%s", why.text);
        m->left -= !m->made[i];
        m->made[i] = true;
    }
    return 0;
}

int remake_in_order(const struct embedded *const *files, size_t count,
                    int (*make)(void *ctx, const struct embedded *file, struct fault *f), void *ctx, struct fault *f)
{
    struct making m = {.files = files, .count = count, .left = count, .made = alloc_zero(count + 1, sizeof *m.made)};
    int rc = 0;
    for (size_t before = SIZE_MAX; rc == 0 && m.left > 0 && m.left < before;) {
        before = m.left;
        rc = make_round(&m, make, ctx, f);
    }
    if (rc == 0 && m.left > 0)
        rc = fault_set(f, -ENOENT, "%s", m.missing.data);
    buf_free(&m.missing);
    free(m.made);
    return rc;
}

/* The savepoint gives the transaction back when the file has to wait. */
static int make_file(void *ctx, const struct embedded *file, struct fault *f)
{
    struct pg *pg = ctx;
    int rc = pg_run(pg, "SAVEPOINT file", f);
    if (rc < 0)
        return rc;
    rc = pg_run(pg, file->text, f);
    if (rc == 0)
        return pg_run(pg, "RELEASE SAVEPOINT file", f);
    if (pg_run(pg, "ROLLBACK TO SAVEPOINT file", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

static int make_files(struct pg *pg, struct fault *f)
{
    const struct embedded **files = NULL;
    size_t count = 0;
    for (size_t i = 0; i < COUNT(folders); i++)
        for (const struct embedded *e = NULL; (e = schema_next(folders[i], e)) != NULL;) {
            files = alloc_resize(files, count + 1, sizeof *files);
            files[count++] = e;
        }
    int rc = remake_in_order(files, count, make_file, pg, f);
    free(files);
    return rc;
}

/* ---- facts ---- */

/* Each file whose path begins so goes through a function; later ones may need what earlier ones stored. */
static const struct {
    const char *path, *sql;
} seeds[] = {
    {"countries/countries.json", "SELECT country_seed($1::jsonb)"},
    {"countries/goals.tsv", "SELECT goal_seed($1)"},
    {"thresholds/iqb.tsv", "SELECT iqb_seed($1)"},
    {"schedule/", "SELECT schedule_seed($1::jsonb)"},
};

static int seed(struct pg *pg, struct fault *f)
{
    for (size_t i = 0; i < COUNT(seeds); i++)
        for (const struct embedded *e = NULL; (e = schema_next(seeds[i].path, e)) != NULL;) {
            int rc = pg_query(pg, seeds[i].sql, 1, &e->text, NULL, f);
            if (rc < 0) {
                fault_prefix(f, _("%s: "), e->path);
                return rc;
            }
        }
    return 0;
}

/* ---- the whole ---- */

/* Bodies of functions are not looked at before all views are there. */
#define BEGIN_SQL "SET LOCAL check_function_bodies = off"
#define END_SQL   "SET LOCAL check_function_bodies = on; SELECT catch_up()"

int remake_run(struct pg *pg, struct fault *f)
{
    _cleanup_(buf_free) struct buf registry = {0};
    registry_all_sql(&registry);
    const struct embedded compiled = {"metrics.tsv", registry.data, registry.len};
    int rc = pg_run(pg, BEGIN_SQL, f);
    if (rc == 0)
        rc = remake_in_order((const struct embedded *const[]){schema_file("roles.sql"), &compiled}, 2, make_file, pg,
                             f);
    if (rc == 0)
        rc = make_files(pg, f);
    if (rc == 0)
        rc = seed(pg, f);
    return rc < 0 ? rc : pg_run(pg, END_SQL, f);
}

void remake_checksum(char ret_text[static HASH_TEXT_SIZE])
{
    _cleanup_(buf_free) struct buf all = {0};
    uint8_t hash[HASH_SIZE];
    registry_all_sql(&all);
    buf_add_text(&all, schema_file("roles.sql")->text);
    for (size_t i = 0; i < COUNT(folders); i++)
        for (const struct embedded *e = NULL; (e = schema_next(folders[i], e)) != NULL;)
            buf_add(&all, e->text, e->len);
    for (size_t i = 0; i < COUNT(seeds); i++) {
        buf_add_text(&all, seeds[i].sql);
        for (const struct embedded *e = NULL; (e = schema_next(seeds[i].path, e)) != NULL;)
            buf_add(&all, e->text, e->len);
    }
    hash_make("", all.data, all.len, hash);
    hash_text(hash, ret_text);
}
