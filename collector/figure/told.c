#include "collector/figure/told.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"

bool told_same(const struct told_day *told, const struct told_day *now)
{
    uint32_t mark = (uint32_t)now->mark;
    if (told->narrow)
        return told->mark == (uint16_t)(now->mark >> 32);
    return (uint32_t)told->mark == mark || (uint32_t)told->mark == (mark ^ (uint32_t)(now->mark >> 48));
}

void told_add(struct told_days *d, int32_t day, uint32_t set, uint64_t mark)
{
    if (d->count == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 16;
        d->list = alloc_resize(d->list, d->cap, sizeof *d->list);
    }
    d->list[d->count++] = (struct told_day){.day = day, .set = set, .mark = mark, .same = TOLD_NONE};
}

void told_keep(struct told_days *d, const struct told_day *old, uint32_t set)
{
    told_add(d, old->day, set, old->mark);
    d->list[d->count - 1].narrow = old->narrow;
}

void told_free(struct told_days *d)
{
    free(d->list);
    *d = (struct told_days){0};
}

static int by_day(const void *a, const void *b)
{
    const struct told_day *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static int by_set(const void *a, const void *b)
{
    const struct told_day *x = a, *y = b;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    return by_day(a, b);
}

static bool together(const struct told_day *x, const struct told_day *y)
{
    return x->set == y->set && x->narrow == y->narrow;
}

static int by_set_and_width(const void *a, const void *b)
{
    const struct told_day *x = a, *y = b;
    if (x->set == y->set && x->narrow != y->narrow)
        return x->narrow < y->narrow ? -1 : 1;
    return by_set(a, b);
}

/* There is no list where there are none. */
static void sort(struct told_days *d, int (*compare)(const void *, const void *))
{
    if (d->count > 1)
        qsort(d->list, d->count, sizeof *d->list, compare);
}

void told_sort(struct told_days *d)
{
    sort(d, by_day);
}

/* ---- read ---- */

size_t *told_numbers(const char *text, size_t *ret_count)
{
    size_t *numbers = NULL;
    *ret_count = 0;
    for (char *end; *text; text = end + (*end == ' ')) {
        size_t number = strtoul(text, &end, 10);
        if (end == text)
            break;
        numbers = alloc_resize(numbers, *ret_count + 1, sizeof *numbers);
        numbers[(*ret_count)++] = number;
    }
    return numbers;
}

#define WIDE   8 /* digits */
#define NARROW 4

static size_t count_days(const size_t *bounds, size_t count)
{
    size_t days = 0;
    for (size_t r = 0; r + 1 < count; r += 2)
        days += bounds[r + 1] > bounds[r] ? bounds[r + 1] - bounds[r] : 0;
    return days;
}

void told_read(struct told_days *d, uint32_t set, const char *days, const char *marks)
{
    size_t count, *bounds = told_numbers(days, &count);
    size_t width = strlen(marks) == count_days(bounds, count) * WIDE ? WIDE : NARROW, left = strlen(marks) / width;
    for (size_t r = 0; r + 1 < count; r += 2)
        for (size_t day = bounds[r]; day < bounds[r + 1] && left > 0; day++, left--, marks += width) {
            char digits[WIDE + 1] = "";
            memcpy(digits, marks, width);
            told_add(d, (int32_t)day, set, strtoul(digits, NULL, 16));
            d->list[d->count - 1].narrow = width == NARROW;
        }
    free(bounds);
}

/* ---- written ---- */

static void add_date(struct buf *b, int32_t day)
{
    char date[TIME_TEXT_SIZE];
    time_format((int64_t)day * 86400 * 1000000, date);
    buf_addf(b, "%.10s", date);
}

static json_t *pack(const struct told_day *days, size_t count, const char *probe, const struct cellset *set)
{
    struct buf ranges = {0}, marks = {0};
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && days[to].day == days[to - 1].day + 1; to++)
            ;
        buf_addf(&ranges, "%s[", from ? "," : "{");
        add_date(&ranges, days[from].day);
        buf_addf(&ranges, ",");
        add_date(&ranges, days[to - 1].day + 1);
        buf_addf(&ranges, ")");
    }
    buf_addf(&ranges, "}");
    buf_addf(&marks, "\\x");
    for (size_t d = 0; d < count; d++)
        buf_addf(&marks, "%0*x", days[d].narrow ? NARROW : WIDE, (uint32_t)days[d].mark);
    json_t *cells = json_array();
    for (size_t c = 0; c < set->count; c++)
        json_array_append_new(cells, json_integer((json_int_t)set->cells[c]));
    _cleanup_text_ char *range_text = buf_take(&ranges), *mark_text = buf_take(&marks);
    return json_pack("{s:s, s:s, s:s, s:o}", "probe", probe, "days", range_text, "marks", mark_text, "cells", cells);
}

void told_write(struct told_days *d, const char *probe, const struct cellsets *sets, json_t *out)
{
    size_t count = 0;
    sort(d, by_set);
    for (size_t n = 0; n < d->count; n++) {
        if (count > 0 && d->list[count - 1].set == d->list[n].set && d->list[count - 1].day == d->list[n].day)
            count--;
        d->list[count++] = d->list[n];
    }
    d->count = count;
    sort(d, by_set_and_width);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && together(&d->list[to], &d->list[from]); to++)
            ;
        json_array_append_new(out, pack(d->list + from, to - from, probe, &sets->list[d->list[from].set]));
    }
}

/* ---- what a probe weighed ---- */

void told_line_free(struct told_line *l)
{
    free(l->cells);
    free(l->weights);
    *l = (struct told_line){0};
}

static size_t place_of(const struct told_line *l, size_t cell)
{
    size_t n = 0;
    while (n < l->count && l->cells[n] != cell)
        n++;
    return n;
}

void told_line_set(struct told_line *l, size_t cell, struct told_weight weight)
{
    size_t n = place_of(l, cell);
    if (n == l->count) {
        l->cells = alloc_resize(l->cells, ++l->count, sizeof *l->cells);
        l->weights = alloc_resize(l->weights, l->count, sizeof *l->weights);
    }
    l->cells[n] = cell;
    l->weights[n] = weight;
}

struct told_weight told_line_weight(const struct told_line *l, size_t cell, struct told_weight otherwise)
{
    size_t n = place_of(l, cell);
    if (n == l->count)
        return otherwise;
    struct told_weight told = l->weights[n];
    if (told.whole == 0)
        told.whole = told.counts + 1;
    return told;
}

void told_line_read(struct told_line *l, const char *cells, const char *weights, const char *wholes)
{
    size_t count, weighed, known, *in = told_numbers(cells, &count), *by = told_numbers(weights, &weighed),
                                  *of = told_numbers(wholes ? wholes : "", &known);
    for (size_t n = 0; n < count && n < weighed; n++)
        told_line_set(l, in[n], (struct told_weight){(uint32_t)by[n], n < known ? (uint32_t)of[n] : 0});
    free(in);
    free(by);
    free(of);
}

json_t *told_line_write(const struct told_line *l, const char *probe)
{
    json_t *cells = json_array(), *weights = json_array(), *wholes = json_array();
    for (size_t n = 0; n < l->count; n++) {
        json_array_append_new(cells, json_integer((json_int_t)l->cells[n]));
        json_array_append_new(weights, json_integer(l->weights[n].counts));
        json_array_append_new(wholes, json_integer(l->weights[n].whole));
    }
    return json_pack("{s:s, s:i, s:o, s:o, s:o}", "probe", probe, "last", l->last, "cells", cells, "weights", weights,
                     "wholes", wholes);
}
