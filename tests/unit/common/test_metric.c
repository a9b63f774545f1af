#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/limits.h"
#include "common/metric.h"

/* Values of a result by name, and what is said of them: NULL when they may be. */
struct row {
    const char *check;
    struct {
        const char *name;
        double value;
    } given[6];
    const char *says;
};

static const struct row rows[] = {
    {"ping", {{0}}, NULL},
    {"ping", {{"sent", 10}, {"rcvd", 9}, {"loss", 0.1}, {"rtt_min_ms", 0}}, NULL},
    /* Ranges: the ends belong to them. */
    {"ping", {{"rtt_min_ms", -1}}, "ping: rtt_min_ms is -1; 0 is the least that is allowed"},
    {"ping", {{"rtt_min_ms", -1e-9}}, "ping: rtt_min_ms is -1e-09; 0 is the least that is allowed"},
    {"ping", {{"rtt_max_ms", 3600000}}, NULL},
    {"ping", {{"rtt_max_ms", 3600001}}, "ping: rtt_max_ms is 3600001; 3600000 is the most that is allowed"},
    {"ping", {{"loss", 1.5}, {"sent", 2}}, "ping: loss is 1.5; 1 is the most that is allowed"},
    {"ping", {{"sent", 0}}, "ping: sent is 0; 1 is the least that is allowed"},
    {"ping", {{"sent", 1e-30}, {"rcvd", 3e38}}, "ping: sent is 1e-30; 1 is the least that is allowed"},
    {"ping", {{"sent", 1}, {"rcvd", 3e38}}, "ping: rcvd is 3e+38; 1000000000 is the most that is allowed"},
    {"ping", {{"sent", NAN}}, "ping: sent is nan; 1 is the least that is allowed"},
    {"ping", {{"rtt_p50_ms", INFINITY}}, "ping: rtt_p50_ms is inf; 3600000 is the most that is allowed"},
    {"stamp", {{"owd_forward_p50_ms", -3600000}}, NULL},
    {"tls", {{"days_to_expiry", -30.25}}, NULL},
    /* Whole numbers, each of them exactly. */
    {"ping", {{"sent", 1.5}}, "ping: sent is 1.5; it has to be a whole number"},
    {"dns", {{"rcode", 2.25}}, "dns: rcode is 2.25; it has to be a whole number"},
    {"ping", {{"sent", 16777217}, {"rcvd", 16777217}, {"loss", 0}}, NULL},
    {"ping",
     {{"sent", 16777217}, {"rcvd", 16777218}},
     "ping: rcvd is 16777218; sent, which is 16777217, is the most that is allowed"},
    {"throughput", {{"bytes_used", 999999999999}}, NULL},
    {"traceroute", {{"reached", 1}, {"hops", 1}}, NULL},
    {"traceroute", {{"reached", 2}}, "traceroute: reached is 2; 1 is the most that is allowed"},
    /* At most. */
    {"ping", {{"rcvd", 11}, {"sent", 10}}, "ping: rcvd is 11; sent, which is 10, is the most that is allowed"},
    {"ping",
     {{"rtt_min_ms", 3}, {"rtt_p50_ms", 2}},
     "ping: rtt_min_ms is 3; rtt_p50_ms, which is 2, is the most that is allowed"},
    {"tcp",
     {{"rtt_p50_ms", 3}, {"rtt_p95_ms", 2}},
     "tcp: rtt_p50_ms is 3; rtt_p95_ms, which is 2, is the most that is allowed"},
    {"stamp",
     {{"rtt_p95_ms", 3}, {"rtt_max_ms", 2}},
     "stamp: rtt_p95_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"},
    {"ping",
     {{"rtt_min_ms", 3}, {"rtt_max_ms", 2}},
     "ping: rtt_min_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"},
    {"tcp",
     {{"rtt_min_ms", 3}, {"rtt_p95_ms", 2}},
     "tcp: rtt_min_ms is 3; rtt_p95_ms, which is 2, is the most that is allowed"},
    {"stamp",
     {{"rtt_p50_ms", 3}, {"rtt_max_ms", 2}},
     "stamp: rtt_p50_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"},
    {"ping",
     {{"rtt_min_ms", 3}, {"rtt_mean_ms", 2}},
     "ping: rtt_min_ms is 3; rtt_mean_ms, which is 2, is the most that is allowed"},
    {"ping",
     {{"rtt_mean_ms", 3}, {"rtt_max_ms", 2}},
     "ping: rtt_mean_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"},
    {"ping", {{"rtt_min_ms", 2}, {"rtt_mean_ms", 2}, {"rtt_p50_ms", 2}, {"rtt_p95_ms", 2}, {"rtt_max_ms", 2}}, NULL},
    {"ping",
     {{"pdv_p95_ms", 3}, {"rtt_max_ms", 2}},
     "ping: pdv_p95_ms is 3; rtt_max_ms, which is 2, is the most that is allowed"},
    /* The last of seven digits may differ, no more. */
    {"ping", {{"rtt_mean_ms", 12.34568}, {"rtt_max_ms", 12.34567}}, NULL},
    {"ping",
     {{"rtt_mean_ms", 12.3457}, {"rtt_max_ms", 12.3456}},
     "ping: rtt_mean_ms is 12.3457; rtt_max_ms, which is 12.3456, is the most that is allowed"},
    {"resolver",
     {{"failures", 3}, {"queries", 2}},
     "resolver: failures is 3; queries, which is 2, is the most that is allowed"},
    {"resolver",
     {{"names_ok", 3}, {"names", 2}},
     "resolver: names_ok is 3; names, which is 2, is the most that is allowed"},
    {"resolver",
     {{"names_blocked", 3}, {"names", 2}},
     "resolver: names_blocked is 3; names, which is 2, is the most that is allowed"},
    {"resolver",
     {{"names_rewritten", 3}, {"names", 2}},
     "resolver: names_rewritten is 3; names, which is 2, is the most that is allowed"},
    {"resolver",
     {{"names_inconsistent", 3}, {"names", 2}},
     "resolver: names_inconsistent is 3; names, which is 2, is the most that is allowed"},
    {"dnssec",
     {{"servers_bogus", 3}, {"servers_tested", 2}},
     "dnssec: servers_bogus is 3; servers_tested, which is 2, is the most that is allowed"},
    {"edns",
     {{"compliant", 3}, {"tested", 2}},
     "edns: compliant is 3; tested, which is 2, is the most that is allowed"},
    {"edns",
     {{"tested", 3}, {"addresses", 2}},
     "edns: tested is 3; addresses, which is 2, is the most that is allowed"},
    {"edns",
     {{"compliant", 3}, {"addresses", 2}},
     "edns: compliant is 3; addresses, which is 2, is the most that is allowed"},
    {"edns", {{"passed", 3}, {"tests", 2}}, "edns: passed is 3; tests, which is 2, is the most that is allowed"},
    {"delegation",
     {{"udp", 3}, {"tested", 2}},
     "delegation: udp is 3; tested, which is 2, is the most that is allowed"},
    {"delegation",
     {{"tcp", 3}, {"tested", 2}},
     "delegation: tcp is 3; tested, which is 2, is the most that is allowed"},
    {"delegation",
     {{"lame", 3}, {"tested", 2}},
     "delegation: lame is 3; tested, which is 2, is the most that is allowed"},
    {"delegation",
     {{"prefixes4", 3}, {"addresses4", 2}},
     "delegation: prefixes4 is 3; addresses4, which is 2, is the most that is allowed"},
    {"delegation",
     {{"prefixes6", 3}, {"addresses6", 2}},
     "delegation: prefixes6 is 3; addresses6, which is 2, is the most that is allowed"},
    /* Not without. */
    {"ping", {{"rcvd", 0}}, "ping: rcvd is 0; it says nothing without sent"},
    {"ping", {{"loss", 0.5}}, "ping: loss is 0.5; it says nothing without sent"},
    {"ping", {{"sent", 5}}, NULL},
    /* Loss. */
    {"ping", {{"sent", 3}, {"rcvd", 2}, {"loss", 0.333}}, NULL},
    {"ping",
     {{"sent", 3}, {"rcvd", 2}, {"loss", 0.332}},
     "ping: loss is 0.332; sent of 3 and rcvd of 2 make it 0.333333"},
    {"tcp", {{"sent", 10}, {"rcvd", 10}, {"loss", 1}}, "tcp: loss is 1; sent of 10 and rcvd of 10 make it 0"},
    {"stamp", {{"sent", 10}, {"rcvd", 0}, {"loss", 0}}, "stamp: loss is 0; sent of 10 and rcvd of 0 make it 1"},
    {"ping", {{"sent", 10}, {"loss", 0.7}}, NULL},
};

static int judge(const struct row *row, struct fault *f)
{
    const struct metric_set *set = metric_set_find(row->check, strlen(row->check));
    double values[METRICS_MAX] = {0};
    uint64_t present = 0;
    assert_non_null(set);
    for (size_t i = 0; i < COUNT(row->given) && row->given[i].name; i++) {
        int position = metric_position(set, row->given[i].name, strlen(row->given[i].name));
        assert_in_range(position, 0, set->count - 1);
        values[position] = row->given[i].value;
        present |= 1ull << position;
    }
    return metric_judge(set, values, present, f);
}

static void what_values_may_be(void **state)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        int rc = judge(&rows[i], &f);
        if (rc != (rows[i].says ? -ERANGE : 0) || strcmp(f.text, rows[i].says ? rows[i].says : "") != 0)
            fail_msg("row %zu: %d \"%s\", not \"%s\"", i, rc, f.text, rows[i].says ? rows[i].says : "");
    }
}

/* Of each metric of the registry, alone: both ends of its range and no step beyond. */
static void every_metric_has_its_range(void **state)
{
    for (size_t s = 0; s < metric_set_count; s++) {
        const struct metric_set *set = &metric_sets[s];
        for (int m = 0; m < set->count; m++) {
            double values[METRICS_MAX] = {0}, low = set->ranges[m].min, high = set->ranges[m].max;
            bool alone = true; /* it needs no other */
            for (int r = 0; r < set->rule_count; r++)
                alone = alone && !(set->rules[r].kind == RULE_NEEDS && set->rules[r].at[0] == m);
            const struct {
                double value;
                bool fine;
            } tries[] = {{low, alone},
                         {high, alone},
                         {nextafter(low, -INFINITY), false},
                         {nextafter(high, INFINITY), false},
                         {nextafter(low, INFINITY), alone && !(set->whole >> m & 1)}};
            assert_true(low < high);
            for (size_t t = 0; t < COUNT(tries); t++) {
                struct fault f = {0};
                values[m] = tries[t].value;
                if ((metric_judge(set, values, 1ull << m, &f) == 0) != tries[t].fine)
                    fail_msg("%s %s of %.17g: %s", set->check, set->metrics[m].name, values[m], f.text);
            }
        }
    }
}

/* Each rule of the registry is broken by some row above: none is there untried. */
static void every_rule_is_tried(void **state)
{
    for (size_t s = 0; s < metric_set_count; s++) {
        const struct metric_set *set = &metric_sets[s];
        for (int r = 0; r < set->rule_count; r++) {
            static const char *const words[] = {
                [RULE_AT_MOST] = ", which is ", [RULE_NEEDS] = "without", [RULE_LOSS] = " make it "};
            const char *first = set->metrics[set->rules[r].at[0]].name,
                       *second = set->metrics[set->rules[r].at[1]].name;
            bool tried = false;
            for (size_t i = 0; i < COUNT(rows) && !tried; i++)
                tried = rows[i].says && strstr(rows[i].says, words[set->rules[r].kind]) &&
                        strstr(rows[i].says, first) && strstr(rows[i].says, second);
            if (!tried)
                fail_msg("%s: no row breaks the rule of %s and %s", set->check, first, second);
        }
    }
}

static void names_are_found_whole(void **state)
{
    const struct metric_set *set = metric_set_find("ping", 4);
    assert_null(metric_set_find("pin", 3));
    assert_null(metric_set_find("pingo", 5));
    assert_null(metric_set_find("", 0));
    assert_int_equal(metric_position(set, "sent", 4), 6);
    assert_int_equal(metric_position(set, "sen", 3), -ENOENT);
    assert_int_equal(metric_position(set, "sentt", 5), -ENOENT);
    assert_int_equal(metric_position(set, "", 0), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_values_may_be),
        cmocka_unit_test(every_metric_has_its_range),
        cmocka_unit_test(every_rule_is_tried),
        cmocka_unit_test(names_are_found_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
