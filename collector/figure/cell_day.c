#include "collector/figure/cell_day.h"

#include "collector/db/copy_out.h"
#include "collector/figure/sketch.h"
#include "common/alloc.h"

#define KIND_MAX 24 /* "operator" is the longest */

enum scope { SCOPE_ALL, SCOPE_KIND, SCOPE_TARGET };
static const char *const scope_words[] = {"all", "kind", "target"};

/* Over what a median is taken. */
struct subject {
    int16_t check_no, position;
    enum scope scope;
    int32_t target_no;
    char kind[KIND_MAX];
};

struct part { /* of a line's sketches, or of a cell's medians */
    struct subject of;
    size_t first, count; /* its buckets, or medians */
};

struct median { /* a line's */
    int32_t probe_no, samples;
    float value;
};

#define BUCKETS (1 << 16) /* all that a smallint can be */

struct cell_day {
    int32_t probe_no;   /* whose parts these are */
    struct buf parts;   /* of struct part */
    struct buf buckets; /* of struct sketch_part: of all its sketches, and then of a subject */
    int64_t *counts;    /* of a subject, a bucket each: none between subjects */
    struct buf medians; /* of struct median: the cell's, in whatever order */
    struct buf told;    /* of struct part: those of a subject, several times for each */
};

struct cell_day *cell_day_new(void)
{
    struct cell_day *c = alloc_zero(1, sizeof *c);
    c->counts = alloc_zero(BUCKETS, sizeof *c->counts);
    return c;
}

void cell_day_free(struct cell_day *c)
{
    if (!c)
        return;
    buf_free(&c->parts);
    buf_free(&c->buckets);
    buf_free(&c->medians);
    buf_free(&c->told);
    free(c->counts);
    free(c);
}

static int subject_order(const struct subject *a, const struct subject *b)
{
    if (a->check_no != b->check_no)
        return a->check_no < b->check_no ? -1 : 1;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    if (a->scope != b->scope)
        return a->scope < b->scope ? -1 : 1;
    if (a->target_no != b->target_no)
        return a->target_no < b->target_no ? -1 : 1;
    return a->scope == SCOPE_KIND ? strcmp(a->kind, b->kind) : 0;
}

static int part_order(const void *a, const void *b)
{
    const struct part *one = a, *other = b;
    return subject_order(&one->of, &other->of);
}

static int median_order(const void *a, const void *b)
{
    const struct median *one = a, *other = b;
    return one->probe_no < other->probe_no ? -1 : one->probe_no > other->probe_no;
}

/* ---- a line ---- */

/* Adds up these parts, and takes their median off what they come to. A bucket each is counted in: to sort all of them
 * takes several times as long. */
static struct median median_of(struct cell_day *c, const struct part *parts, size_t count)
{
    const struct sketch_part *all = (const void *)c->buckets.data;
    size_t end = c->buckets.len;
    int low = BUCKETS, high = -1;
    struct median m = {.probe_no = c->probe_no};
    for (size_t p = 0; p < count; p++)
        for (size_t i = parts[p].first; i < parts[p].first + parts[p].count; i++) {
            int at = (int)all[i].bucket + BUCKETS / 2;
            c->counts[at] += all[i].count;
            low = at < low ? at : low;
            high = at > high ? at : high;
        }
    for (int at = low; at <= high; at++) {
        if (c->counts[at] == 0)
            continue;
        buf_add(&c->buckets, &(struct sketch_part){at - BUCKETS / 2, c->counts[at]}, sizeof(struct sketch_part));
        m.samples += (int32_t)c->counts[at];
        c->counts[at] = 0;
    }
    m.value = (float)sketch_at((const void *)(c->buckets.data + end), 0.5 * (m.samples - 1));
    c->buckets.len = end;
    return m;
}

static void tell(struct cell_day *c, const struct subject *of, const struct median *m)
{
    struct part *last = c->told.len ? (void *)(c->told.data + c->told.len - sizeof *last) : NULL;
    size_t at = c->medians.len / sizeof *m;
    buf_add(&c->medians, m, sizeof *m);
    if (last && last->first + last->count == at && subject_order(&last->of, of) == 0)
        last->count++;
    else
        buf_add(&c->told, &(struct part){*of, at, 1}, sizeof(struct part));
}

static void end_line(struct cell_day *c)
{
    struct part *parts = (void *)c->parts.data;
    size_t count = c->parts.len / sizeof *parts;
    if (count > 0)
        qsort(parts, count, sizeof *parts, part_order);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && part_order(&parts[next], &parts[first]) == 0;)
            next++;
        struct median m = median_of(c, &parts[first], next - first);
        tell(c, &parts[first].of, &m);
    }
    buf_clear(&c->parts);
    buf_clear(&c->buckets);
}

void cell_day_add(struct cell_day *c, const struct cell_day_sketch *s)
{
    if (s->probe_no != c->probe_no)
        end_line(c);
    c->probe_no = s->probe_no;
    struct part all = {.of = {.check_no = s->check_no, .position = s->position, .scope = SCOPE_ALL}};
    all.first = c->buckets.len / sizeof(struct sketch_part);
    for (size_t i = 0; i < s->count; i++)
        if (s->counts[i] > 0) {
            buf_add(&c->buckets, &(struct sketch_part){s->buckets[i], s->counts[i]}, sizeof(struct sketch_part));
            all.count++;
        }
    if (all.count == 0)
        return;
    struct part kind = all, target = all;
    kind.of.scope = SCOPE_KIND;
    memcpy(kind.of.kind, s->kind, s->kind_len < KIND_MAX ? s->kind_len : KIND_MAX - 1);
    target.of.scope = SCOPE_TARGET;
    target.of.target_no = s->target_no;
    buf_add(&c->parts, &all, sizeof all);
    buf_add(&c->parts, &kind, sizeof kind);
    buf_add(&c->parts, &target, sizeof target);
}

/* ---- a cell ---- */

void cell_day_keep(struct cell_day *c, const struct cell_day_row *r, const int32_t *changed, size_t changed_count)
{
    struct subject of = {.check_no = r->check_no, .position = r->position, .target_no = r->target_no};
    while (of.scope < SCOPE_TARGET && strncmp(scope_words[of.scope], r->scope, r->scope_len))
        of.scope++;
    memcpy(of.kind, r->kind, r->kind_len < KIND_MAX ? r->kind_len : KIND_MAX - 1);
    for (size_t i = 0, next = 0; i < r->count; i++) {
        while (next < changed_count && changed[next] < r->probes[i])
            next++;
        if (next == changed_count || changed[next] != r->probes[i])
            tell(c, &of, &(struct median){r->probes[i], r->samples[i], r->medians[i]});
    }
}

/* Medians of one subject. */
static void write_row(const struct subject *of, const struct median *m, size_t count, int32_t day, int32_t cell_no,
                      struct copy_rows *rows)
{
    _cleanup_(buf_free) struct buf probes = {0}, samples = {0};
    const char *scope = scope_words[of->scope];
    for (size_t i = 0; i < count; i++) {
        buf_add(&probes, &m[i].probe_no, sizeof m[i].probe_no);
        buf_add(&samples, &m[i].samples, sizeof m[i].samples);
    }
    char *to = copy_row_begin(rows, 192 + 3 * COPY_ARRAY_SIZE(count, 4), 10);
    to = copy_int4(to, day);
    to = copy_int4(to, cell_no);
    to = copy_int2(to, of->check_no);
    to = copy_int2(to, of->position);
    to = copy_bytes(to, scope, strlen(scope));
    to = of->kind[0] ? copy_bytes(to, of->kind, strlen(of->kind)) : copy_null(to);
    to = of->target_no ? copy_int4(to, of->target_no) : copy_null(to);
    to = copy_int4s(to, (const int32_t *)(const void *)probes.data, count);
    to = copy_int4s(to, (const int32_t *)(const void *)samples.data, count);
    to = copy_floats(to, &m->value, sizeof *m, count);
    copy_row_end(rows, to);
}

void cell_day_write(struct cell_day *c, int32_t day, int32_t cell_no, struct copy_rows *rows)
{
    _cleanup_(buf_free) struct buf row = {0}; /* of struct median: a subject's */
    end_line(c);
    struct part *told = (void *)c->told.data;
    const struct median *all = (const void *)c->medians.data;
    size_t count = c->told.len / sizeof *told;
    if (count > 0)
        qsort(told, count, sizeof *told, part_order);
    for (size_t first = 0, next; first < count; first = next) {
        buf_clear(&row);
        for (next = first; next < count && part_order(&told[next], &told[first]) == 0; next++)
            buf_add(&row, &all[told[next].first], told[next].count * sizeof *all);
        size_t lines = row.len / sizeof *all;
        qsort(row.data, lines, sizeof *all, median_order);
        write_row(&told[first].of, (const void *)row.data, lines, day, cell_no, rows);
    }
    buf_clear(&c->medians);
    buf_clear(&c->told);
    c->probe_no = 0;
}

/* ---- those that are listed (schema/functions/cell.sql): which of their lines changed is known ---- */

struct taken {
    int32_t day, cell_no;
    const char *day_text; /* of the rows that were taken */
    struct buf changed;   /* of int32_t: the lines, sorted */
    struct buf rows;      /* its rows as they were: of each its size, and the fields as COPY sends them */
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
        size_t len = (size_t)(o.end - o.at);
        if (place == 0 || place > w->count)
            continue;
        buf_add(&w->taken[place - 1].rows, &len, sizeof len);
        buf_add(&w->taken[place - 1].rows, o.at, len);
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
    for (size_t at = 0, len; at < t->rows.len; at += len) {
        memcpy(&len, t->rows.data + at, sizeof len);
        at += sizeof len;
        struct copy_out o = {.at = (const unsigned char *)t->rows.data + at};
        o.end = o.at + len;
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
