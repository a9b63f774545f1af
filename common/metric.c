#include "common/metric.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/lang.h"

const struct metric_set *metric_set_find(const char *check, size_t len)
{
    for (size_t i = 0; i < metric_set_count; i++) {
        if (metric_sets[i].len == len && memcmp(metric_sets[i].check, check, len) == 0)
            return &metric_sets[i];
    }
    return NULL;
}

int metric_position(const struct metric_set *set, const char *name, size_t len)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->metrics[i].len == len && memcmp(set->metrics[i].name, name, len) == 0)
            return (int)i;
    }
    return -ENOENT;
}

/* ---- what values may be ---- */

struct values {
    const struct metric_set *set;
    const double *at;
    uint64_t present;
};

static bool has(const struct values *v, int position)
{
    return v->present >> position & 1;
}

static int judge_range(const struct values *v, int position, struct fault *f)
{
    const char *check = v->set->check, *name = v->set->metrics[position].name;
    const struct metric_range *range = &v->set->ranges[position];
    double value = v->at[position];
    if (!(value >= range->min))
        return fault_set(f, -ERANGE, _("%s: %s is %.15g; %.15g is the least that is allowed"), check, name, value,
                         range->min);
    if (value > range->max)
        return fault_set(f, -ERANGE, _("%s: %s is %.15g; %.15g is the most that is allowed"), check, name, value,
                         range->max);
    /* Within its range a whole number fits. */
    if (v->set->whole >> position & 1 && (double)(int64_t)value != value)
        return fault_set(f, -ERANGE, _("%s: %s is %.15g; it has to be a whole number"), check, name, value);
    return 0;
}

static int judge_at_most(const struct values *v, int a, int b, struct fault *f)
{
    double slack = v->set->whole >> a & 1 ? 0 : fabs(v->at[b]) * METRIC_LAST_DIGIT;
    if (!has(v, a) || !has(v, b) || v->at[a] <= v->at[b] + slack)
        return 0;
    return fault_set(f, -ERANGE, _("%s: %s is %.15g; %s, which is %.15g, is the most that is allowed"), v->set->check,
                     v->set->metrics[a].name, v->at[a], v->set->metrics[b].name, v->at[b]);
}

static int judge_loss(const struct values *v, int loss, int rcvd, int sent, struct fault *f)
{
    if (!has(v, loss) || !has(v, rcvd) || !has(v, sent))
        return 0;
    double made = 1 - v->at[rcvd] / v->at[sent];
    if (fabs(v->at[loss] - made) <= METRIC_LOSS_SLACK)
        return 0;
    return fault_set(f, -ERANGE, _("%s: %s is %.15g; %s of %.15g and %s of %.15g make it %.6g"), v->set->check,
                     v->set->metrics[loss].name, v->at[loss], v->set->metrics[sent].name, v->at[sent],
                     v->set->metrics[rcvd].name, v->at[rcvd], made);
}

static int judge_rule(const struct values *v, const struct metric_rule *rule, struct fault *f)
{
    switch ((enum metric_rule_kind)rule->kind) {
    case RULE_AT_MOST:
        return judge_at_most(v, rule->at[0], rule->at[1], f);
    case RULE_LOSS:
        return judge_loss(v, rule->at[0], rule->at[1], rule->at[2], f);
    case RULE_NEEDS:
        break;
    }
    if (!has(v, rule->at[0]) || has(v, rule->at[1]))
        return 0;
    return fault_set(f, -ERANGE, _("%s: %s is %.15g; it says nothing without %s"), v->set->check,
                     v->set->metrics[rule->at[0]].name, v->at[rule->at[0]], v->set->metrics[rule->at[1]].name);
}

int metric_judge(const struct metric_set *set, const double *values, uint64_t present, struct fault *f)
{
    const struct values v = {set, values, present};
    int rc = 0;
    for (uint64_t left = present; rc == 0 && left; left &= left - 1)
        rc = judge_range(&v, __builtin_ctzll(left), f);
    for (size_t i = 0; rc == 0 && i < set->rule_count; i++)
        rc = judge_rule(&v, &set->rules[i], f);
    return rc;
}
