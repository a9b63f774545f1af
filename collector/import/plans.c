/* What operators ask for their plans, from a day on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/input.h"
#include "collector/import/kind.h"
#include "common/lang.h"
#include "common/log.h"

enum {
    PLAN,
    COUNTRY,
    OPERATOR,
    TECHNOLOGY,
    NAME,
    SEGMENT,
    PRICE,
    CURRENCY,
    VOLUME,
    VALIDITY,
    DOWN,
    UP,
    THROTTLED,
    PROMOTION,
    VALID_FROM,
    VALID_TO,
    SOURCE,
    SOURCE_URL,
    RETRIEVED,
    NOTE,
    COLUMNS
};

static const char template_text[] =
    "plan,country,operator,technology,name,segment,price,currency,volume_gb,validity_days,down_mbps,up_mbps,"
    "throttled_mbps,promotion,valid_from,valid_to,source,source_url,retrieved,note\n"
    "month-1gb,BJ,MTN Bénin (Spacetel),4g,Pass mois 1 Go,prepaid,1000,XOF,1,30,,,,no,2025-03-01,,MTN Bénin,"
    "https://www.mtn.bj/,2026-01-31," CELL_EXAMPLE "\n";

static int check_segment(const char *text, struct fault *f)
{
    static const char *const words[] = {"prepaid", "postpaid", NULL};
    return input_word(text, words, f);
}

static int check_days(const char *text, struct fault *f)
{
    size_t len = strlen(text);
    if (len <= 4 && strspn(text, "0123456789") == len && atoi(text) > 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%.64s\" is no number of days; write how long a purchase lasts, such as 30"),
                     text);
}

static bool says(const char *text, const char *english, const char *french)
{
    return lang_same(text, english) || lang_same(text, french);
}

/* Every year from there on is calculated: a slip such as 0202 would make two thousand. Nobody sold access before
 * (the first provider that did began in November 1989). */
#define SOLD_FIRST "1989-01-01"

static int check_sold(const char *text, struct fault *f)
{
    int rc = input_day(text, f);
    if (rc < 0 || strcmp(text, SOLD_FIRST) >= 0)
        return rc;
    return fault_set(f, -EBADMSG,
                     _("%s is before %s, when nobody sold access to the Internet; write the day from which on this "
                       "price was asked"),
                     text, SOLD_FIRST);
}

static int check_promotion(const char *text, struct fault *f)
{
    return says(text, "yes", "oui") || says(text, "no", "non")
               ? 0
               : fault_set(f, -EBADMSG, _("\"%.64s\" is neither yes nor no; is it a promotion?"), text);
}

static const struct cell_column columns[COLUMNS] = {
    {"plan", true, NULL},
    {"country", true, cell_country},
    {"operator", true, NULL},
    {"technology", true, input_technology},
    {"name", false, NULL},
    {"segment", true, check_segment},
    {"price", true, input_above_zero, true},
    {"currency", true, NULL},
    {"volume_gb", false, input_above_zero, true},
    {"validity_days", true, check_days},
    {"down_mbps", false, input_above_zero, true},
    {"up_mbps", false, input_above_zero, true},
    {"throttled_mbps", false, input_above_zero, true},
    {"promotion", true, check_promotion},
    {"valid_from", true, check_sold},
    {"valid_to", false, input_day},
    {"source", true, cell_source},
    {"source_url", false, cell_url},
    {"retrieved", true, cell_retrieved},
    {"note", false, cell_note},
};

static int check_line(const char **cells, struct fault *f)
{
    cells[PROMOTION] = says(cells[PROMOTION], "yes", "oui") ? "t" : "f";
    int rc = input_currency(cells[COUNTRY], cells[CURRENCY], f);
    if (rc < 0)
        fault_prefix(f, _("column %s: "), columns[CURRENCY].name);
    else if (cells[VALID_TO] && strcmp(cells[VALID_TO], cells[VALID_FROM]) < 0)
        rc = fault_set(f, -EBADMSG, _("column valid_to: %s is before %s, from which on it is sold; change one"),
                       cells[VALID_TO], cells[VALID_FROM]);
    return rc;
}

static const struct input input = {
    .sheet = {columns, COLUMNS, "plans"},
    .home = "plan_price",
    .key = "country,operator,plan,valid_from,source",
    .url = SOURCE_URL,
    .operators = true,
    .check = check_line,
};

static void kind_say(const void *list, size_t count)
{
    log_info(_("prices of plans imported: %zu"), count);
}

const struct import_kind import_plans = {INPUT_KIND(input), .say = kind_say, .template = template_text};
