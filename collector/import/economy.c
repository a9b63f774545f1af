/* What prices are held against: incomes, wages, consumer prices, in the
 * country's currency. */
#include <errno.h>
#include <string.h>

#include "collector/import/input.h"
#include "collector/import/kind.h"
#include "common/lang.h"
#include "common/log.h"

enum { COUNTRY, PERIOD, SERIES, VALUE, CURRENCY, SOURCE, SOURCE_URL, RETRIEVED, NOTE, COLUMNS };

static const char template_text[] =
    "country,period,series,value,currency,source,source_url,retrieved,note\n"
    "BJ,2024,gni_per_capita,830000,XOF,Banque mondiale,https://data.worldbank.org/,2026-01-31," CELL_EXAMPLE "\n";

static int check_series(const char *text, struct fault *f)
{
    static const char *const words[] = {"gni_per_capita", "cpi", "minimum_wage_hour", "smartphone_price", NULL};
    return input_word(text, words, f);
}

static bool is_money(const char *series)
{
    return strcmp(series, "cpi") != 0;
}

/* What is over a year, or of it: a quarter's income would be taken for a year's. */
static bool is_yearly(const char *series)
{
    return !strcmp(series, "gni_per_capita");
}

static const struct cell_column columns[COLUMNS] = {
    {"country", true, cell_country},         {"period", true, cell_period},       {"series", true, check_series},
    {"value", true, input_above_zero, true}, {"currency", false, NULL},           {"source", true, cell_source},
    {"source_url", false, cell_url},         {"retrieved", true, cell_retrieved}, {"note", false, cell_note},
};

static int check_line(const char **cells, struct fault *f)
{
    const bool money = is_money(cells[SERIES]);
    int rc = 0;
    if (is_yearly(cells[SERIES]) && cells[PERIOD][4])
        return fault_set(f, -EBADMSG, _("column period: %s is a part of a year; %s is of a whole one: write %.4s"),
                         cells[PERIOD], cells[SERIES], cells[PERIOD]);
    if (!money && cells[CURRENCY])
        rc = fault_set(f, -EBADMSG, _("%s is no amount of money; leave the currency empty"), cells[SERIES]);
    else if (money && !cells[CURRENCY])
        rc = fault_set(f, -EBADMSG, _("empty; %s is an amount of money"), cells[SERIES]);
    else if (money)
        rc = input_currency(cells[COUNTRY], cells[CURRENCY], f);
    if (rc < 0)
        fault_prefix(f, _("column %s: "), columns[CURRENCY].name);
    return rc;
}

static const struct input input = {
    .sheet = {columns, COLUMNS, "economy"},
    .home = "economy",
    .key = "country,series,period,source",
    .url = SOURCE_URL,
    .check = check_line,
};

static void kind_say(const void *list, size_t count)
{
    log_info(_("figures of the economy imported: %zu"), count);
}

const struct import_kind import_economy = {INPUT_KIND(input), .say = kind_say, .template = template_text};
