#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "collector/http/limiter.h"
#include "common/alloc.h"

#define S INT64_C(1000000)

static const struct sockaddr *address(const char *text)
{
    static struct sockaddr_storage room;
    room = (struct sockaddr_storage){0};
    struct sockaddr_in *four = (struct sockaddr_in *)&room;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&room;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        room.ss_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
        room.ss_family = AF_INET6;
    }
    return (const struct sockaddr *)&room;
}

/* How many of `tries` packets at once are let through. */
static int allowed(struct limiter *l, const char *from, int64_t at_us, int tries)
{
    int n = 0;
    for (int i = 0; i < tries; i++)
        n += limiter_allow(l, address(from), at_us);
    return n;
}

static void a_network_has_its_burst_and_its_rate(void **state)
{
    struct limiter *l = limiter_new(2, 5, 1e9);
    assert_int_equal(allowed(l, "192.0.2.1", S, 20), 5);
    assert_int_equal(allowed(l, "192.0.2.1", S, 20), 0);
    assert_int_equal(allowed(l, "192.0.2.1", 2 * S, 20), 2);
    assert_int_equal(allowed(l, "192.0.2.1", 2 * S + S / 2, 20), 1);
    assert_int_equal(allowed(l, "192.0.2.1", 1000 * S, 20), 5); /* a rest gives the burst, not more */
    limiter_free(l);
}

static void a_network_is_a_24_or_a_48(void **state)
{
    static const struct {
        const char *first, *second;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.254", true},
        {"192.0.2.1", "192.0.3.1", false},
        {"192.0.2.1", "::ffff:192.0.2.9", true}, /* IPv4 in IPv6's clothes */
        {"2001:db8:1::1", "2001:db8:1:ffff::1", true},
        {"2001:db8:1::1", "2001:db8:2::1", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limiter *l = limiter_new(1, 3, 1e9);
        assert_int_equal(allowed(l, rows[i].first, S, 3), 3);
        assert_int_equal(allowed(l, rows[i].second, S, 3), rows[i].same ? 0 : 3);
        limiter_free(l);
    }
}

static void the_sum_is_limited_too(void **state)
{
    struct limiter *l = limiter_new(10, 10, 25);
    int n = 0;
    for (int i = 0; i < 50; i++) {
        char from[32];
        snprintf(from, sizeof from, "10.%d.0.1", i);
        n += allowed(l, from, S, 10);
    }
    assert_int_equal(n, 25);
    limiter_free(l);
}

static void a_clock_that_stands_still_or_goes_back_gives_nothing(void **state)
{
    struct limiter *l = limiter_new(1, 2, 1e9);
    assert_int_equal(allowed(l, "192.0.2.1", 10 * S, 5), 2);
    assert_int_equal(allowed(l, "192.0.2.1", 5 * S, 5), 0);
    limiter_free(l);
}

/* What is only looked at costs nothing; what is spent beyond nothing is no debt. */
static void looking_is_not_spending(void **state)
{
    struct limiter *l = limiter_new(1, 2, 1e9);
    for (int i = 0; i < 10; i++)
        assert_true(limiter_open(l, "net", 3, S));
    for (int i = 0; i < 10; i++)
        limiter_spend(l, "net", 3, S);
    assert_false(limiter_open(l, "net", 3, S));
    assert_true(limiter_open(l, "net", 3, 2 * S));
    limiter_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_has_its_burst_and_its_rate),
        cmocka_unit_test(a_network_is_a_24_or_a_48),
        cmocka_unit_test(the_sum_is_limited_too),
        cmocka_unit_test(a_clock_that_stands_still_or_goes_back_gives_nothing),
        cmocka_unit_test(looking_is_not_spending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
