#include "collector/format/date.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"

#define DAY_US INT64_C(86400000000)

struct civil {
    int year, month, day;
};

static struct civil civil_of(int32_t day)
{
    struct civil c = {1970, 1, 1};
    char text[TIME_TEXT_SIZE];
    sscanf(time_format(day * DAY_US, text), "%4d-%2d-%2d", &c.year, &c.month, &c.day);
    return c;
}

/* "1er", "2". */
static const char *day_text(const struct words *w, int day, char ret_text[static 16])
{
    if (day == 1)
        return phrase(w, "first_of_month");
    snprintf(ret_text, 16, "%d", day);
    return ret_text;
}

static const char *month_text(const struct words *w, const char *names, int month)
{
    const char *text = json_string_value(json_array_get(json_object_get(w->texts, names), (size_t)month - 1));
    return text ? text : "";
}

const char *date_long(const struct words *w, int32_t day, char ret_text[static DATE_TEXT_SIZE])
{
    struct civil c = civil_of(day);
    char number[16];
    snprintf(ret_text, DATE_TEXT_SIZE, "%s %s %d", day_text(w, c.day, number), month_text(w, "months", c.month),
             c.year);
    return ret_text;
}

const char *date_short(const struct words *w, int32_t day, char ret_text[static DATE_TEXT_SIZE])
{
    struct civil c = civil_of(day);
    char number[16];
    snprintf(ret_text, DATE_TEXT_SIZE, "%s %s", day_text(w, c.day, number), month_text(w, "short_months", c.month));
    return ret_text;
}

int date_read(const char *text, int32_t *ret_day)
{
    char whole[TIME_TEXT_SIZE];
    int64_t us;
    snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text);
    if (time_parse(whole, strlen(whole), &us) < 0)
        return -EINVAL;
    *ret_day = (int32_t)(us / DAY_US);
    return 0;
}
