/* The one interface to time. Wall time is microseconds since the Unix epoch
 * (UTC); monotonic time is CLOCK_BOOTTIME in microseconds, comparable only
 * within one boot id. Tests pass a clock of their own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*wall_us)(void *ctx);
    int64_t (*mono_us)(void *ctx);
    bool (*synced)(void *ctx);         /* is the wall clock disciplined (adjtimex)? */
    const char *(*boot_id)(void *ctx); /* NULL: the kernel's */
    void *ctx;
};

extern const struct clock clock_system;

int64_t clock_wall_us(const struct clock *c);
int64_t clock_mono_us(const struct clock *c);
bool clock_synced(const struct clock *c);

/* The random id of this boot, 36 characters; "unknown" without /proc. */
#define BOOT_ID_SIZE 37
void clock_boot_id(const struct clock *c, char ret_id[static BOOT_ID_SIZE]);

/* "2026-11-22T10:00:00.123456Z" (RFC 3339 section 5.6, always UTC, always six
 * decimals: 27 characters). Years 0 to 9999; others are clamped. */
#define TIME_TEXT_SIZE 28
const char *time_format(int64_t us, char ret_text[static TIME_TEXT_SIZE]);

/* 0001-01-01T00:00:00Z: RFC 3339 has a year 0, which PostgreSQL has not. */
#define TIME_FIRST_US (-INT64_C(62135596800000000))

/* Reads an RFC 3339 date-time in UTC ("Z" or a numeric offset), 0 to 9
 * decimals. -EINVAL when it is not one. */
int time_parse(const char *text, size_t len, int64_t *ret_us);
