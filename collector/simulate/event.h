/* What happens in a simulated country: outages and the like, as a file lists
 * them. CSV with a line of names and a row an event:
 *
 *   start,duration,department,operator,kind,size
 *   2025-03-10T18:00,6h,BJ-BO,,outage,0.8
 *
 * start is a day, or a day and an hour, in the country's time; duration hours (6h)
 * or days (3d); department and operator empty: all of them; kind and size:
 *   outage    that part of the lines has no Internet (0 to 1)
 *   slow      round trips take that many times longer, throughput is that many
 *             times less (above 1; together never more than 1000 times)
 *   dns       that part of the questions stays without an answer (0 to 1)
 *   shutdown  no line has any Internet; size is empty */
#pragma once

#include <stdint.h>

#include "collector/simulate/nation.h"
#include "common/buf.h"

#define EVENTS_MAX       200
#define EVENTS_BYTES_MAX (1u << 20)

enum event_kind { EVENT_OUTAGE, EVENT_SLOW, EVENT_DNS, EVENT_SHUTDOWN };

struct event {
    int64_t from, to;         /* hours since 1970-01-01T00:00 in the country's time; to is the first after */
    int department, operator; /* -1: all */
    enum event_kind kind;
    double size;
};

struct events {
    struct event list[EVENTS_MAX];
    size_t count;
};

/* text: a whole file, UTF-8. -EBADMSG: f names line, column and cure; without the
 * file's name. A file with the line of names alone, or nothing, has no events. */
int events_read(const struct buf *text, const struct nation *n, struct events *ret, struct fault *f) CHECKED;

/* How it is at an hour, for a line of an operator in a department. */
struct moment {
    double slow;   /* 1: as ever */
    double cut;    /* the chance that the line has no Internet: 0 or 1 of a line, anything of a population */
    double silent; /* the part of questions without an answer, beside the line's own */
};
#define EVENTS_ANY_LINE UINT64_MAX /* the mean over all lines */
struct moment events_at(const struct events *e, const struct nation *n, int64_t hour, size_t operator,
                        size_t department, uint64_t line);
/* Does any event touch these hours of such a line; and are two places met by the same events? */
bool events_meet(const struct events *e, int64_t from, int64_t to, size_t operator, size_t department);
bool events_same(const struct events *e, size_t operator, size_t department, size_t other_operator,
                 size_t other_department);
