#include "collector/ledger/project.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/outcome.h"
#include "common/result.h"
#include "common/scan.h"

#define DETAIL_MAX     300 /* octets of a problem's text */
#define ROW_FIELDS     13
#define PROBLEM_FIELDS 5
/* The longest row: 13 lengths, 37 octets of numbers, an IPv6 address, two arrays of all metrics. */
#define ROW_MAX (2 + ROW_FIELDS * 4 + 64 + 20 + 2 * 20 + (8 + 12) * METRICS_MAX)
/* Up to here a real holds every whole number. */
#define REAL_WHOLE_MAX 16777216

/* ---- rows ---- */

static void add_problem(struct projection *p, int32_t probe_no, int ordinal, const char *reason, const char *detail)
{
    size_t len = strnlen(detail, DETAIL_MAX), reason_len = strlen(reason);
    len = scan_utf8(detail, len); /* the cut may fall into a character */
    char *to = copy_row_begin(&p->problems, 64 + reason_len + len, PROBLEM_FIELDS);
    to = copy_int8(to, 0);
    to = copy_int4(to, probe_no);
    to = copy_int2(to, ordinal);
    to = copy_bytes(to, reason, reason_len);
    to = copy_bytes(to, detail, len);
    copy_row_end(&p->problems, to);
}

static void add_day(struct projection *p, int64_t at_us)
{
    int32_t day = (int32_t)(at_us / DAY_US);
    const int32_t *known = (const int32_t *)(const void *)p->days.data;
    size_t count = p->days.len / sizeof day;
    for (size_t i = count; i-- > 0;)
        if (known[i] == day)
            return;
    buf_add(&p->days, &day, sizeof day);
}

/* ---- one result ---- */

struct line_context {
    const struct batch *batch;
    const struct project_names *names;
    int32_t probe_no;
    const struct project_time *time;
    bool utf8; /* all of the lines are */
};

/* The measurement's time: as the probe said when its clock was synchronised;
 * else from the monotonic clock, when the clock was synchronised by the time
 * the batch was sealed in the same boot, or when another batch of that boot
 * tells the offset. False when no clock can be trusted. The numbers are a
 * stranger's: MONO_US_MAX keeps what is added here from overflowing. */
static bool line_time(const struct line_context *c, const struct result_line *line, int64_t *ret_us)
{
    const struct batch_header *h = &c->batch->header;
    if (line->sync) {
        *ret_us = line->at_us;
        return true;
    }
    if (line->mono_us > h->mono_us || h->mono_us > MONO_US_MAX)
        return false;
    if (!h->sync) {
        *ret_us = line->mono_us + c->time->offset_us;
        return c->time->has_offset;
    }
    *ret_us = h->sealed_at_us - (h->mono_us - line->mono_us);
    return true;
}

/* The whole numbers that a real does not hold. */
static uint64_t large(const struct result_line *line)
{
    uint64_t found = 0;
    for (uint64_t left = line->present & line->set->whole; left; left &= left - 1)
        if (fabs(line->metrics[__builtin_ctzll(left)]) > REAL_WHOLE_MAX)
            found |= left & -left;
    return found;
}

static bool is_archived(const struct buf *months, int64_t at_us)
{
    int32_t day = (int32_t)(at_us / DAY_US), month[2];
    for (size_t i = 0; months && i < months->len; i += sizeof month) {
        memcpy(month, months->data + i, sizeof month);
        if (day >= month[0] && day < month[1])
            return true;
    }
    return false;
}

static void put_row(struct projection *p, const struct line_context *c, const struct result_line *line, int ordinal,
                    int64_t at_us, int32_t target_no, int32_t task_no)
{
    char *to = copy_row_begin(&p->results, ROW_MAX, ROW_FIELDS);
    to = copy_int8(to, 0);
    to = copy_int8(to, at_us - PG_EPOCH_US);
    to = copy_int4(to, c->probe_no);
    to = target_no ? copy_int4(to, target_no) : copy_null(to);
    to = copy_int4(to, task_no);
    to = copy_int4(to, (int32_t)line->bytes);
    to = copy_int2(to, line->set->check_id);
    to = copy_int2(to, ordinal);
    to = line->af ? copy_int2(to, line->af) : copy_null(to);
    to = copy_int2(to, (int)line->outcome);
    to = copy_inet(to, line->addr.at, line->addr.len);
    to = copy_reals(to, line->metrics, line->present);
    to = copy_doubles(to, line->metrics, large(line));
    copy_row_end(&p->results, to);
    add_day(p, at_us);
}

static int add_row(struct projection *p, const struct line_context *c, const struct result_line *line, int ordinal,
                   int64_t at_us, struct fault *f)
{
    int32_t target_no = 0, task_no;
    int rc = dictionary_find(c->names->tasks, line->task.at, line->task.len, &task_no, f);
    if (rc == 0 && line->target.len > 0)
        rc = dictionary_find(c->names->targets, line->target.at, line->target.len, &target_no, f);
    if (rc < 0)
        return rc;
    if (!is_archived(c->time->archived, at_us))
        put_row(p, c, line, ordinal, at_us, target_no, task_no);
    const struct delegation_place place = {at_us, c->probe_no, target_no, ordinal};
    if (target_no && !strcmp(line->set->check, "delegation"))
        delegation_rows(line, &place, &p->servers);
    if (target_no && !strcmp(line->set->check, "edns"))
        edns_rows(line, &place, &p->edns);
    return 0;
}

static bool is_measured_then(const struct line_context *c, int64_t at_us)
{
    return at_us >= PROJECT_AT_MIN_US && at_us <= c->time->now_us + PROJECT_AT_AHEAD_US;
}

/* A row of it may be there, from a time when its numbers were allowed. */
static void add_day_of_wrong(struct projection *p, const struct line_context *c, const struct result_line *line)
{
    int64_t at_us;
    if (line_time(c, line, &at_us) && is_measured_then(c, at_us) && !is_archived(c->time->archived, at_us))
        add_day(p, at_us);
}

/* What any later reader of the line relies on. */
static int check_line(const struct line_context *c, const char *text, size_t len, struct fault *f)
{
    if (len > RESULT_LINE_MAX)
        return fault_set(f, -EFBIG, _("%zu bytes; at most %u are allowed"), len, RESULT_LINE_MAX);
    size_t bad = c->utf8 ? len : scan_utf8(text, len);
    return bad < len ? fault_set(f, -EBADMSG, _("byte %zu is not valid UTF-8"), bad + 1) : 0;
}

static int project_line(struct projection *p, const struct line_context *c, const char *text, size_t len, int ordinal,
                        struct fault *f)
{
    struct result_line line;
    struct fault why = {0};
    int64_t at_us;
    char detail[DETAIL_MAX];
    const char *reason = NULL;
    if (check_line(c, text, len, &why) < 0 || result_line_read(text, len, &line, &why) < 0) {
        add_problem(p, c->probe_no, ordinal, "malformed", why.text);
        return 0;
    }
    if (!line.set) {
        reason = "unknown_check";
        snprintf(detail, sizeof detail, "%.*s", (int)line.check.len, line.check.at);
    } else if (metric_judge(line.set, line.metrics, line.present, &why) < 0) {
        reason = "out_of_range";
        snprintf(detail, sizeof detail, "%.*s", DETAIL_MAX - 1, why.text);
        add_day_of_wrong(p, c, &line);
    } else if (!line_time(c, &line, &at_us)) {
        reason = "clock";
        p->clock = true;
        snprintf(detail, sizeof detail, "the probe's clock was not synchronised");
    } else if (!is_measured_then(c, at_us)) {
        char time[TIME_TEXT_SIZE];
        reason = line.sync ? "out_of_range" : "clock";
        snprintf(detail, sizeof detail, "%s is before 2020 or more than a day ahead", time_format(at_us, time));
    } else if (line.unknown.len > 0) {
        /* What is known is projected; the rest waits for an upgrade. */
        snprintf(detail, sizeof detail, "%.*s", (int)(line.unknown.len < 64 ? line.unknown.len : 64), line.unknown.at);
        add_problem(p, c->probe_no, ordinal, "unknown_metric", detail);
    }
    if (!reason)
        return add_row(p, c, &line, ordinal, at_us, f);
    add_problem(p, c->probe_no, ordinal, reason, detail);
    return 0;
}

int project_batch(struct batch *b, int32_t probe_no, const struct project_names *names, const struct project_time *time,
                  struct projection *ret, struct fault *f)
{
    LANG_SCOPE(LANG_EN); /* problems are kept: they are data */
    struct fault why = {0};
    size_t cursor = 0, len;
    const char *line;
    if (batch_unpack(b, &why) != BATCH_FINE) {
        add_problem(ret, probe_no, 0, "body", why.text);
        return 0;
    }
    const struct line_context c = {b, names, probe_no, time,
                                   scan_utf8(b->results.data, b->results.len) == b->results.len};
    for (int ordinal = 0; batch_next(b, &cursor, &line, &len); ordinal++) {
        int rc = project_line(ret, &c, line, len, ordinal, f);
        if (rc < 0)
            return rc;
    }
    return 0;
}

void project_number(struct projection *p, int64_t batch_no)
{
    copy_rows_number(&p->results, batch_no);
    copy_rows_number(&p->problems, batch_no);
    copy_rows_number(&p->servers, batch_no);
    copy_rows_number(&p->edns, batch_no);
}

void project_clear(struct projection *p)
{
    copy_rows_clear(&p->results);
    copy_rows_clear(&p->problems);
    copy_rows_clear(&p->servers);
    copy_rows_clear(&p->edns);
    buf_clear(&p->days);
    p->clock = false;
}

void project_free(struct projection *p)
{
    copy_rows_free(&p->results);
    copy_rows_free(&p->problems);
    copy_rows_free(&p->servers);
    copy_rows_free(&p->edns);
    buf_free(&p->days);
}
