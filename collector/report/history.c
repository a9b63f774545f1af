#include "collector/report/history.h"

#include <stdlib.h>
#include <string.h>

/* A year that a figure is of, and not a month. */
static bool is_year(const char *period)
{
    return strlen(period) == 4;
}

size_t history_rows(const struct report *r, const struct indicator *i, const char *source, const char *country,
                    size_t **ret_rows)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .country = country, .source = source, .told = true};
    size_t *rows = alloc_zero(evidence_count(s) + 1, sizeof *rows), count = 0;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *period = evidence_text(s, (size_t)row, FIGURE_PERIOD);
        if (is_year(period) && (!count || strcmp(period, evidence_text(s, rows[count - 1], FIGURE_PERIOD)) != 0))
            rows[count++] = (size_t)row;
    }
    *ret_rows = rows;
    return count;
}

const char *history_source(const struct report *r, const struct indicator *i)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .country = r->country, .told = true};
    const char *found = NULL;
    size_t most = HISTORY_MIN - 1;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *source = evidence_text(s, (size_t)row, FIGURE_SOURCE);
        size_t *rows, count = history_rows(r, i, source, r->country, &rows);
        free(rows);
        if (count > most) {
            most = count;
            found = source;
        }
    }
    return found;
}

size_t history_read(const struct report *r, const struct indicator *i, size_t **ret_rows)
{
    const char *source = history_source(r, i);
    *ret_rows = NULL;
    return source ? history_rows(r, i, source, r->country, ret_rows) : 0;
}

void history_write(const struct report *r, const struct indicator *i, struct buf *out)
{
    size_t *rows, count = history_read(r, i, &rows);
    for (size_t n = 0; n < count; n++) {
        buf_addf(out, "%s<span class=\"year\">%s ", n ? " " : "", evidence_text(&r->evidence, rows[n], FIGURE_PERIOD));
        report_number(r, (ssize_t)rows[n], out);
        buf_add_text(out, "</span>");
    }
    free(rows);
}
