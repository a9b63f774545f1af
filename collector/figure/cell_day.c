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

struct part { /* of a line's sketches */
    struct subject of;
    size_t first, count; /* its buckets */
};

struct median { /* a line's */
    struct subject of;
    int32_t probe_no, samples;
    float value;
};

#define BUCKETS (1 << 16) /* all that a smallint can be */

struct cell_day {
    int32_t probe_no;   /* whose parts these are */
    struct buf parts;   /* of struct part */
    struct buf buckets; /* of struct sketch_part: of all its sketches, and then of a subject */
    int64_t *counts;    /* of a subject, a bucket each: none between subjects */
    struct buf medians; /* of struct median */
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
    int order = subject_order(&one->of, &other->of);
    if (order != 0)
        return order;
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
    struct median m = {.of = parts->of, .probe_no = c->probe_no};
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
        buf_add(&c->medians, &m, sizeof m);
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

/* Medians of one subject. */
static void write_row(const struct median *m, size_t count, int32_t day, int32_t cell_no, struct copy_rows *rows)
{
    _cleanup_(buf_free) struct buf probes = {0}, samples = {0};
    const struct subject *of = &m->of;
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
    end_line(c);
    struct median *medians = (void *)c->medians.data;
    size_t count = c->medians.len / sizeof *medians;
    if (count > 0)
        qsort(medians, count, sizeof *medians, median_order);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first; next < count && subject_order(&medians[next].of, &medians[first].of) == 0;)
            next++;
        write_row(&medians[first], next - first, day, cell_no, rows);
    }
    buf_clear(&c->medians);
    c->probe_no = 0;
}

/* ---- those that are listed ---- */

#define CELLS_SQL "SELECT day - '2000-01-01'::date, day, cell_no FROM cell_take(100)"
/* Kinds are looked up in one value: as a subquery, or a join, they are searched through for each sketch, as the planner
 * takes cells for small. */
#define SKETCHES_SQL                                                                                                   \
    "COPY (SELECT c.place, s.* FROM unnest('{%s}'::date[], '{%s}'::int[]) WITH ORDINALITY AS c (day, cell_no, place) " \
    "CROSS JOIN LATERAL (SELECT probe_no FROM rollup_line l WHERE l.day = c.day AND l.cell_no = c.cell_no OFFSET 0) "  \
    "AS l CROSS JOIN LATERAL (SELECT probe_no, check_no, position, target_no, (SELECT jsonb_object_agg(t.target_no, "  \
    "t.kind) FROM target t) ->> r.target_no::text, buckets, counts FROM rollup_day_sketch r WHERE r.probe_no = "       \
    "l.probe_no AND r.day = c.day AND (check_no, position) IN (SELECT m.check_no, m.position FROM metric m WHERE "     \
    "m.kind = 'value') OFFSET 0) AS s) TO STDOUT (FORMAT binary)"

static void add_sketch(struct cell_day *day, struct copy_out *o, struct buf *numbers)
{
    struct cell_day_sketch s = {.probe_no = (int32_t)copy_out_int(o, 0)};
    s.check_no = (int16_t)copy_out_int(o, 0);
    s.position = (int16_t)copy_out_int(o, 0);
    s.target_no = (int32_t)copy_out_int(o, 0);
    const unsigned char *kind = copy_out_bytes(o, &s.kind_len);
    s.kind = kind ? (const char *)kind : "";
    /* A sketch has fewer buckets than octets in its row. */
    size_t max = (size_t)(o->end - o->at);
    buf_clear(numbers);
    buf_reserve(numbers, 2 * max * sizeof(int32_t));
    int32_t *buckets = (void *)numbers->data, *counts = buckets + max;
    s.count = copy_out_ints(o, buckets, max);
    size_t counted = copy_out_ints(o, counts, max);
    s.count = counted < s.count ? counted : s.count;
    s.buckets = buckets;
    s.counts = counts;
    cell_day_add(day, &s);
}

static int read_sketches(struct pg *pg, const struct pg_rows *taken, struct copy_rows *out, struct fault *f)
{
    _cleanup_(cell_day_freep) struct cell_day *day = cell_day_new();
    _cleanup_(buf_free) struct buf days = {0}, cells = {0}, numbers = {0};
    for (size_t r = 0; r < pg_rows_count(taken); r++) {
        buf_addf(&days, "%s%s", r ? "," : "", pg_text(taken, r, 1));
        buf_addf(&cells, "%s%s", r ? "," : "", pg_text(taken, r, 2));
    }
    _cleanup_text_ char *sql = alloc_format(SKETCHES_SQL, days.data, cells.data);
    struct copy_out o;
    size_t place = 0;
    bool more = true;
    int rc = copy_out_start(&o, pg, sql, f);
    while (rc == 0 && (rc = copy_out_next(&o, &more, f)) == 0) {
        size_t at = more ? (size_t)copy_out_int(&o, 0) : 0;
        if (at != place && place > 0 && place <= pg_rows_count(taken))
            cell_day_write(day, (int32_t)pg_int(taken, place - 1, 0), (int32_t)pg_int(taken, place - 1, 2), out);
        if (!more)
            break;
        place = at;
        add_sketch(day, &o, &numbers);
    }
    return rc;
}

int cell_day_make(struct pg *pg, size_t *ret_taken, struct fault *f)
{
    _cleanup_(copy_rows_free) struct copy_rows rows = {0};
    const struct copy_rows *const all = &rows;
    _cleanup_rows_ struct pg_rows *taken = NULL;
    int rc = pg_query(pg, CELLS_SQL, 0, NULL, &taken, f);
    if (rc == 0 && pg_rows_count(taken) > 0)
        rc = read_sketches(pg, taken, &rows, f);
    if (rc == 0)
        rc = copy_send(pg, CELL_DAY_SQL, &all, 1, f);
    if (rc == 0)
        *ret_taken = pg_rows_count(taken);
    return rc;
}
