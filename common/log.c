#include "common/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/form.h"
#include "common/lang.h"

static const char *const words[] = {N_("error: "), N_("warn: "), N_("info: "), N_("debug: ")};
static const int syslog_levels[] = {3, 4, 6, 7};
static enum log_level threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
    threshold = level;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level > threshold)
        return;
    /* One write a line, so that lines of threads and processes do not mix. */
    char text[2048];
    int n = getenv("JOURNAL_STREAM") ? snprintf(text, sizeof text, "<%d>", syslog_levels[level])
                                     : snprintf(text, sizeof text, "%s", _(words[level]));
    va_list ap;
    va_start(ap, format);
    vsnprintf(text + n, sizeof text - (size_t)n, format, ap);
    va_end(ap);
    form_tame(text); /* what a stranger sent may be told, and is no line of ours */
    fprintf(stderr, "%s\n", text);
}

bool log_allowed(struct log_limit *limit)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    int64_t now = clock_mono_us(&clock_system);
    unsigned dropped = 0;
    if (limit->since_us == 0 || now - limit->since_us >= limit->interval_us) {
        dropped = limit->dropped;
        limit->since_us = now;
        limit->used = limit->dropped = 0;
    }
    bool allowed = limit->used < limit->burst;
    if (allowed)
        limit->used++;
    else
        limit->dropped++;
    pthread_mutex_unlock(&lock);
    if (dropped)
        log_info(_("%u like messages were left out"), dropped);
    return allowed;
}
