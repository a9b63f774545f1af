/* What the period's figures do not say. */
#include "collector/report/bulletin/bulletin.h"

#include <string.h>

#include "collector/format/date.h"

/* From when to when days are told at all. */
static int set_nearest(struct bulletin *b, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(b->r->pg,
                      "SELECT min(day), max(day) FROM public_indicator_day WHERE country = $1 AND value IS NOT NULL", 1,
                      &b->r->country, &rows, f);
    int32_t days[2];
    char dates[2][DATE_TEXT_SIZE];
    for (int d = 0; rc == 0 && d < 2; d++) {
        const char *text = pg_text(rows, 0, d);
        if (!text || date_read(text, &days[d]) < 0) {
            json_object_set_new(b->out, "nearest", json_string(phrase(&b->r->words, "never")));
            return 0;
        }
        date_long(&b->r->words, days[d], dates[d]);
        json_object_set_new(b->out, d == 0 ? "first_day" : "last_day", json_string(text));
    }
    if (rc == 0)
        phrase_set(b->out, "nearest", phrase(&b->r->words, "nearest"),
                   json_pack("{s:s, s:s}", "first", dates[0], "last", dates[1]));
    return rc;
}

static void add(struct bulletin *b, const char *which, json_t *values)
{
    _cleanup_text_ char *text = phrase_fill(bulletin_says(b, "unknown", which), values);
    json_array_append_new(json_object_get(b->out, "unknown"), json_string(text));
}

static void add_name(struct buf *list, const char *name)
{
    buf_addf(list, "%s%s", list->len ? ", " : "", name);
}

/* Measured indicators that have a figure of the year, or wait for one, and no day of the period. */
static void add_untold(struct bulletin *b)
{
    _cleanup_(buf_free) struct buf list = {0};
    static const char *const wanted[] = {"PER4", "PER9", "SEC3", "PER8"};
    for (size_t w = 0; w < COUNT(wanted); w++) {
        const struct indicator *i = indicator_find(wanted[w]);
        bool told = false;
        for (size_t n = 0; n < b->count; n++)
            told |= b->figures[n].i == i;
        if (!i || told)
            continue;
        _cleanup_text_ char *name = report_name(b->r, i);
        add_name(&list, name);
    }
    if (list.len)
        add(b, "indicators", json_pack("{s:s}", "list", list.data));
}

static void add_operators(struct bulletin *b)
{
    _cleanup_(buf_free) struct buf list = {0};
    json_t *row, *few = json_object_get(b->out, "few_operators");
    const char *name;
    size_t n;
    json_array_foreach(json_object_get(b->out, "operators"), n, row)
        json_object_del(few, json_string_value(json_object_get(row, "name")));
    json_object_foreach(few, name, row) add_name(&list, name);
    if (list.len)
        add(b, "operators", json_pack("{s:s}", "list", list.data));
    add(b, json_object_get(b->out, "any_operator") == json_true() ? "others" : "no_operator", json_object());
}

int bulletin_unknown(struct bulletin *b, struct fault *f)
{
    json_object_set_new(b->out, "unknown", json_array());
    if (b->count == 0)
        return set_nearest(b, f);
    add_untold(b);
    add(b, "cuts", json_object());
    add_operators(b);
    add(b, "lines", json_object());
    return 0;
}
