#include "collector/db/range.h"

/* A value as `result` has it, by position. */
static void value_sql(const struct metric_set *set, unsigned at, struct buf *out)
{
    if (set->whole >> at & 1)
        buf_addf(out, "coalesce(r.exact[%u], r.metrics[%u])", at + 1, at + 1);
    else
        buf_addf(out, "r.metrics[%u]", at + 1);
}

static void range_sql(const struct metric_set *set, unsigned at, struct buf *out)
{
    const struct metric_range *range = &set->ranges[at];
    value_sql(set, at, out);
    buf_addf(out, " NOT BETWEEN %.17g AND %.17g", range->min, range->max);
    if (set->whole >> at & 1) {
        buf_add_text(out, " OR ");
        value_sql(set, at, out);
        buf_add_text(out, " <> trunc(");
        value_sql(set, at, out);
        buf_add_text(out, ")");
    }
}

/* NULL where a metric is absent, which is not true; only `needs` asks for that. */
static void rule_sql(const struct metric_set *set, const struct metric_rule *rule, struct buf *out)
{
    const uint8_t *at = rule->at;
    switch ((enum metric_rule_kind)rule->kind) {
    case RULE_AT_MOST:
        value_sql(set, at[0], out);
        buf_add_text(out, " > ");
        value_sql(set, at[1], out);
        if (!(set->whole >> at[0] & 1))
            buf_addf(out, " + abs(r.metrics[%u]) * %g", at[1] + 1, METRIC_LAST_DIGIT);
        return;
    case RULE_LOSS:
        buf_addf(out, "abs(r.metrics[%u] - 1 + ", at[0] + 1);
        value_sql(set, at[1], out);
        buf_add_text(out, " / nullif(");
        value_sql(set, at[2], out);
        buf_addf(out, ", 0)) > %g", METRIC_LOSS_SLACK);
        return;
    case RULE_NEEDS:
        value_sql(set, at[0], out);
        buf_add_text(out, " IS NOT NULL AND ");
        value_sql(set, at[1], out);
        buf_add_text(out, " IS NULL");
    }
}

void range_broken_sql(const struct metric_set *set, struct buf *out)
{
    for (unsigned m = 0; m < set->count; m++) {
        buf_add_text(out, m ? " OR " : "");
        range_sql(set, m, out);
    }
    for (unsigned i = 0; i < set->rule_count; i++) {
        buf_add_text(out, " OR ");
        rule_sql(set, &set->rules[i], out);
    }
}
