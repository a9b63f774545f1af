#include "collector/figure/rollup.h"

#include <inttypes.h>
#include <string.h>

#include "collector/db/copy_out.h"
#include "collector/figure/cell_day.h"
#include "collector/figure/found.h"
#include "collector/figure/probe_day.h"
#include "collector/figure/watch.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stop.h"

/* Probe-days in one transaction: a second or two of work, so that the dirty list
 * is not locked for long; and what is kept in memory, for the rows of all of them
 * go back at once: 20 MB of the standard schedule. */
#define STEP "50"
#define TAKE_SQL                                                                                                       \
    "SELECT day - '2000-01-01'::date, day, probe_no, source, simulated, late, day >= hour_first() FROM "               \
    "rollup_take(" STEP ")"
#define METRICS_MAX 64

struct step {
    struct pg *pg;
    struct pg_rows *taken;
    struct buf days, probes;       /* of those that are made: "2026-03-01,…" and "17,…" */
    struct buf made;               /* of size_t: their rows in `taken` */
    struct probe_day *day, *other; /* on the probe's own line, and on another (functions/line.sql) */
    struct probe_day_rows rows, other_rows;
    struct found found;
    struct pg_rows *spells; /* in which its line was to be watched: by place, in order */
    size_t spell;           /* the next */
    struct watch *watch;
    struct copy_rows watched;
};

static void step_free(struct step *s)
{
    pg_rows_free(s->taken);
    buf_free(&s->days);
    buf_free(&s->probes);
    buf_free(&s->made);
    probe_day_free(s->day);
    probe_day_free(s->other);
    probe_day_rows_free(&s->rows);
    probe_day_rows_free(&s->other_rows);
    found_free(&s->found);
    pg_rows_free(s->spells);
    watch_free(s->watch);
    copy_rows_free(&s->watched);
}

static int take(struct step *s, struct fault *f)
{
    int rc = pg_query(s->pg, TAKE_SQL, 0, NULL, &s->taken, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(s->taken); r++) {
        if (pg_bool(s->taken, r, 5))
            continue;
        const char *comma = s->made.len > 0 ? "," : "";
        buf_addf(&s->days, "%s%s", comma, pg_text(s->taken, r, 1));
        buf_addf(&s->probes, "%s%s", comma, pg_text(s->taken, r, 2));
        buf_add(&s->made, &r, sizeof r);
    }
    return rc;
}

/* ---- results in ---- */

/* Since 2000-01-01, as results have it. */
#define SPELLS_SQL                                                                                                     \
    "SELECT l.place, (extract(epoch FROM lower(r)) * 1000000)::bigint - 946684800000000, "                             \
    "(extract(epoch FROM upper(r)) * 1000000)::bigint - 946684800000000 FROM unnest($1::date[], $2::int[]) "           \
    "WITH ORDINALITY AS l (day, probe_no, place) CROSS JOIN LATERAL unnest(line_home(l.probe_no, l.day)) AS r "        \
    "ORDER BY l.place, r"

static int read_spells(struct step *s, struct fault *f)
{
    _cleanup_text_ char *days = alloc_format("{%s}", s->days.data), *probes = alloc_format("{%s}", s->probes.data);
    return pg_query(s->pg, SPELLS_SQL, 2, (const char *const[]){days, probes}, &s->spells, f);
}

/* How long the line of a place was watched. Days without a result are in no list of spells' places, and are passed
 * over. */
static void finish_watch(struct step *s, int64_t place, const struct probe_day_who *who)
{
    for (; s->spell < pg_rows_count(s->spells) && pg_int(s->spells, s->spell, 0) <= place; s->spell++)
        if (pg_int(s->spells, s->spell, 0) == place)
            watch_spell(s->watch, pg_int(s->spells, s->spell, 1), pg_int(s->spells, s->spell, 2));
    const struct watch_day d = watch_close(s->watch, who->day);
    watch_write(&d, who->day, who->probe_no, &s->watched);
}

/* The probe-day at a place of the list, from 1, is complete. */
static void finish(struct step *s, int64_t place)
{
    size_t r;
    if (place < 1 || (size_t)place > s->made.len / sizeof r)
        return;
    memcpy(&r, s->made.data + (size_t)(place - 1) * sizeof r, sizeof r);
    struct probe_day_who who = {
        .day = (int32_t)pg_int(s->taken, r, 0),
        .probe_no = (int32_t)pg_int(s->taken, r, 2),
        .source = pg_text(s->taken, r, 3),
        .simulated = pg_bool(s->taken, r, 4),
        .hours = pg_bool(s->taken, r, 6),
    };
    probe_day_write(s->day, &who, &s->rows);
    who.hours = false;
    probe_day_write(s->other, &who, &s->other_rows);
    found_write(&s->found, place);
    finish_watch(s, place, &who);
}

static void add(struct step *s, struct copy_out *o)
{
    float metrics[METRICS_MAX];
    double exact[METRICS_MAX];
    struct probe_day_result r = {.metrics = metrics, .exact = exact};
    size_t len;
    bool other = copy_out_int(o, 0) != 0;
    r.at_us = copy_out_int(o, 0);
    r.check_no = (int16_t)copy_out_int(o, 0);
    r.target_no = (int32_t)copy_out_int(o, 0);
    r.af = (int16_t)copy_out_int(o, 0);
    r.outcome = (int16_t)copy_out_int(o, 0);
    r.bytes = (int32_t)copy_out_int(o, 0);
    const unsigned char *addr = copy_out_bytes(o, &len);
    r.length = copy_out_reals(o, metrics, &r.present, METRICS_MAX);
    size_t wider = copy_out_doubles(o, exact, &r.exact_present, METRICS_MAX);
    r.length = wider > r.length ? wider : r.length;
    probe_day_add(other ? s->other : s->day, &r);
    if (other)
        return;
    found_add(&s->found, r.target_no, r.af, addr, len);
    watch_add(s->watch, r.at_us, r.target_no, r.outcome, addr, len);
}

/* When a probe was away is asked once a probe-day, not once a result: hence OFFSET. */
#define RESULTS_SQL                                                                                                    \
    "COPY (SELECT d.place, (r.at <@ d.away)::int, r.at, r.check_no, r.target_no, r.af, r.outcome, r.bytes, r.addr, "   \
    "r.metrics, r.exact FROM (SELECT l.*, line_away(l.probe_no, l.day) AS away FROM unnest('{%s}'::date[], "           \
    "'{%s}'::int[]) WITH ORDINALITY AS l (day, probe_no, place) OFFSET 0) AS d "                                       \
    "CROSS JOIN LATERAL results_of(d.probe_no, d.day) r) TO STDOUT (FORMAT binary)"

/* One probe-day's results come after another's. */
static int read_results(struct step *s, struct fault *f)
{
    _cleanup_text_ char *sql = alloc_format(RESULTS_SQL, s->days.data, s->probes.data);
    struct copy_out o;
    int64_t place = 0;
    bool more = true;
    int rc = copy_out_start(&o, s->pg, sql, f);
    while (rc == 0 && (rc = copy_out_next(&o, &more, f)) == 0 && more) {
        int64_t at = copy_out_int(&o, 0);
        if (at != place)
            finish(s, place);
        place = at;
        add(s, &o);
    }
    if (rc == 0)
        finish(s, place);
    return rc;
}

/* ---- days out ---- */

static int note_found(struct step *s, struct fault *f)
{
    const struct buf *const lists[] = {&s->days,          &s->probes,         &s->found.places,
                                       &s->found.targets, &s->found.families, &s->found.addrs};
    char *params[COUNT(lists)];
    for (size_t i = 0; i < COUNT(lists); i++)
        params[i] = alloc_format("{%s}", lists[i]->len > 0 ? lists[i]->data : "");
    int rc = pg_query(s->pg,
                      "SELECT target_origin_note($1::date[], $2::int[], $3::bigint[], $4::int[], $5::smallint[], "
                      "$6::inet[])",
                      COUNT(lists), (const char *const *)params, NULL, f);
    for (size_t i = 0; i < COUNT(lists); i++)
        free(params[i]);
    return rc;
}

static int write_days(struct step *s, struct fault *f)
{
    const struct {
        const char *sql;
        const struct copy_rows *rows;
    } tables[] = {
        {PROBE_DAY_SQL, &s->rows.days},
        {PROBE_DAY_SKETCH_SQL, &s->rows.sketches},
        {PROBE_DAY_HOUR_SQL, &s->rows.hours},
        {PROBE_DAY_OTHER_SQL, &s->other_rows.days},
        {PROBE_DAY_OTHER_SKETCH_SQL, &s->other_rows.sketches},
        {WATCH_SQL, &s->watched},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < COUNT(tables); i++)
        rc = copy_send(s->pg, tables[i].sql, &tables[i].rows, 1, f);
    return rc < 0 ? rc : note_found(s, f);
}

/* Where the probe-days lie now, and which cells change with them. */
static int note_cells(struct step *s, struct fault *f)
{
    _cleanup_text_ char *days = alloc_format("{%s}", s->days.data), *probes = alloc_format("{%s}", s->probes.data);
    return pg_query(s->pg, "SELECT cell_note($1::date[], $2::int[])", 2, (const char *const[]){days, probes}, NULL, f);
}

/* *ret_taken: how many probe-days left the list. */
static int make_days(struct pg *pg, size_t *ret_taken, struct fault *f)
{
    _cleanup_(step_free) struct step s = {
        .pg = pg, .day = probe_day_new(), .other = probe_day_new(), .watch = watch_new()};
    int rc = take(&s, f);
    if (rc == 0 && s.made.len > 0)
        rc = read_spells(&s, f);
    if (rc == 0 && s.made.len > 0)
        rc = read_results(&s, f);
    if (rc == 0 && s.made.len > 0)
        rc = write_days(&s, f);
    if (rc == 0 && s.made.len > 0)
        rc = note_cells(&s, f);
    if (rc == 0)
        *ret_taken = pg_rows_count(s.taken);
    return rc;
}

/* ---- all ---- */

/* What is made some at a time until its list is empty. */
struct list {
    int (*make)(struct pg *, size_t *ret_taken, struct fault *);
    const char *what;  /* N_ */
    const char *count; /* SQL */
    bool fed;          /* by probes, which need not come to an end */
};

static const struct list listed_days = {
    make_days,
    N_("days of probes"),
    "SELECT count(*) FROM (SELECT DISTINCT day, probe_no FROM rollup_dirty) d",
    true,
};
static const struct list listed_cells = {
    cell_day_make,
    N_("days of cells"),
    "SELECT count(*) FROM (SELECT DISTINCT day, cell_no FROM rollup_cell_dirty) d",
    false,
};

/* The planner takes short lists for long ones, and would compile (jit) for longer than the work takes. */
static int step(struct pg *pg, const struct list *list, size_t *ret_taken, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN; SET LOCAL jit = off", f);
    if (rc == 0)
        rc = list->make(pg, ret_taken, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

/* Probe-days that came too late to count, once each. */
static int tell_late(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "WITH told AS (UPDATE rollup_late SET told = true WHERE NOT told RETURNING 1) SELECT count(*) "
                      "FROM told",
                      0, NULL, &rows, f);
    if (rc == 0 && pg_int(rows, 0, 0) > 0)
        log_warn(_("%lld probe-days came after retention had taken their month: their results are kept and archived, "
                   "their days and figures stay as they are; probe show names them"),
                 (long long)pg_int(rows, 0, 0));
    return rc;
}

static int count(struct pg *pg, const struct list *list, int64_t *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, list->count, 0, NULL, &rows, f);
    if (rc == 0)
        *ret = pg_int(rows, 0, 0);
    return rc;
}

/* Until nothing is listed any more, as the list may grow by what is made of it. Of one that others feed, as many as
 * were listed at first: the rest is the next run's, or a probe that pushes on and on would hold up figures for ever. */
static int work_off(struct pg *pg, const struct list *list, bool by_hand, size_t *ret_all, struct fault *f)
{
    const bool shown = by_hand && progress_seen();
    struct progress progress = {0};
    int64_t whole = 0;
    size_t taken = 1;
    int rc = shown || list->fed ? count(pg, list, &whole, f) : 0;
    for (*ret_all = 0; rc == 0 && taken > 0; *ret_all += taken) {
        int64_t done = (int64_t)*ret_all;
        if (list->fed && done >= whole)
            break;
        if (shown)
            progress_show(&progress, _(list->what), done, whole > done ? whole : done);
        taken = 0;
        rc = by_hand ? stop_check(f) : 0;
        if (rc == 0)
            rc = step(pg, list, &taken, f);
        log_debug("rollup: %zu of the list made", taken);
    }
    progress_end(&progress);
    return rc;
}

static int run(struct pg *pg, bool by_hand, struct fault *f)
{
    size_t days, cells;
    int rc = work_off(pg, &listed_days, by_hand, &days, f);
    if (rc == 0 && days > 0)
        rc = tell_late(pg, f);
    return rc < 0 ? rc : work_off(pg, &listed_cells, by_hand, &cells, f);
}

int rollup_run(struct pg *pg, struct fault *f)
{
    return run(pg, false, f);
}

int rollup_run_shown(struct pg *pg, struct fault *f)
{
    return run(pg, true, f);
}
