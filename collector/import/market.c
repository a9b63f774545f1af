/* What part of a market each operator holds: in percent, or in subscriptions. */
#include <errno.h>
#include <string.h>

#include "collector/import/input.h"
#include "collector/import/kind.h"
#include "collector/import/number.h"
#include "common/lang.h"
#include "common/log.h"

enum { COUNTRY, TECHNOLOGY, OPERATOR, PERIOD, SHARE, SUBSCRIPTIONS, SOURCE, SOURCE_URL, RETRIEVED, NOTE, COLUMNS };

static const char template_text[] =
    "country,technology,operator,period,share,subscriptions,source,source_url,retrieved,note\n"
    "BJ,mobile,MTN Bénin (Spacetel),2025-Q2,,8467023,ARCEP,https://arcep.bj/,2026-01-31," CELL_EXAMPLE "\n";

/* Its decimals tell how far it is rounded: they are kept as they are written. */
static int check_share(const char *text, struct fault *f)
{
    double value;
    int rc = cell_value(text, f);
    if (rc < 0)
        return rc;
    return number_read(text, &value) == 0 && value >= 0 && value <= 100
               ? 0
               : fault_set(f, -EBADMSG, _("%s is no share; it lies between 0 and 100"), text);
}

static int check_count(const char *text, struct fault *f)
{
    size_t len = strlen(text);
    if (len <= 12 && strspn(text, "0123456789") == len)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%.64s\" is no number of subscriptions; write digits alone"), text);
}

static const struct cell_column columns[COLUMNS] = {
    {"country", true, cell_country}, {"technology", true, input_technology}, {"operator", true, NULL},
    {"period", true, cell_period},   {"share", false, check_share, true},    {"subscriptions", false, check_count},
    {"source", true, cell_source},   {"source_url", false, cell_url},        {"retrieved", true, cell_retrieved},
    {"note", false, cell_note},
};

static int check_line(const char **cells, struct fault *f)
{
    if (!cells[SHARE] != !cells[SUBSCRIPTIONS])
        return 0;
    return fault_set(f, -EBADMSG, _("columns share, subscriptions: one of the two is wanted, and not both"));
}

/* All operators of a market make a hundred, as far as shares are rounded: nobody's share is guessed. */
#define WHOLE_SQL                                                                                                      \
    "SELECT i.line, technology, country, period, source, count(m.share) < count(*), sum(m.share) FROM market_part m "  \
    "JOIN (SELECT country, technology, period, source, min(line) AS line FROM import_input GROUP BY 1, 2, 3, 4) i "    \
    "USING (country, technology, period, source) GROUP BY i.line, country, technology, period, source "                \
    "HAVING count(m.share) > 0 AND (count(m.share) < count(*) OR NOT shares_whole(array_agg(m.share))) "               \
    "ORDER BY i.line LIMIT 1"

/* Who was in such a market by an earlier import, and is not in this one: a part of a market would pass for the whole.
 */
#define GONE_SQL                                                                                                       \
    "SELECT i.line, g.operator, i.technology, i.period FROM import_replaced p CROSS JOIN LATERAL "                     \
    "jsonb_populate_record(NULL::market_part, p.was) g JOIN (SELECT country, technology, period, source, min(line) "   \
    "AS line FROM import_input GROUP BY 1, 2, 3, 4) i ON (i.country, i.technology, i.period, i.source) = (g.country, " \
    "g.technology, g.period, g.source) WHERE p.run = $1::int AND NOT EXISTS (SELECT FROM import_input n WHERE "        \
    "(n.country, n.technology, n.period, n.source, n.operator) = (g.country, g.technology, g.period, g.source, "       \
    "g.operator)) ORDER BY 1, 2 LIMIT 20"

static int remark_gone(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, GONE_SQL, 1, (const char *const[]){run->number}, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        _cleanup_text_ char *text = alloc_format(
            _("line %s: %s was part of the market (%s, %s) in an earlier import, and is not here"), pg_text(rows, r, 0),
            pg_text(rows, r, 1), pg_text(rows, r, 2), pg_text(rows, r, 3));
        remark_say(&run->remarks, text);
    }
    return rc;
}

static int check_all(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, WHOLE_SQL, 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0)
        return remark_gone(pg, run, f);
    const char *line = pg_text(rows, 0, 0), *technology = pg_text(rows, 0, 1), *country = pg_text(rows, 0, 2);
    const char *period = pg_text(rows, 0, 3), *source = pg_text(rows, 0, 4);
    if (pg_bool(rows, 0, 5))
        return fault_set(f, -EBADMSG,
                         _("line %s: of %s in %s, %s, %s gives some operators a share and others subscriptions; write "
                           "the same of all"),
                         line, technology, country, period, source);
    return fault_set(f, -EBADMSG,
                     _("line %s: the shares of %s in %s, %s, after %s, come to %s and not to 100; add whoever is "
                       "missing, or write subscriptions"),
                     line, technology, country, period, source, pg_text(rows, 0, 6));
}

static const struct input input = {
    .sheet = {columns, COLUMNS, "market"},
    .home = "market_part",
    .key = "country,technology,operator,period,source",
    .place = "country,technology,period,source",
    .url = SOURCE_URL,
    .operators = true,
    .check = check_line,
    .check_all = check_all,
};

static void kind_say(const void *list, size_t count)
{
    log_info(_("market shares imported: %zu"), count);
}

const struct import_kind import_market = {INPUT_KIND(input), .say = kind_say, .template = template_text};
