#include "collector/import/cell.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/figure/indicator.h"
#include "collector/import/number.h"
#include "collector/import/place.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/line.h"

/* ---- the cells ---- */

static int check_indicator(const char *text, struct fault *f)
{
    const struct indicator *i = indicator_find(text);
    if (!i)
        return fault_set(f, -EBADMSG, _("\"%.64s\" is no indicator; there are: %s"), text, indicator_ids());
    if (indicator_importable(i))
        return 0;
    if (indicator_retired(i))
        return fault_set(f, -EBADMSG, _("%s is retired; nothing is brought of it any more"), text);
    return fault_set(f, -EBADMSG,
                     _("%s is not imported: it is measured or rated here; bring what others say of it under an "
                       "indicator that is"),
                     text);
}

static bool letters(const char *text, size_t count)
{
    size_t n = 0;
    while (n < count && text[n] >= 'A' && text[n] <= 'Z')
        n++;
    return n == count;
}

static int check_code(const char *text, struct fault *f)
{
    if (letters(text, 2) && !text[2])
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no country code; write two capitals of ISO 3166-1, such as BJ"), text);
}

int cell_country(const char *text, struct fault *f)
{
    const struct place_country *country = place_country(text);
    int rc = check_code(text, f);
    if (rc < 0 || (country && !country->neighbour))
        return rc;
    return fault_set(f, -EBADMSG, _("there is no country pack of %s; there are those of: %s"), text, place_packs());
}

/* A neighbour's figures stand beside ours. */
static int check_country(const char *text, struct fault *f)
{
    int rc = check_code(text, f);
    if (rc < 0 || place_country(text))
        return rc;
    return fault_set(f, -EBADMSG,
                     _("there is no country pack of %s; there are those of: %s; figures are also taken of their "
                       "neighbours: %s"),
                     text, place_packs(), place_neighbours());
}

static int check_geo(const char *text, struct fault *f)
{
    if (letters(text, 2) && text[2] == '-' && text[3])
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no department; write its ISO 3166-2 code, such as BJ-BO, or nothing for the country"),
                     text);
}

static int check_zone(const char *text, struct fault *f)
{
    if (!strcmp(text, "urban") || !strcmp(text, "rural"))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no zone; write urban, rural, or nothing for both"), text);
}

static int check_sex(const char *text, struct fault *f)
{
    if (!strcmp(text, "female") || !strcmp(text, "male"))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is not known here; write female, male, or nothing for both"), text);
}

/* What a line is, or the market that it belongs to: goals and calculated figures know these words. 2G stands in
 * coverage alone. */
static int check_technology(const char *text, struct fault *f)
{
    static const char *const wide[] = {"mobile", "fixed", "2g"};
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t w = 0; w < COUNT(wide); w++) {
        if (!strcmp(text, wide[w]))
            return 0;
        buf_addf(&known, "%s%s", w ? ", " : "", wide[w]);
    }
    for (const struct choice *c = line_technologies; c->word; c++) {
        if (!strcmp(text, c->word))
            return 0;
        buf_addf(&known, ", %s", c->word);
    }
    return fault_set(f, -EBADMSG, _("\"%.64s\" is not known here; write one of: %s"), text, known.data);
}

/* The later of the days here and by UTC, "2026-11-22". */
static void today(char ret_day[static TIME_TEXT_SIZE])
{
    const int64_t now = clock_wall_us(&clock_system);
    const time_t seconds = now / 1000000;
    char here[11];
    struct tm tm;
    time_format(now, ret_day);
    ret_day[10] = '\0';
    if (localtime_r(&seconds, &tm) && strftime(here, sizeof here, "%Y-%m-%d", &tm) && strcmp(here, ret_day) > 0)
        memcpy(ret_day, here, sizeof here);
}

bool cell_has_come(const char *day)
{
    char now[TIME_TEXT_SIZE];
    today(now);
    return strcmp(day, now) <= 0;
}

/* Has a good period's first day come? */
static bool begun(const char *period)
{
    int month = period[4] == '-' ? period[5] == 'Q'   ? period[6] * 3 - '1' * 3 + 1
                                   : period[5] == 'S' ? period[6] * 6 - '1' * 6 + 1
                                                      : atoi(period + 5)
                                 : 1;
    _cleanup_text_ char *first = alloc_format("%.4s-%02d-01", period, month);
    return cell_has_come(first);
}

#define PERIOD_FIRST "1900"

/* YYYY, YYYY-MM, YYYY-Qn, YYYY-Sn. */
int cell_period(const char *text, struct fault *f)
{
    size_t year = strspn(text, "0123456789");
    const char *rest = text + year;
    int month = atoi(*rest ? rest + 1 : "");
    bool good = year == 4 && strncmp(text, PERIOD_FIRST, 4) >= 0 &&
                (!*rest ||
                 (*rest == '-' && strlen(rest) == 3 &&
                  ((rest[1] == 'Q' && rest[2] >= '1' && rest[2] <= '4') ||
                   (rest[1] == 'S' && (rest[2] == '1' || rest[2] == '2')) ||
                   (isdigit((unsigned char)rest[1]) && isdigit((unsigned char)rest[2]) && month >= 1 && month <= 12))));
    if (good)
        return begun(text) ? 0
                           : fault_set(f, -EBADMSG,
                                       _("%s has not begun yet; write the period of which the figure speaks"), text);
    return fault_set(
        f, -EBADMSG,
        _("\"%s\" is no period; write a year 2025, a month 2025-03, a quarter 2025-Q1 or a half-year 2025-S1"), text);
}

char *cell_with_point(const char *text)
{
    struct buf out = {0};
    double value;
    if (strchr(text, '.') || !strchr(text, ',') || strchr(text, ',') != strrchr(text, ','))
        return NULL;
    for (; *text; text++)
        if (*text == ',')
            buf_add_char(&out, '.');
        else if (strchr("+-0123456789", *text))
            buf_add_char(&out, *text);
        else if (!strchr(" \xC2\xA0\xE2\x80\xAF", *text)) /* the octets of spaces that do not break */
            break;
    char *number = buf_take(&out);
    if (*text || number_read(number, &value) < 0) {
        free(number);
        return NULL;
    }
    return number;
}

int cell_value(const char *text, struct fault *f)
{
    double value;
    if (number_read(text, &value) == 0)
        return 0;
    _cleanup_text_ char *pointed = cell_with_point(text);
    if (pointed)
        return fault_set(f, -EBADMSG, _("\"%s\" is no number here: decimals stand behind a point; write %s"), text,
                         pointed);
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no number; write digits with a point for decimals and no spaces, such as 1234.5"),
                     text);
}

static int check_margin(const char *text, struct fault *f)
{
    double value;
    if (number_read(text, &value) == 0 && value >= 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no margin; write half the width of the interval, such as 2.5"), text);
}

static int check_sample_size(const char *text, struct fault *f)
{
    size_t len = strlen(text);
    if (len <= 12 && strspn(text, "0123456789") == len && atoll(text) > 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no number of persons or lines; write a whole number above 0"), text);
}

int cell_text(const char *text, struct fault *f)
{
    uint32_t unseen = form_unseen(text);
    if (unseen == 0)
        return 0;
    return fault_set(f, -EBADMSG,
                     _("U+%04X is in it, a character that is not seen; take it out, or type the text anew"),
                     (unsigned)unseen);
}

int cell_source(const char *text, struct fault *f)
{
    if (strcmp(text, "measured") != 0 && strcmp(text, "simulated") != 0 && strcmp(text, "calculated") != 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is the name of our own figures; write whose figure this is, such as ARCEP"),
                     text);
}

int cell_url(const char *text, struct fault *f)
{
    if (form_link(text))
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%.64s\" is no address of a page; write it whole, as https://arcep.bj/observatoire"), text);
}

int cell_retrieved(const char *text, struct fault *f)
{
    if (!form_day(text))
        return fault_set(f, -EBADMSG, _("\"%s\" is no date; write year-month-day, such as 2026-01-31"), text);
    if (!cell_has_come(text))
        return fault_set(f, -EBADMSG, _("%s lies in the future; write the day on which the figure was taken"), text);
    return 0;
}

int cell_note(const char *text, struct fault *f)
{
    if (strcmp(text, CELL_EXAMPLE) != 0)
        return 0;
    return fault_set(f, -EBADMSG, _("this line is the template's example and no figure; write yours in its place"));
}

/* In the order of enum cell_of. */
const struct cell_column cell_columns[CELL_COLUMNS] = {
    {"indicator", true, check_indicator},
    {"country", true, check_country},
    {"geo", false, check_geo},
    {"operator", false, NULL},
    {"technology", false, check_technology},
    {"zone", false, check_zone},
    {"sex", false, check_sex},
    {"age_group", false, NULL},
    {"plan", false, NULL},
    {"item", false, NULL},
    {"period", true, cell_period},
    {"value", true, cell_value, true},
    {"unit", true, NULL},
    {"sample_size", false, check_sample_size},
    {"margin", false, check_margin, true},
    {"visa", false, NULL},
    {"method", false, NULL},
    {"source", true, cell_source},
    {"source_url", false, cell_url},
    {"retrieved", true, cell_retrieved},
    {"note", false, cell_note},
};
