/* The days of cells that are listed (schema/functions/cell.sql): which lines of
 * them changed is known, and only their sketches are read. */
#include "collector/db/copy_out.h"
#include "collector/figure/cell_day.h"
#include "common/alloc.h"

struct taken {
    int32_t day, cell_no;
    const char *day_text; /* of the rows that were taken */
    struct buf changed;   /* of int32_t: the lines, sorted */
    struct buf rows;      /* its rows as they were: fields as COPY sends them */
};

struct work {
    struct taken *taken;
    size_t count;
    struct buf numbers; /* of the arrays of a row */
};

static void work_clear(struct work *w)
{
    for (size_t t = 0; t < w->count; t++) {
        buf_free(&w->taken[t].changed);
        buf_free(&w->taken[t].rows);
    }
    free(w->taken);
    buf_free(&w->numbers);
}

/* ---- the list ---- */

#define CELLS_SQL "SELECT day - '2000-01-01'::date, day, cell_no, probe_no FROM cell_take(100)"

static void list_taken(struct work *w, const struct pg_rows *rows)
{
    w->taken = alloc_zero(pg_rows_count(rows), sizeof *w->taken);
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        int32_t day = (int32_t)pg_int(rows, r, 0), cell_no = (int32_t)pg_int(rows, r, 2);
        struct taken *last = w->count ? &w->taken[w->count - 1] : NULL;
        if (!last || last->day != day || last->cell_no != cell_no) {
            last = &w->taken[w->count++];
            *last = (struct taken){.day = day, .cell_no = cell_no, .day_text = pg_text(rows, r, 1)};
        }
        buf_add(&last->changed, &(int32_t){(int32_t)pg_int(rows, r, 3)}, sizeof(int32_t));
    }
}

/* ---- their rows as they were ---- */

#define ROWS_SQL                                                                                                       \
    "COPY (WITH gone AS (DELETE FROM rollup_cell_day d USING unnest('{%s}'::date[], '{%s}'::int[]) WITH ORDINALITY "   \
    "AS c (day, cell_no, place) WHERE d.day = c.day AND d.cell_no = c.cell_no RETURNING c.place, d.check_no, "         \
    "d.position, d.scope, d.kind, d.target_no, d.probes, d.samples, d.medians) SELECT * FROM gone) TO STDOUT "         \
    "(FORMAT binary)"

static int take_rows(struct work *w, struct pg *pg, struct fault *f)
{
    _cleanup_(buf_free) struct buf days = {0}, cells = {0};
    for (size_t t = 0; t < w->count; t++) {
        buf_addf(&days, "%s%s", t ? "," : "", w->taken[t].day_text);
        buf_addf(&cells, "%s%d", t ? "," : "", w->taken[t].cell_no);
    }
    _cleanup_text_ char *sql = alloc_format(ROWS_SQL, days.data, cells.data);
    struct copy_out o;
    bool more = true;
    int rc = copy_out_start(&o, pg, sql, f);
    while (rc == 0 && (rc = copy_out_next(&o, &more, f)) == 0 && more) {
        size_t place = (size_t)copy_out_int(&o, 0);
        if (place > 0 && place <= w->count)
            buf_add(&w->taken[place - 1].rows, o.at, (size_t)(o.end - o.at));
    }
    return rc;
}

/* Room for `arrays` of what is left of the row: an array has fewer elements than octets. */
static int32_t *room(struct work *w, const struct copy_out *o, size_t arrays, size_t *ret_max)
{
    *ret_max = (size_t)(o->end - o->at);
    buf_clear(&w->numbers);
    buf_reserve(&w->numbers, arrays * *ret_max * sizeof(int32_t));
    return (void *)w->numbers.data;
}

static void keep_rows(struct work *w, const struct taken *t, struct cell_day *day)
{
    struct copy_out o = {.at = (const unsigned char *)t->rows.data};
    for (o.end = o.at + t->rows.len; o.at < o.end;) {
        struct cell_day_row r = {.check_no = (int16_t)copy_out_int(&o, 0)};
        r.position = (int16_t)copy_out_int(&o, 0);
        r.scope = (const char *)copy_out_bytes(&o, &r.scope_len);
        const unsigned char *kind = copy_out_bytes(&o, &r.kind_len);
        r.kind = kind ? (const char *)kind : "";
        r.target_no = (int32_t)copy_out_int(&o, 0);
        size_t max;
        int32_t *probes = room(w, &o, 3, &max), *samples = probes + max;
        float *medians = (void *)(samples + max);
        r.count = copy_out_ints(&o, probes, max);
        copy_out_ints(&o, samples, max);
        copy_out_floats(&o, medians, max);
        r.probes = probes;
        r.samples = samples;
        r.medians = medians;
        cell_day_keep(day, &r, (const void *)t->changed.data, t->changed.len / sizeof(int32_t));
    }
}

/* ---- the lines that changed ---- */

/* Kinds are looked up in one value: as a subquery, or a join, they are searched through for each sketch, as the planner
 * takes cells for small. */
#define SKETCHES_SQL                                                                                                   \
    "COPY (SELECT c.place, s.* FROM unnest('{%s}'::int[], '{%s}'::date[], '{%s}'::int[], '{%s}'::int[]) AS c (place, " \
    "day, cell_no, probe_no) CROSS JOIN LATERAL (SELECT l.probe_no FROM rollup_line l WHERE l.probe_no = c.probe_no "  \
    "AND l.day = c.day AND l.cell_no = c.cell_no OFFSET 0) AS l CROSS JOIN LATERAL (SELECT probe_no, check_no, "       \
    "position, target_no, (SELECT jsonb_object_agg(t.target_no, t.kind) FROM target t) ->> r.target_no::text, "        \
    "buckets, counts FROM rollup_day_sketch r WHERE r.probe_no = l.probe_no AND r.day = c.day AND (check_no, "         \
    "position) IN (SELECT m.check_no, m.position FROM metric m WHERE m.kind = 'value') OFFSET 0) AS s) TO STDOUT "     \
    "(FORMAT binary)"

static void add_sketch(struct work *w, struct cell_day *day, struct copy_out *o)
{
    struct cell_day_sketch s = {.probe_no = (int32_t)copy_out_int(o, 0)};
    s.check_no = (int16_t)copy_out_int(o, 0);
    s.position = (int16_t)copy_out_int(o, 0);
    s.target_no = (int32_t)copy_out_int(o, 0);
    const unsigned char *kind = copy_out_bytes(o, &s.kind_len);
    s.kind = kind ? (const char *)kind : "";
    size_t max;
    int32_t *buckets = room(w, o, 2, &max), *counts = buckets + max;
    s.count = copy_out_ints(o, buckets, max);
    size_t counted = copy_out_ints(o, counts, max);
    s.count = counted < s.count ? counted : s.count;
    s.buckets = buckets;
    s.counts = counts;
    cell_day_add(day, &s);
}

static char *sketches_sql(const struct work *w)
{
    _cleanup_(buf_free) struct buf places = {0}, days = {0}, cells = {0}, probes = {0};
    const char *comma = "";
    for (size_t t = 0; t < w->count; t++) {
        const int32_t *changed = (const void *)w->taken[t].changed.data;
        for (size_t i = 0; i < w->taken[t].changed.len / sizeof *changed; i++, comma = ",") {
            buf_addf(&places, "%s%zu", comma, t);
            buf_addf(&days, "%s%s", comma, w->taken[t].day_text);
            buf_addf(&cells, "%s%d", comma, w->taken[t].cell_no);
            buf_addf(&probes, "%s%d", comma, changed[i]);
        }
    }
    return alloc_format(SKETCHES_SQL, places.data, days.data, cells.data, probes.data);
}

/* A cell after the other, also one that no sketch is left of. */
static int make(struct work *w, struct pg *pg, struct copy_rows *out, struct fault *f)
{
    _cleanup_(cell_day_freep) struct cell_day *day = cell_day_new();
    _cleanup_text_ char *sql = sketches_sql(w);
    struct copy_out o;
    size_t at = 0;
    bool more = true;
    int rc = copy_out_start(&o, pg, sql, f);
    while (rc == 0 && more && (rc = copy_out_next(&o, &more, f)) == 0) {
        size_t place = more ? (size_t)copy_out_int(&o, 0) : w->count;
        for (; at < place && at < w->count; at++) {
            keep_rows(w, &w->taken[at], day);
            cell_day_write(day, w->taken[at].day, w->taken[at].cell_no, out);
        }
        if (more)
            add_sketch(w, day, &o);
    }
    return rc;
}

int cell_day_make(struct pg *pg, size_t *ret_taken, struct fault *f)
{
    _cleanup_(copy_rows_free) struct copy_rows rows = {0};
    const struct copy_rows *const all = &rows;
    _cleanup_(work_clear) struct work w = {0};
    _cleanup_rows_ struct pg_rows *taken = NULL;
    int rc = pg_query(pg, CELLS_SQL, 0, NULL, &taken, f);
    if (rc == 0)
        list_taken(&w, taken);
    if (rc == 0 && w.count > 0)
        rc = take_rows(&w, pg, f);
    if (rc == 0 && w.count > 0)
        rc = make(&w, pg, &rows, f);
    if (rc == 0)
        rc = copy_send(pg, CELL_DAY_SQL, &all, 1, f);
    if (rc == 0)
        *ret_taken = w.count;
    return rc;
}
