/* What happened, on a day: a law, a licence, a cable, a price. Figures are read
 * beside it, and nothing is calculated of it. */
#include <errno.h>

#include "collector/import/input.h"
#include "collector/import/kind.h"
#include "common/lang.h"
#include "common/log.h"

enum { COUNTRY, DATE, GEO, KIND, TITLE_FR, TITLE_EN, SOURCE, SOURCE_URL, RETRIEVED, NOTE, COLUMNS };

static const char template_text[] =
    "country,date,geo,kind,title_fr,title_en,source,source_url,retrieved,note\n"
    "BJ,2022-10-24,,licence,Celtiis ouvre son réseau mobile,Celtiis opens its mobile network,ARCEP,https://arcep.bj/,"
    "2026-01-31," CELL_EXAMPLE "\n";

static int check_date(const char *text, struct fault *f)
{
    const int rc = input_day(text, f);
    if (rc < 0 || cell_has_come(text))
        return rc;
    return fault_set(f, -EBADMSG, _("%s lies in the future; write the day on which it happened, once it has"), text);
}

/* As the table has them. */
static int check_kind(const char *text, struct fault *f)
{
    static const char *const words[] = {"law",      "licence",  "cable", "network", "price", "outage",
                                        "shutdown", "election", "power", "other",   NULL};
    return input_word(text, words, f);
}

static const struct cell_column columns[COLUMNS] = {
    {"country", true, cell_country}, {"date", true, check_date},      {"geo", false, NULL},
    {"kind", true, check_kind},      {"title_fr", true, NULL},        {"title_en", true, NULL},
    {"source", true, cell_source},   {"source_url", false, cell_url}, {"retrieved", true, cell_retrieved},
    {"note", false, cell_note},
};

static int check_all(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg,
        "SELECT i.line, i.geo, i.country FROM import_input i WHERE i.geo IS NOT NULL AND NOT EXISTS "
        "(SELECT FROM department d WHERE (d.iso, d.country) = (i.geo, i.country)) ORDER BY i.line LIMIT 1",
        0, NULL, &rows, f);
    if (rc < 0 || pg_rows_count(rows) == 0)
        return rc;
    return fault_set(
        f, -EBADMSG,
        _("line %s: column geo: %s is no department of %s; write its ISO 3166-2 code, such as BJ-BO, or nothing"),
        pg_text(rows, 0, 0), pg_text(rows, 0, 1), pg_text(rows, 0, 2));
}

static const struct input input = {
    .sheet = {columns, COLUMNS, "events"},
    .home = "event",
    .key = "country,date,kind,title_en,source",
    .url = SOURCE_URL,
    .check_all = check_all,
};

static void kind_say(const void *list, size_t count)
{
    log_info(_("events imported: %zu"), count);
}

const struct import_kind import_events = {INPUT_KIND(input), .say = kind_say, .template = template_text};
