#include "collector/format/date.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"

#define DAY_US INT64_C(86400000000)

struct civil {
    int year, month, day;
};

static const char *const months[2][12] = {
    [LANG_FR] = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
                 "novembre", "décembre"},
    [LANG_EN] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                 "November", "December"},
};
/* French as the Imprimerie nationale abbreviates them. */
static const char *const short_months[2][12] = {
    [LANG_FR] = {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."},
    [LANG_EN] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
};

static struct civil civil_of(int32_t day)
{
    struct civil c = {1970, 1, 1};
    char text[TIME_TEXT_SIZE];
    sscanf(time_format(day * DAY_US, text), "%4d-%2d-%2d", &c.year, &c.month, &c.day);
    return c;
}

const char *date_long(enum lang lang, int32_t day, char ret_text[static DATE_TEXT_SIZE])
{
    struct civil c = civil_of(day);
    snprintf(ret_text, DATE_TEXT_SIZE, "%d%s %s %d", c.day, lang == LANG_FR && c.day == 1 ? "er" : "",
             months[lang][c.month - 1], c.year);
    return ret_text;
}

const char *date_short(enum lang lang, int32_t day, char ret_text[static DATE_TEXT_SIZE])
{
    struct civil c = civil_of(day);
    snprintf(ret_text, DATE_TEXT_SIZE, "%d%s %s", c.day, lang == LANG_FR && c.day == 1 ? "er" : "",
             short_months[lang][c.month - 1]);
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
