#include "collector/simulate/summary.h"

#include "collector/simulate/sums.h"
#include "common/log.h"

struct summary {
    struct pg *pg;
    const struct simulation_state *state;
    int32_t *targets; /* numbers, as the nation lists them */
    struct reading_day day;
    struct sums sums;
};

int summary_open(struct pg *pg, const struct simulation_state *state, struct summary **ret, struct fault *f)
{
    static const char sql[] =
        "WITH n AS (INSERT INTO target (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING "
        "target_no) SELECT target_no FROM n UNION ALL SELECT target_no FROM target WHERE name = $1";
    struct summary *s = alloc_zero(1, sizeof *s);
    *s = (struct summary){.pg = pg,
                          .sums = {.day = probe_day_new(), .watch = watch_new()},
                          .state = state,
                          .targets = alloc_zero(state->nation.target_count, sizeof *s->targets)};
    for (size_t i = 0; i < state->nation.target_count; i++) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        int rc = pg_query(pg, sql, 1, &state->nation.targets[i].name, &rows, f);
        if (rc < 0) {
            summary_free(s);
            return rc;
        }
        s->targets[i] = (int32_t)pg_int(rows, 0, 0);
    }
    *ret = s;
    return 0;
}

void summary_free(struct summary *s)
{
    if (!s)
        return;
    reading_day_free(&s->day);
    sums_free(&s->sums);
    free(s->targets);
    free(s);
}

static int store(struct summary *s, const struct household *h, struct fault *f)
{
    const struct {
        const char *sql;
        struct copy_rows *rows;
    } tables[] = {
        {PROBE_DAY_SQL, &s->sums.rows.days},
        {PROBE_DAY_SKETCH_SQL, &s->sums.rows.sketches},
        {WATCH_SQL, &s->sums.watched},
    };
    int32_t no = 0;
    int rc = simulation_probe(s->pg, s->state, h, &no, f);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < COUNT(tables); i++)
        copy_rows_clear(tables[i].rows);
    for (int32_t day = h->joined; day < h->left; day++) {
        reading_day_make(&s->state->world, h, day, &s->day);
        sums_write(&s->sums, &s->state->world, &s->day, day, no, s->targets);
    }
    for (size_t i = 0; rc == 0 && i < COUNT(tables); i++)
        rc = copy_send(s->pg, tables[i].sql, (const struct copy_rows *const[]){tables[i].rows}, 1, f);
    return rc < 0 ? rc : simulation_finish(s->pg, h, no, f);
}

int summary_probe(struct summary *s, uint64_t n, struct fault *f)
{
    struct household h;
    household_draw(&s->state->nation, n, s->state->world.first, s->state->last, &h);
    int rc = pg_run(s->pg, "BEGIN", f);
    if (rc == 0)
        rc = store(s, &h, f);
    if (rc == 0)
        rc = pg_run(s->pg, "COMMIT", f);
    if (rc < 0 && pg_run(s->pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    sign_key_wipe(&h.key);
    return rc;
}
