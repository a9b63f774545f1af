#include "collector/figure/cell_day.h"

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
    struct part *last = (void *)(c->told.data + c->told.len - (c->told.len ? sizeof *last : 0));
    size_t at = c->medians.len / sizeof *m;
    buf_add(&c->medians, m, sizeof *m);
    if (c->told.len && last->first + last->count == at && subject_order(&last->of, of) == 0)
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
