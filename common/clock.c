#include "common/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t system_wall(void *ctx)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono(void *ctx)
{
    return read_clock(CLOCK_BOOTTIME);
}

/* The kernel's own verdict: an NTP daemon clears STA_UNSYNC while it steers. */
static bool system_synced(void *ctx)
{
    struct timex t = {0};
    int state = adjtimex(&t);
    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}

const struct clock clock_system = {.wall_us = system_wall, .mono_us = system_mono, .synced = system_synced};

int64_t clock_wall_us(const struct clock *c)
{
    return c->wall_us(c->ctx);
}

int64_t clock_mono_us(const struct clock *c)
{
    return c->mono_us(c->ctx);
}

bool clock_synced(const struct clock *c)
{
    return c->synced(c->ctx);
}

void clock_boot_id(const struct clock *c, char ret_id[static BOOT_ID_SIZE])
{
    if (c->boot_id) {
        snprintf(ret_id, BOOT_ID_SIZE, "%s", c->boot_id(c->ctx));
        return;
    }
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file || fscanf(file, "%36s", ret_id) != 1)
        strcpy(ret_id, "unknown");
    if (file)
        fclose(file);
}

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. Counting from
 * March makes the leap day the last of the year; an era is 400 years. */
static int64_t days_from_date(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(yoe + era * 400 + (*m <= 2));
}

#define YEAR_0_US    (-62167219200LL * 1000000)
#define YEAR_9999_US (253402300799LL * 1000000 + 999999)

const char *time_format(int64_t us, char ret_text[static TIME_TEXT_SIZE])
{
    if (us < YEAR_0_US)
        us = YEAR_0_US;
    if (us > YEAR_9999_US)
        us = YEAR_9999_US;
    const int64_t day = 86400LL * 1000000;
    int64_t days = us / day, rest = us % day;
    if (rest < 0) {
        rest += day;
        days--;
    }
    int y, m, d, s = (int)(rest / 1000000);
    date_from_days(days, &y, &m, &d);
    snprintf(ret_text, TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)y % 10000u, (unsigned)m % 100u,
             (unsigned)d % 100u, (unsigned)s / 3600u % 100u, (unsigned)s / 60u % 60u, (unsigned)s % 60u,
             (unsigned)(rest % 1000000));
    return ret_text;
}

/* Exactly n digits. */
static bool digits(const char **at, const char *end, int n, int *ret)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (*at == end || **at < '0' || **at > '9')
            return false;
        value = value * 10 + (*(*at)++ - '0');
    }
    *ret = value;
    return true;
}

static bool mark(const char **at, const char *end, const char *allowed)
{
    if (*at == end || !**at || !strchr(allowed, **at))
        return false;
    (*at)++;
    return true;
}

static int days_in_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m == 2 && leap ? 29 : days[m - 1];
}

int time_parse(const char *text, size_t len, int64_t *ret_us)
{
    const char *p = text, *end = text + len;
    int y, mo, d, h, mi, s;
    if (!digits(&p, end, 4, &y) || !mark(&p, end, "-") || !digits(&p, end, 2, &mo) || !mark(&p, end, "-") ||
        !digits(&p, end, 2, &d) || !mark(&p, end, "Tt ") || !digits(&p, end, 2, &h) || !mark(&p, end, ":") ||
        !digits(&p, end, 2, &mi) || !mark(&p, end, ":") || !digits(&p, end, 2, &s))
        return -EINVAL;
    if (mo < 1 || mo > 12 || d < 1 || d > days_in_month(y, mo) || h > 23 || mi > 59 || s > 60)
        return -EINVAL;
    int us = 0;
    if (p < end && *p == '.') {
        p++;
        int places = 0, scale = 100000;
        for (; p < end && *p >= '0' && *p <= '9'; p++, places++, scale /= 10)
            us += (*p - '0') * scale;
        if (places < 1 || places > 9)
            return -EINVAL;
    }
    int64_t offset_s = 0;
    if (!mark(&p, end, "Zz")) {
        int oh, om;
        if (p == end || (*p != '+' && *p != '-'))
            return -EINVAL;
        int sign = *p++ == '-' ? -1 : 1;
        if (!digits(&p, end, 2, &oh) || !mark(&p, end, ":") || !digits(&p, end, 2, &om) || oh > 23 || om > 59)
            return -EINVAL;
        offset_s = sign * (oh * 3600 + om * 60);
    }
    if (p != end)
        return -EINVAL;
    *ret_us = (days_from_date(y, mo, d) * 86400 + h * 3600 + mi * 60 + s - offset_s) * 1000000 + us;
    return 0;
}
