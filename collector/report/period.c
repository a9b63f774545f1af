#include "collector/report/period.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/format/date.h"
#include "common/lang.h"

#define YEAR_FIRST 1970

int period_read(const char *text, int months, struct period *ret, struct fault *f)
{
    struct period p = {.months = months};
    char again[PERIOD_TEXT_SIZE];
    int n = 0;
    if (sscanf(text, months == 1 ? "%4d-%2d" : "%4d-Q%1d", &p.year, &n) == 2) {
        p.month = months * (n - 1) + 1;
        if (n >= 1 && n <= 12 / months && p.year >= YEAR_FIRST && !strcmp(period_text(p, again), text)) {
            *ret = p;
            return 0;
        }
    }
    return fault_set(f, -EINVAL,
                     months == 1 ? _("\"%.16s\" is no month; write one as 2026-11")
                                 : _("\"%.16s\" is no quarter; write one as 2026-Q3"),
                     text);
}

const char *period_text(struct period p, char ret_text[static PERIOD_TEXT_SIZE])
{
    if (p.months == 1)
        snprintf(ret_text, PERIOD_TEXT_SIZE, "%04d-%02d", p.year % 10000, p.month % 100);
    else
        snprintf(ret_text, PERIOD_TEXT_SIZE, "%04d-Q%d", p.year % 10000, (p.month - 1) / p.months % 10 + 1);
    return ret_text;
}

struct period period_before(struct period p)
{
    p.month -= p.months;
    if (p.month < 1) {
        p.month += 12;
        p.year--;
    }
    return p;
}

struct period period_year_before(struct period p)
{
    p.year--;
    return p;
}

struct period period_month(struct period p, int n)
{
    return (struct period){p.year, p.month + n, 1};
}

static int32_t first_of(int year, int month)
{
    char date[PERIOD_TEXT_SIZE];
    int32_t day = 0;
    snprintf(date, sizeof date, "%04d-%02d-01", year % 10000, month % 100);
    return date_read(date, &day) < 0 ? 0 : day;
}

int32_t period_first(struct period p)
{
    return first_of(p.year, p.month);
}

int32_t period_last(struct period p)
{
    const int next = p.month + p.months;
    return first_of(next > 12 ? p.year + 1 : p.year, next > 12 ? next - 12 : next) - 1;
}

static char *said(struct period p, const struct words *w, const char *of_month, const char *of_quarter)
{
    const size_t n = (size_t)(p.month - 1) / (size_t)p.months;
    const json_t *list = json_object_get(w->texts, p.months == 1 ? "months" : of_quarter);
    const char *text = json_string_value(json_array_get(list, n));
    char year[12];
    snprintf(year, sizeof year, "%d", p.year);
    text = text ? text : "";
    return phrase_fill(p.months == 1 ? phrase(w, of_month) : text,
                       json_pack("{s:s, s:s}", "month", text, "year", year));
}

char *period_name(struct period p, const struct words *w)
{
    return said(p, w, "month_name", "quarter_name");
}

char *period_in(struct period p, const struct words *w)
{
    return said(p, w, "month_in", "quarter_in");
}
