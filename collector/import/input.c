#include "collector/import/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/kind.h"
#include "collector/import/number.h"
#include "collector/import/place.h"
#include "collector/import/stage.h"
#include "common/form.h"
#include "common/lang.h"

/* ---- cells ---- */

int input_word(const char *text, const char *const *words, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t w = 0; words[w]; w++) {
        if (!strcmp(text, words[w]))
            return 0;
        buf_addf(&known, "%s%s", w ? ", " : "", words[w]);
    }
    return fault_set(f, -EBADMSG, _("\"%.64s\" is not known here; write one of: %s"), text, known.data);
}

/* As functions/tariff.sql knows them: of a market as a whole, or of one of its technologies. */
int input_technology(const char *text, struct fault *f)
{
    static const char *const words[] = {"mobile", "fixed", "3g",    "4g",        "5g",
                                        "fibre",  "adsl",  "radio", "satellite", NULL};
    return input_word(text, words, f);
}

int input_above_zero(const char *text, struct fault *f)
{
    double value;
    int rc = cell_value(text, f);
    if (rc < 0)
        return rc;
    if (number_read(text, &value) < 0 || value <= 0)
        return fault_set(f, -EBADMSG, _("%s is not above 0; leave the line away where nothing is known"), text);
    return value >= INPUT_LEAST && value <= INPUT_MOST
               ? 0
               : fault_set(f, -EBADMSG,
                           _("%s cannot be, too far from what is sold or earned anywhere; look at its unit"), text);
}

int input_day(const char *text, struct fault *f)
{
    return form_day(text)
               ? 0
               : fault_set(f, -EBADMSG, _("\"%s\" is no date; write year-month-day, such as 2026-01-31"), text);
}

int input_currency(const char *country, const char *text, struct fault *f)
{
    const struct place_country *place = place_country(country);
    if (!place || !*place->currency || !strcmp(place->currency, text))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%.64s\" is not the currency of %s; convert the amount and write %s"), text,
                     country, place->currency);
}

/* ---- the file ---- */

struct reader {
    const struct input *input;
    struct remarks *remarks;
    json_t *rows;
};

static int read_line(void *ctx, size_t line, const char **cells, struct fault *f)
{
    struct reader *r = ctx;
    const struct sheet *sheet = &r->input->sheet;
    if (json_array_size(r->rows) == INPUT_LINES_MAX)
        return fault_set(f, -EBADMSG, _("line %zu: more than %d lines; part the file"), line, INPUT_LINES_MAX);
    int rc = r->input->check ? r->input->check(cells, f) : 0;
    if (rc < 0) {
        fault_prefix(f, _("line %zu: "), line);
        return rc;
    }
    json_t *row = json_pack("{s:I}", "line", (json_int_t)line);
    for (size_t c = 0; c < sheet->count; c++)
        if (cells[c])
            json_object_set_new(row, sheet->columns[c].name, json_string(cells[c]));
    json_array_append_new(r->rows, row);
    if (!cells[r->input->url])
        remark_note(r->remarks, REMARK_NO_URL, line);
    return 0;
}

int input_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    const struct input *i = run->kind->input;
    struct reader r = {i, &run->remarks, json_array()};
    size_t count;
    *ret = r.rows;
    if (text->len > INPUT_BYTES_MAX)
        return fault_set(f, -EBADMSG, _("the file has more than %u MB; part it"), INPUT_BYTES_MAX >> 20);
    int rc = sheet_read(&i->sheet, text->data, text->len, read_line, &r, &count, f);
    if (rc == 0 && json_array_size(r.rows) == 0)
        rc = fault_set(f, -EBADMSG,
                       _("the file holds a header and nothing else; to take an earlier import back: "
                         "import undo"));
    return rc;
}

void input_free(void *rows)
{
    json_decref(rows);
}

/* ---- the database ---- */

static int check_twice(const struct input *i, struct pg *pg, const char *key, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT above, line FROM input_twice($1::text[])", 1, &key, &rows, f);
    if (rc < 0 || !pg_text(rows, 0, 0))
        return rc;
    return fault_set(f, -EBADMSG, _("line %s: the same as line %s, of which nothing differs in: %s; keep one of them"),
                     pg_text(rows, 0, 1), pg_text(rows, 0, 0), i->key);
}

int input_store(struct pg *pg, struct import_run *run, const void *rows, size_t *ret_count, struct fault *f)
{
    const struct input *i = run->kind->input;
    _cleanup_rows_ struct pg_rows *stored = NULL;
    _cleanup_text_ char *lines = json_text(rows), *key = alloc_format("{%s}", i->key);
    _cleanup_text_ char *place = alloc_format("{%s}", i->place ? i->place : i->key);
    int rc = pg_query(pg, "SELECT input_stage($1::int, $2, $3::jsonb)", 3,
                      (const char *const[]){run->number, i->home, lines}, NULL, f);
    if (rc == 0 && i->operators)
        rc = stage_operators(pg, "import_input", f);
    if (rc == 0)
        rc = check_twice(i, pg, key, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT input_store($1::int, $2, $3::text[])", 3,
                      (const char *const[]){run->number, i->home, place}, &stored, f);
    if (rc == 0)
        *ret_count = (size_t)pg_int(stored, 0, 0);
    return rc == 0 && i->check_all ? i->check_all(pg, run, f) : rc;
}
