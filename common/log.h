/* Log lines on standard error; with the journal's <level> prefixes when
 * systemd listens (JOURNAL_STREAM), with the level's word otherwise.
 * Library code logs at debug only; callers say what failed, on what, why, and
 * what happens next. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

/* Rate limit for messages that a peer can cause: at most `burst` lines every
 * `interval_us`. Returns true when the line may be written; what was swallowed
 * is counted and told when the next interval starts. Thread safe. */
struct log_limit {
    int64_t interval_us;
    unsigned burst;
    int64_t since_us;
    unsigned used, dropped;
};
bool log_allowed(struct log_limit *limit);
#define log_limited(limit, level, ...)                                                                                 \
    do {                                                                                                               \
        if (log_allowed(limit))                                                                                        \
            log_line(level, __VA_ARGS__);                                                                              \
    } while (0)
