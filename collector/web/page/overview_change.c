#include "collector/web/page/overview_change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/phrase.h"

/* "+12", "-0.4"; the caller frees. */
static char *signed_number(const struct words *w, double value, int decimals)
{
    char number[NUMBER_TEXT_SIZE];
    return alloc_format("%s%s", value > 0 ? "+" : "", lang_number(w->lang, value, decimals, number));
}

/* "+12 %", but of a percentage points, and of what was nothing its unit. The caller frees. */
static char *change_text(const struct words *w, const struct indicator *i, const struct overview_change *c)
{
    const char *unit = i->unit[w->lang];
    if (!c->significant)
        return alloc_text(phrase(w, "change_none"));
    if (unit[0] != '%' && !isnan(c->percent)) {
        _cleanup_text_ char *percent = signed_number(w, c->percent, fabs(c->percent) < 10);
        return phrase_fill(phrase(w, "change_percent"), json_pack("{s:s}", "n", percent));
    }
    const char *name = unit[0] != '%'                          ? "change_unit"
                       : lang_single(w->lang, fabs(c->change)) ? "change_point"
                                                               : "change_points";
    _cleanup_text_ char *number = signed_number(w, c->change, i->decimals);
    return phrase_fill(phrase(w, name), json_pack("{s:s, s:s}", "n", number, "unit", unit));
}

/* "on the 10–19 lines that are common to both"; the caller frees. */
static char *over_text(const struct words *w, const struct overview_change *c)
{
    bool lines = !strcmp(c->kind, "lines");
    _cleanup_text_ char *step = lines ? phrase_step(w->lang, c->common) : alloc_format("%d", (int)c->common);
    return phrase_fill(phrase(w, lines ? "change_lines" : "change_cells"), json_pack("{s:s}", "n", step));
}

static void set_number(const struct words *w, json_t *values, const char *name, double value, int decimals)
{
    if (isnan(value))
        json_object_set_new(values, name, json_string(phrase(w, "none")));
    else
        phrase_number(w, values, name, value, decimals);
}

char *overview_change_text(const struct words *w, const struct indicator *i, const struct overview_change *c)
{
    json_t *values = json_pack("{s:s, s:s, s:s}", "from", c->from, "to", c->to, "unit", i->unit[w->lang]);
    set_number(w, values, "whole_from", c->whole_from, i->decimals);
    set_number(w, values, "whole_to", c->whole_to, i->decimals);
    if (c->why) {
        _cleanup_text_ char *name = alloc_format("change_why_%s", c->why);
        json_object_set_new(values, "why", json_string(phrase(w, name)));
        return phrase_fill(phrase(w, "change_not"), values);
    }
    _cleanup_text_ char *change = change_text(w, i, c), *over = over_text(w, c);
    json_object_update_new(values, json_pack("{s:s, s:s}", "change", change, "over", over));
    set_number(w, values, "a", c->value_from, i->decimals);
    set_number(w, values, "b", c->value_to, i->decimals);
    set_number(w, values, "low", c->low, i->decimals);
    set_number(w, values, "high", c->high, i->decimals);
    return phrase_fill(phrase(w, "change"), values);
}

int overview_change_add(struct overview *o, const struct national *g, json_t *detail, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT from_period, to_period, why, kind, value_from, value_to, change, low, high, percent, "
        "whole_from, whole_to, significant, coalesce(n_lines, n_cells) FROM public_change WHERE "
        "indicator = $1 AND country = $2 AND source = $3 AND to_period = $4 AND "
        "why IS DISTINCT FROM 'missing'",
        4, (const char *const[]){g->indicator->id, o->country, national_text(g, SOURCE), national_text(g, PERIOD)},
        &rows, f);
    if (rc < 0 || pg_rows_count(rows) == 0)
        return rc;
    const char *why = pg_text(rows, 0, 2);
    struct overview_change c = {
        .from = pg_text(rows, 0, 0),
        .to = pg_text(rows, 0, 1),
        .why = why,
        .kind = pg_text(rows, 0, 3),
        .value_from = pg_double(rows, 0, 4),
        .value_to = pg_double(rows, 0, 5),
        .change = pg_double(rows, 0, 6),
        .low = pg_double(rows, 0, 7),
        .high = pg_double(rows, 0, 8),
        .percent = pg_double(rows, 0, 9),
        .whole_from = pg_double(rows, 0, 10),
        .whole_to = pg_double(rows, 0, 11),
        .significant = !why && pg_bool(rows, 0, 12),
        .common = why ? 0 : pg_int(rows, 0, 13),
    };
    _cleanup_text_ char *text = overview_change_text(&o->words, g->indicator, &c);
    json_object_set_new(detail, "change", json_string(text));
    return 0;
}
