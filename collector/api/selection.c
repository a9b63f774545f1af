#include "collector/api/selection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/lang.h"

static int refuse_after(const char *after, struct fault *f)
{
    return fault_set(f, -EINVAL,
                     _("after: \"%.40s\" is no place in this answer; follow the Link of the page before as it is"),
                     after);
}

/* Where the page begins: behind a place, or behind so many rows. */
static int open_page(struct selection *s, bool has_places, struct fault *f)
{
    const char *after = s->params->values[PARAM_AFTER];
    struct page_place place;
    if (page_open(&s->page, s->params->values[PARAM_LIMIT], has_places ? NULL : after) < 0)
        return refuse_after(after, f);
    if (!has_places || !after)
        return 0;
    if (page_place_read(after, &place) < 0 || place.at_us < TIME_FIRST_US)
        return refuse_after(after, f);
    time_format(place.at_us, s->after[0]);
    snprintf(s->after[1], sizeof s->after[1], "%lld", (long long)place.batch_no);
    snprintf(s->after[2], sizeof s->after[2], "%d", place.ordinal);
    return 0;
}

int selection_open(struct selection *s, const struct params *params, bool has_places, struct fault *f)
{
    int64_t from_us, to_us;
    *s = (struct selection){.params = params};
    params_span(params, &from_us, &to_us);
    const char *to = params->values[PARAM_TO];
    if (from_us == to_us && to && strchr(to, ':'))
        return fault_set(f, -EINVAL,
                         _("from: is the moment of `to`, before which an answer ends: nothing lies between them; write "
                           "a later `to`, or the same day for both"));
    if (from_us >= to_us)
        return fault_set(f, -EINVAL, _("from: lies behind `to`; swap them"));
    time_format(from_us, s->from);
    time_format(to_us, s->to);
    return open_page(s, has_places, f);
}

void selection_free(struct selection *s)
{
    buf_free(&s->sql);
}

int selection_bind(struct selection *s, const char *value)
{
    s->values[s->count] = value;
    return ++s->count;
}

void selection_narrow(struct selection *s, enum param p, const char *condition)
{
    if (s->params->values[p])
        buf_addf(&s->sql, " AND %s $%d", condition, selection_bind(s, s->params->values[p]));
}

void selection_limit(struct selection *s)
{
    if (page_rows(&s->page) > 0)
        buf_addf(&s->sql, " LIMIT %zu", page_rows(&s->page));
}
