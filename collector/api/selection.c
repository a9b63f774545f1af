#include "collector/api/selection.h"

#include <errno.h>

int selection_open(struct selection *s, const struct params *params)
{
    int64_t from_us, to_us;
    *s = (struct selection){.params = params};
    params_span(params, &from_us, &to_us);
    if (from_us >= to_us)
        return -EINVAL;
    time_format(from_us, s->from);
    time_format(to_us, s->to);
    return 0;
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
    if (s->params->values[PARAM_LIMIT])
        buf_addf(&s->sql, " LIMIT %s", s->params->values[PARAM_LIMIT]);
}
