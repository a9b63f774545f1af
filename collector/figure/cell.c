#include "collector/figure/cell.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

/* What a probe-day is grouped by; each text is a number in the table of texts,
 * 0 is none. The order of the fields is the order of cells in the output. */
enum field {
    FIELD_COUNTRY,
    FIELD_SOURCE,
    FIELD_DEPARTMENT,
    FIELD_OPERATOR,
    FIELD_TECHNOLOGY,
    FIELD_FAMILY,
    FIELD_COUNT
};

static const struct {
    const char *column;
    unsigned dimension; /* 0: in every cut */
} fields[FIELD_COUNT] = {
    [FIELD_COUNTRY] = {"country", 0},
    [FIELD_SOURCE] = {"source", 0},
    [FIELD_DEPARTMENT] = {"geo", DIM_DEPARTMENT},
    [FIELD_OPERATOR] = {"operator", DIM_OPERATOR},
    [FIELD_TECHNOLOGY] = {"technology", DIM_TECHNOLOGY},
    [FIELD_FAMILY] = {"family", DIM_FAMILY},
};

struct row {
    uint32_t fields[FIELD_COUNT];
    uint32_t probe, network;
    int32_t day;
    int64_t samples;
    double value;
};

struct cells {
    const struct indicator *indicator;
    struct row *rows;
    size_t count, cap;
    int64_t whole;
    json_t *numbers; /* text -> its number */
    char **texts;    /* number -> text; [0] is none */
    uint32_t text_count;
};

struct cells *cells_new(const struct indicator *i)
{
    struct cells *c = alloc_zero(1, sizeof *c);
    c->indicator = i;
    c->numbers = json_object();
    c->text_count = 1;
    c->texts = alloc_zero(1, sizeof *c->texts);
    return c;
}

void cells_free(struct cells *c)
{
    if (!c)
        return;
    for (uint32_t t = 1; t < c->text_count; t++)
        free(c->texts[t]);
    free(c->texts);
    json_decref(c->numbers);
    free(c->rows);
    free(c);
}

int64_t cells_count(const struct cells *c)
{
    return c->whole;
}

static uint32_t number_of(struct cells *c, const char *text)
{
    if (!text)
        return 0;
    const json_t *known = json_object_get(c->numbers, text);
    if (known)
        return (uint32_t)json_integer_value(known);
    c->texts = alloc_resize(c->texts, c->text_count + 1, sizeof *c->texts);
    c->texts[c->text_count] = alloc_text(text);
    json_object_set_new(c->numbers, text, json_integer(c->text_count));
    return c->text_count++;
}

void cells_add(struct cells *c, const struct probe_day *d)
{
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->rows = alloc_resize(c->rows, c->cap, sizeof *c->rows);
    }
    c->rows[c->count++] = (struct row){
        .fields = {[FIELD_COUNTRY] = number_of(c, d->country),
                   [FIELD_SOURCE] = number_of(c, d->source),
                   [FIELD_DEPARTMENT] = number_of(c, d->department),
                   [FIELD_OPERATOR] = number_of(c, d->carrier),
                   [FIELD_TECHNOLOGY] = number_of(c, d->technology),
                   [FIELD_FAMILY] = number_of(c, d->family)},
        .probe = number_of(c, d->probe),
        .network = number_of(c, d->network),
        .day = d->day,
        .samples = d->samples,
        .value = d->value,
    };
    c->whole += d->family == NULL;
}

/* ---- one cell ---- */

struct cell {
    const struct row *const *rows; /* sorted by probe */
    size_t count;
    unsigned cut; /* the dimensions that it is cut by */
};

struct tally {
    struct stat_sample *samples; /* sorted; the clusters are the probes in order */
    uint32_t probes, networks;
    int64_t results;
};

static int by_text_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static struct tally tally_cell(const struct cell *cell)
{
    struct tally t = {.samples = alloc_zero(cell->count, sizeof *t.samples)};
    uint32_t *networks = alloc_zero(cell->count, sizeof *networks);
    for (size_t i = 0; i < cell->count; i++) {
        const struct row *row = cell->rows[i];
        t.probes += i == 0 || row->probe != cell->rows[i - 1]->probe;
        t.samples[i] = (struct stat_sample){row->value, t.probes - 1};
        t.results += row->samples;
        networks[i] = row->network;
    }
    qsort(networks, cell->count, sizeof *networks, by_text_number);
    for (size_t i = 0; i < cell->count; i++)
        t.networks += i == 0 || networks[i] != networks[i - 1];
    free(networks);
    stat_sort(t.samples, cell->count);
    return t;
}

static const char *interval_of(const struct indicator *i, const struct statistic *s, const struct cell *cell,
                               const struct tally *t, double value, struct stat_interval *ret)
{
    if (s->what.kind == STAT_SHARE) {
        struct stat_interval w = stat_wilson((uint64_t)(value * t->probes / 100 + 0.5), t->probes);
        *ret = (struct stat_interval){100 * w.low, 100 * w.high};
        return "wilson95";
    }
    if (t->probes < STAT_BOOTSTRAP_CLUSTERS_MIN) {
        *ret = (struct stat_interval){t->samples[0].value, t->samples[cell->count - 1].value};
        return "range";
    }
    *ret = stat_bootstrap(&s->what, t->samples, cell->count, t->probes, indicator_seed(i));
    return "bootstrap95";
}

/* The members that every figure of the cell has. */
static json_t *describe(const struct cells *c, const struct cell *cell, const struct statistic *s, const char *floor)
{
    const struct row *row = cell->rows[0];
    json_t *figure = json_pack("{s:s, s:s, s:s, s:s, s:i}", "indicator", c->indicator->id, "statistic", s->name, "unit",
                               c->indicator->unit[LANG_EN], "floor", floor, "method_version", c->indicator->method);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (row->fields[f] && (!fields[f].dimension || (cell->cut & fields[f].dimension)))
            json_object_set_new(figure, fields[f].column, json_string(c->texts[row->fields[f]]));
    return figure;
}

static void publish(const struct cells *c, const struct cell *cell, json_t *figures)
{
    struct tally t = tally_cell(cell);
    bool met = stat_publishable(t.networks, cell->count);
    const char *floor = met ? "met" : cell->cut ? "n<5" : "below";
    for (size_t s = 0; s < c->indicator->statistic_count; s++) {
        const struct statistic *statistic = &c->indicator->statistics[s];
        json_t *figure = describe(c, cell, statistic, floor);
        json_array_append_new(figures, figure);
        if (!met && cell->cut) {
            json_object_set_new(figure, "note",
                                json_string(cell->cut == (DIM_OPERATOR | DIM_DEPARTMENT)
                                                ? "below the publication floor; counted in the operator"
                                                : "below the publication floor; counted in the country"));
            continue;
        }
        double value = stat_value(&statistic->what, t.samples, cell->count, t.probes);
        struct stat_interval interval;
        const char *kind = interval_of(c->indicator, statistic, cell, &t, value, &interval);
        json_object_update_new(figure,
                               json_pack("{s:f, s:f, s:f, s:s, s:I, s:I, s:I, s:I}", "value", value, "low",
                                         interval.low, "high", interval.high, "interval_kind", kind, "n_samples",
                                         (json_int_t)t.results, "n_days", (json_int_t)cell->count, "n_probes",
                                         (json_int_t)t.probes, "n_networks", (json_int_t)t.networks));
    }
    free(t.samples);
}

/* ---- the cuts ---- */

static int by_cell(const void *a, const void *b, void *cut)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!fields[f].dimension || (*(unsigned *)cut & fields[f].dimension)) && x->fields[f] != y->fields[f])
            return x->fields[f] < y->fields[f] ? -1 : 1;
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static bool same_cell(const struct row *x, const struct row *y, unsigned cut)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((!fields[f].dimension || (cut & fields[f].dimension)) && x->fields[f] != y->fields[f])
            return false;
    return true;
}

/* Rows of one family stand beside those of both together: a cut by family takes
 * the first, every other cut the second. */
static bool belongs(const struct row *row, unsigned cut)
{
    if ((row->fields[FIELD_FAMILY] != 0) != ((cut & DIM_FAMILY) != 0))
        return false;
    for (int f = 0; f < FIELD_COUNT; f++)
        if ((cut & fields[f].dimension) && !row->fields[f])
            return false;
    return true;
}

/* Calls fn with each cell of the cut. */
static void each_cell(struct cells *c, unsigned cut, void (*fn)(const struct cells *, const struct cell *, json_t *),
                      json_t *out)
{
    const struct row **rows = alloc_zero(c->count + 1, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (belongs(&c->rows[i], cut))
            rows[count++] = &c->rows[i];
    qsort_r(rows, count, sizeof *rows, by_cell, &cut);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && same_cell(rows[from], rows[to], cut); to++)
            ;
        fn(c, &(struct cell){rows + from, to - from, cut}, out);
    }
    free(rows);
}

json_t *cells_figures(struct cells *c)
{
    static const unsigned cuts[] = {
        0, DIM_DEPARTMENT, DIM_OPERATOR, DIM_TECHNOLOGY, DIM_FAMILY, DIM_OPERATOR | DIM_DEPARTMENT};
    json_t *figures = json_array();
    for (size_t i = 0; i < COUNT(cuts); i++)
        if ((c->indicator->dimensions & cuts[i]) == cuts[i])
            each_cell(c, cuts[i], publish, figures);
    return figures;
}

/* ---- day by day ---- */

static int by_day(const void *a, const void *b)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->probe > y->probe) - (x->probe < y->probe);
}

static void one_day(const struct cells *c, const struct cell *day, json_t *days)
{
    const struct statistic *s = indicator_main(c->indicator);
    const struct row *row = day->rows[0];
    struct tally t = tally_cell(day);
    char date[TIME_TEXT_SIZE];
    time_format((int64_t)row->day * 86400 * 1000000, date);
    date[10] = '\0';
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I}", "indicator", c->indicator->id, "country",
                          c->texts[row->fields[FIELD_COUNTRY]], "source", c->texts[row->fields[FIELD_SOURCE]], "day",
                          date, "value", stat_value(&s->what, t.samples, day->count, t.probes), "n_probes",
                          (json_int_t)t.probes, "n_networks", (json_int_t)t.networks);
    size_t low, high;
    if (s->what.kind == STAT_QUANTILE && s->what.q == 0.5 && stat_median_ranks(day->count, &low, &high) == 0)
        json_object_update_new(
            o, json_pack("{s:f, s:f}", "low", t.samples[low - 1].value, "high", t.samples[high - 1].value));
    json_array_append_new(days, o);
    free(t.samples);
}

static void split_days(const struct cells *c, const struct cell *cell, json_t *days)
{
    const struct row **rows = alloc_zero(cell->count, sizeof *rows);
    memcpy(rows, cell->rows, cell->count * sizeof *rows);
    qsort(rows, cell->count, sizeof *rows, by_day);
    for (size_t from = 0, to; from < cell->count; from = to) {
        for (to = from + 1; to < cell->count && rows[to]->day == rows[from]->day; to++)
            ;
        one_day(c, &(struct cell){rows + from, to - from, 0}, days);
    }
    free(rows);
}

json_t *cells_days(struct cells *c)
{
    json_t *days = json_array();
    each_cell(c, 0, split_days, days);
    return days;
}
