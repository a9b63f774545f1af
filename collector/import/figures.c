#include "collector/import/figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/indicator.h"
#include "collector/format/csv.h"
#include "collector/import/kind.h"
#include "collector/import/stage.h"
#include "collector/import/unit.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"

const char figures_template[] =
    "indicator,country,geo,operator,technology,zone,sex,age_group,plan,period,value,unit,sample_size,margin,method,"
    "source,source_url,retrieved,note\n"
    "ACC1,BJ,,,,,,,,2025,47.5,% of population,,,estimate of the national statistics office,INStaD,"
    "https://instad.bj/,2026-01-31," CELL_EXAMPLE "\n";

/* ---- the header ---- */

/* ret_at[c] becomes the place of column c in the file, -1 when absent. */
static int read_header(const struct csv *csv, int ret_at[static FIGURE_COLUMNS], struct fault *f)
{
    for (size_t c = 0; c < FIGURE_COLUMNS; c++)
        ret_at[c] = -1;
    if (csv->count == 1 && strpbrk(csv->fields[0], ";\t"))
        return fault_set(f, -EBADMSG,
                         _("line 1: the columns are parted by %s; save the file with commas between columns"),
                         strchr(csv->fields[0], ';') ? _("semicolons") : _("tabs"));
    for (size_t i = 0; i < csv->count; i++) {
        size_t c = 0;
        while (c < FIGURE_COLUMNS && strcmp(cell_columns[c].name, csv->fields[i]) != 0)
            c++;
        if (c == FIGURE_COLUMNS)
            return fault_set(
                f, -EBADMSG,
                _("line 1, column %zu: \"%.64s\" is no column of this format; `import --template` prints them all"),
                i + 1, csv->fields[i]);
        if (ret_at[c] >= 0)
            return fault_set(f, -EBADMSG, _("line 1, column %zu: %s stands twice; keep one"), i + 1,
                             cell_columns[c].name);
        ret_at[c] = (int)i;
    }
    for (size_t c = 0; c < FIGURE_COLUMNS; c++)
        if (cell_columns[c].required && ret_at[c] < 0)
            return fault_set(f, -EBADMSG, _("line 1: the column %s is missing; `import --template` prints the header"),
                             cell_columns[c].name);
    return 0;
}

/* ---- a line ---- */

/* The unit is written as the database has it, whichever language it came in. */
static int check_unit(struct figure_line *line, struct fault *f)
{
    const struct indicator *i = indicator_find(line->cell[FIGURE_INDICATOR]);
    const char *unit = line->cell[FIGURE_UNIT];
    double value;
    if (strcmp(unit, i->unit[LANG_EN]) != 0 && strcmp(unit, i->unit[LANG_FR]) != 0)
        return fault_set(f, -EBADMSG,
                         _("column unit: \"%.64s\" is not the unit of %s; convert the value and write \"%s\""), unit,
                         i->id, i->unit[LANG_EN]);
    line->cell[FIGURE_UNIT] = i->unit[LANG_EN];
    int rc = cell_number(line->cell[FIGURE_VALUE], &value);
    if (rc == 0)
        rc = unit_check(i->unit[LANG_EN], value, f);
    if (rc < 0)
        fault_prefix(f, _("column %s: "), cell_columns[FIGURE_VALUE].name);
    return rc;
}

static void remark(struct remarks *remarks, const struct figure_line *line)
{
    if (!line->cell[FIGURE_SOURCE_URL])
        remark_note(remarks, REMARK_NO_URL, line->line);
    if (atoi(line->cell[FIGURE_PERIOD]) < REMARK_YEAR_FIRST)
        remark_note(remarks, REMARK_OLD, line->line);
}

static int read_line(const struct csv *csv, const int at[static FIGURE_COLUMNS], size_t width, struct figure_line *line,
                     struct fault *f)
{
    if (csv->count != width)
        return fault_set(f, -EBADMSG, _("%zu columns, the header has %zu; put a value that holds a comma in quotes"),
                         csv->count, width);
    for (size_t c = 0; c < FIGURE_COLUMNS; c++) {
        const struct cell_column *column = &cell_columns[c];
        const char *text = at[c] < 0 ? "" : csv->fields[at[c]];
        line->cell[c] = *text ? text : NULL;
        int rc = 0;
        if (!*text && column->required)
            rc = fault_set(f, -EBADMSG, _("empty; every line needs it"));
        else if (*text && column->check)
            rc = column->check(text, f);
        if (rc < 0) {
            fault_prefix(f, _("column %s: "), column->name);
            return rc;
        }
    }
    return check_unit(line, f);
}

/* ---- the file ---- */

/* Where the first octet stands that is no UTF-8, for who looks for it in a spreadsheet. */
static int refuse_encoding(const char *text, size_t bad, struct fault *f)
{
    size_t line = 1, column = 1;
    bool quoted = false;
    for (size_t i = 0; i < bad; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        column += text[i] == ',' && !quoted;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return fault_set(
        f, -EBADMSG,
        _("line %zu, column %zu: a letter that is not in UTF-8 (older spreadsheets write Latin-1); save the "
          "file as \"CSV UTF-8\", or convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE"),
        line, column);
}

int figures_read(const char *text, size_t len, struct remarks *remarks, figure_take take, void *ctx, size_t *ret_count,
                 struct fault *f)
{
    size_t bad = scan_utf8(text, len), count = 0;
    if (bad != len)
        return refuse_encoding(text, bad, f);
    _cleanup_(csv_free) struct csv csv;
    int at[FIGURE_COLUMNS];
    csv_start(&csv, text, len);
    csv.trims = true;
    int rc = csv_next(&csv, f);
    if (rc == 0)
        return fault_set(f, -EBADMSG, _("the file is empty; `import --template` prints a header and an example"));
    if (rc > 0)
        rc = read_header(&csv, at, f);
    for (size_t width = csv.count; rc >= 0 && (rc = csv_next(&csv, f)) > 0; count++) {
        struct figure_line line = {.line = csv.record_line};
        rc = read_line(&csv, at, width, &line, f);
        if (rc < 0)
            fault_prefix(f, _("line %zu: "), csv.record_line);
        else if (remarks)
            remark(remarks, &line);
        if (rc == 0 && take)
            rc = take(ctx, &line, f);
    }
    *ret_count = count;
    return rc;
}

/* ---- the kind ---- */

/* Read twice, as a million figures are more than should be kept: all of it is
 * checked before the first is stored. */
struct figures {
    const struct buf *text;
    size_t count;
};

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct figures *figures = alloc_zero(1, sizeof *figures);
    *ret = figures;
    figures->text = text;
    return figures_read(text->data, text->len, &run->remarks, NULL, NULL, &figures->count, f);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct figures *figures = list;
    struct stage stage = {.pg = pg, .whole = figures->count};
    int rc = stage_open(&stage, f);
    if (rc == 0)
        rc = figures_read(figures->text->data, figures->text->len, NULL, stage_put, &stage, ret_count, f);
    rc = stage_close(&stage, rc, f);
    return rc < 0 ? rc : stage_store(&stage, run, f);
}

static void kind_say(size_t count)
{
    log_info(_("figures imported: %zu"), count);
}

const struct import_kind import_figures = {kind_read, kind_store, free, kind_say, figures_template};
