#include "collector/import/figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/indicator.h"
#include "collector/import/kind.h"
#include "collector/import/number.h"
#include "collector/import/place.h"
#include "collector/import/sheet.h"
#include "collector/import/stage.h"
#include "collector/import/unit.h"
#include "common/lang.h"
#include "common/log.h"

const char figures_template[] =
    "indicator,country,geo,operator,technology,zone,sex,age_group,plan,item,period,value,unit,sample_size,margin,visa,"
    "method,source,source_url,retrieved,note\n"
    "ACC1,BJ,,,,,,,,,2025,47.5,% of population,,,,estimate of the national statistics office,INStaD,"
    "https://instad.bj/,2026-01-31," CELL_EXAMPLE "\n";

/* ---- a line ---- */

/* The unit is written as the database has it, whichever language it came in. */
static int check_unit(struct figure_line *line, struct fault *f)
{
    const struct indicator *i = indicator_find(line->cell[CELL_INDICATOR]);
    const char *unit = line->cell[CELL_UNIT];
    double value;
    if (strcmp(unit, i->unit[LANG_EN]) != 0 && strcmp(unit, i->unit[LANG_FR]) != 0)
        return fault_set(f, -EBADMSG,
                         _("column unit: \"%.64s\" is not the unit of %s; convert the value and write \"%s\""), unit,
                         i->id, i->unit[LANG_EN]);
    line->cell[CELL_UNIT] = i->unit[LANG_EN];
    int rc = number_read(line->cell[CELL_VALUE], &value);
    if (rc == 0)
        rc = unit_check(i->unit[LANG_EN], value, f);
    if (rc < 0)
        fault_prefix(f, _("column %s: "), cell_columns[CELL_VALUE].name);
    return rc;
}

static int check_item(const struct figure_line *line, struct fault *f)
{
    const struct indicator *i = indicator_find(line->cell[CELL_INDICATOR]);
    const char *item = line->cell[CELL_ITEM];
    size_t len;
    if (item ? indicator_item(i, item, LANG_EN, &len) != NULL : !indicator_by_item(i))
        return 0;
    if (!i->items)
        return fault_set(f, -EBADMSG, _("column item: %s has no items; leave it empty"), i->id);
    if (!item)
        return fault_set(f, -EBADMSG, _("column item: each figure of %s is of one of: %s"), i->id, i->items);
    return fault_set(f, -EBADMSG, _("column item: \"%.64s\" is no item of %s; there are: %s"), item, i->id, i->items);
}

static void remark(struct remarks *remarks, const struct figure_line *line)
{
    if (!line->cell[CELL_SOURCE_URL])
        remark_note(remarks, REMARK_NO_URL, line->line);
    if (line->cell[CELL_SAMPLE_SIZE] && !line->cell[CELL_VISA] && place_country(line->cell[CELL_COUNTRY])->visa)
        remark_note(remarks, REMARK_NO_VISA, line->line);
    if (atoi(line->cell[CELL_PERIOD]) < REMARK_YEAR_FIRST)
        remark_note(remarks, REMARK_OLD, line->line);
}

/* ---- the file ---- */

static const struct sheet sheet = {cell_columns, CELL_COLUMNS, "csv"};

struct reader {
    struct remarks *remarks;
    figure_take take;
    void *ctx;
};

static int read_line(void *ctx, size_t number, const char **cells, struct fault *f)
{
    const struct reader *r = ctx;
    struct figure_line line = {.line = number};
    memcpy(line.cell, cells, sizeof line.cell);
    int rc = check_unit(&line, f);
    if (rc == 0)
        rc = check_item(&line, f);
    if (rc < 0)
        fault_prefix(f, _("line %zu: "), number);
    else if (r->remarks)
        remark(r->remarks, &line);
    return rc == 0 && r->take ? r->take(r->ctx, &line, f) : rc;
}

int figures_read(const char *text, size_t len, struct remarks *remarks, figure_take take, void *ctx, size_t *ret_count,
                 struct fault *f)
{
    struct reader r = {remarks, take, ctx};
    return sheet_read(&sheet, text, len, read_line, &r, ret_count, f);
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

static void kind_say(const void *list, size_t count)
{
    log_info(_("figures imported: %zu"), count);
}

const struct import_kind import_figures = {kind_read, kind_store, free, kind_say, figures_template};
