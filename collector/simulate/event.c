#include "collector/simulate/event.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "collector/format/csv.h"
#include "collector/format/date.h"
#include "collector/simulate/draw.h"
#include "common/lang.h"
#include "common/scan.h"

enum column {
    COLUMN_START,
    COLUMN_DURATION,
    COLUMN_DEPARTMENT,
    COLUMN_OPERATOR,
    COLUMN_KIND,
    COLUMN_SIZE,
    COLUMN_COUNT
};
static const char *const columns[COLUMN_COUNT] = {"start", "duration", "department", "operator", "kind", "size"};
static const char *const kinds[] = {"outage", "slow", "dns", "shutdown"};
#define HOURS_MAX (366 * 24)
#define SLOW_MAX  1000 /* of one, and of all that meet: figures and what is true of them stay numbers */

/* ---- cells ---- */

static int read_start(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    int32_t day;
    unsigned hour = 0;
    char end = 0;
    size_t len = strlen(text);
    (void)n;
    bool timed = len == 16 && isdigit((unsigned char)text[11]) && isdigit((unsigned char)text[12]) &&
                 sscanf(text + 10, "T%2u:00%c", &hour, &end) == 1 && !strcmp(text + 13, ":00");
    if ((len == 10 || timed) && hour < 24 && date_read(text, &day) == 0) {
        e->from = (int64_t)day * 24 + hour;
        return 0;
    }
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no start; write a day such as 2025-03-10, or with its hour 2025-03-10T18:00"), text);
}

static int read_duration(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    unsigned count;
    char unit, end;
    (void)n;
    if (sscanf(text, "%4u%c%c", &count, &unit, &end) == 2 && count > 0 && (unit == 'h' || unit == 'd') &&
        strspn(text, "0123456789") == strlen(text) - 1 && count * (unit == 'd' ? 24 : 1) <= HOURS_MAX) {
        e->to = e->from + (int64_t)count * (unit == 'd' ? 24 : 1);
        return 0;
    }
    return fault_set(f, -EBADMSG, _("\"%s\" is no duration; write hours or days, such as 6h or 3d, at most a year"),
                     text);
}

static int read_department(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    e->department = *text ? nation_find_department(n, text) : -1;
    if (!*text || e->department >= 0)
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no department of the country pack; write its ISO 3166-2 code, or nothing for all"),
                     text);
}

static int read_operator(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    e->operator= * text ? nation_find_operator(n, text) : - 1;
    if (!*text || e->operator>= 0)
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no operator of the country pack; write its name as the pack has it, or "
                       "nothing for all"),
                     text);
}

static int read_kind(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    (void)n;
    for (size_t k = 0; k < COUNT(kinds); k++)
        if (!strcmp(text, kinds[k])) {
            e->kind = (enum event_kind)k;
            return 0;
        }
    return fault_set(f, -EBADMSG, _("\"%s\" is no kind of event; write outage, slow, dns or shutdown"), text);
}

static int read_size(const char *text, const struct nation *n, struct event *e, struct fault *f)
{
    char *end;
    double size = strtod(text, &end);
    bool number = *text && !*end && strspn(text, "0123456789.") == strlen(text);
    (void)n;
    e->size = number ? size : 1;
    if (e->kind == EVENT_SHUTDOWN)
        return !*text ? 0 : fault_set(f, -EBADMSG, _("a shutdown has no size; leave \"%s\" out"), text);
    if (e->kind == EVENT_SLOW)
        return number && size > 1 && size <= SLOW_MAX
                   ? 0
                   : fault_set(f, -EBADMSG,
                               _("\"%s\" is not how many times slower; write a number above 1 and up to %d, such as 3"),
                               text, SLOW_MAX);
    return number && size > 0 && size <= 1
               ? 0
               : fault_set(f, -EBADMSG, _("\"%s\" is no part; write a number above 0 and up to 1, such as 0.8"), text);
}

/* ---- the file ---- */

static int (*const readers[COLUMN_COUNT])(const char *, const struct nation *, struct event *, struct fault *) = {
    read_start, read_duration, read_department, read_operator, read_kind, read_size,
};

static int at_line(const struct csv *c, int rc, struct fault *f)
{
    if (rc < 0)
        fault_prefix(f, _("line %zu: "), c->record_line);
    return rc;
}

static int check_names(const struct csv *c, struct fault *f)
{
    _cleanup_(buf_free) struct buf wanted = {0};
    bool good = c->count == COLUMN_COUNT;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        good = good && !strcmp(c->fields[i], columns[i]);
        buf_addf(&wanted, "%s%s", i ? "," : "", columns[i]);
    }
    return good ? 0 : fault_set(f, -EBADMSG, _("the names of the columns are wanted: %s"), wanted.data);
}

static int read_row(const struct csv *c, const struct nation *n, struct events *ret, struct fault *f)
{
    if (c->count != COLUMN_COUNT)
        return fault_set(f, -EBADMSG, _("%zu cells instead of %d; write one a column, empty ones between commas"),
                         c->count, (int)COLUMN_COUNT);
    if (ret->count == EVENTS_MAX)
        return fault_set(f, -EBADMSG, _("more than %d events; leave some out"), EVENTS_MAX);
    struct event *e = &ret->list[ret->count];
    int rc = 0;
    for (int i = 0; rc == 0 && i < COLUMN_COUNT; i++)
        rc = readers[i](c->fields[i], n, e, f);
    ret->count += rc == 0;
    return rc;
}

int events_read(const struct buf *text, const struct nation *n, struct events *ret, struct fault *f)
{
    _cleanup_(csv_free) struct csv c = {0};
    size_t good = scan_utf8(text->data, text->len);
    ret->count = 0;
    if (text->len == 0)
        return 0;
    if (good != text->len)
        return fault_set(f, -EBADMSG, _("octet %zu: not UTF-8; save the file as \"CSV UTF-8\""), good + 1);
    csv_start(&c, text->data, text->len);
    int rc = csv_next(&c, f);
    if (rc <= 0)
        return rc;
    rc = at_line(&c, check_names(&c, f), f);
    while (rc == 0 && (rc = csv_next(&c, f)) == 1)
        rc = at_line(&c, read_row(&c, n, ret, f), f);
    return rc;
}

/* ---- how it is ---- */

static bool concerns(const struct event *x, size_t operator, size_t department)
{
    return (x->operator<0 || x->operator==(int) operator) && (x->department < 0 || x->department == (int)department);
}

bool events_meet(const struct events *e, int64_t from, int64_t to, size_t operator, size_t department)
{
    for (size_t i = 0; i < e->count; i++)
        if (from < e->list[i].to && to > e->list[i].from && concerns(&e->list[i], operator, department))
            return true;
    return false;
}

bool events_same(const struct events *e, size_t operator, size_t department, size_t other_operator,
                 size_t other_department)
{
    for (size_t i = 0; i < e->count; i++)
        if (concerns(&e->list[i], operator, department) != concerns(&e->list[i], other_operator, other_department))
            return false;
    return true;
}

struct moment events_at(const struct events *e, const struct nation *n, int64_t hour, size_t operator,
                        size_t department, uint64_t line)
{
    struct moment m = {.slow = 1};
    for (size_t i = 0; i < e->count; i++) {
        const struct event *x = &e->list[i];
        if (hour < x->from || hour >= x->to || !concerns(x, operator, department))
            continue;
        uint64_t stream = draw_stream(n->seed, DRAW_EVENT, i, line);
        double met = line == EVENTS_ANY_LINE ? x->size : draw_chance(&stream, x->size);
        if (x->kind == EVENT_SLOW)
            m.slow = fmin(m.slow * x->size, SLOW_MAX);
        else if (x->kind == EVENT_DNS)
            m.silent = 1 - (1 - m.silent) * (1 - x->size);
        else
            m.cut = 1 - (1 - m.cut) * (1 - met);
    }
    return m;
}
