/* One measurement's result: what the agent builds and the collector reads.
 * On the wire it is one JSON object on one line: schema/result.json, and what
 * each check puts into metrics and detail in schema/checks/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/fault.h"
#include "common/limits.h"
#include "common/metric.h"
#include "common/outcome.h"

/* ---- building, on the agent ---- */

struct result {
    const struct metric_set *set;
    char *task, *target; /* owned */
    char addr[46];       /* the address measured, "" when there was none */
    int af;              /* 4, 6, or 0 when there was no address */
    int64_t at_us;       /* wall clock when the measurement began */
    int64_t mono_us;     /* CLOCK_BOOTTIME at the same moment */
    bool sync;           /* was the wall clock synchronised then? */
    enum outcome outcome;
    int64_t bytes; /* on the wire, headers of IP included, both ways */
    double metrics[METRICS_MAX];
    uint64_t present; /* bit i: metrics[i] holds a value */
    json_t *detail;   /* owned object, never NULL */
};

/* check must be in the registry (a program error otherwise). Caller frees. */
struct result *result_new(const char *check, const char *task, const char *target) CHECKED;
void result_free(struct result *r);
static inline void result_freep(struct result **r)
{
    result_free(*r);
}

/* The measurement begins now: sets at_us, mono_us and sync. */
void result_begin(struct result *r, const struct clock *clock);

/* Sets a declared metric; an undeclared name is a program error (abort), a
 * value that is not finite is left out. */
void result_metric(struct result *r, const char *name, double value);
void result_addr(struct result *r, const void *sockaddr); /* sets addr and af */
void result_reason(struct result *r, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4))); /* sets outcome and detail.reason */
/* Sets outcome, detail.cause and detail.reason: `reason` for people, or the
 * cause's own sentence (cause.h) where that is NULL or "". Without a cause, the
 * reason alone. A cause that the table does not have is a program error (abort). */
void result_fail(struct result *r, enum outcome outcome, const char *cause, const char *reason);
/* The i-th metric of the registry as JSON has it: whole numbers have no point. */
json_t *result_metric_json(const struct result *r, size_t i) CHECKED;

/* Holds the result to schema/ranges.tsv. What breaks it is a fault of ours: the
 * outcome becomes error, with the reason, and the numbers are kept in
 * detail.out_of_range, so that no figure is made of them and none is lost.
 * -ERANGE then. */
int result_judge(struct result *r, struct fault *f);

/* Appends the line, newline included. Whole numbers are written with all of
 * their digits, others with those that a float resolves (seven), never NaN or
 * infinity. */
void result_write(const struct result *r, struct buf *out);

/* ---- reading, on the collector ---- */

struct slice {
    const char *at;
    size_t len;
};

struct result_line { /* slices borrow from the line */
    struct slice task, check, target, addr;
    const struct metric_set *set; /* NULL when the check is unknown here */
    int af;
    int64_t at_us, mono_us;
    bool sync;
    enum outcome outcome;
    int64_t bytes;
    double metrics[METRICS_MAX];
    uint64_t present;
    struct slice detail;  /* the raw JSON text, empty when absent */
    struct slice unknown; /* first metric name that the registry does not declare, empty when none */
};

/* Reads and validates one line (without its newline), without allocating.
 * Strict RFC 8259; duplicate members, unknown outcomes, non-finite numbers and
 * missing members are -EBADMSG with f naming the member. An unknown check or
 * metric is no failure: set is NULL, or unknown names it. */
int result_line_read(const char *line, size_t len, struct result_line *ret, struct fault *f) CHECKED;
