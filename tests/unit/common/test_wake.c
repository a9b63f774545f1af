#include "tests/unit/check.h"

#include <errno.h>

#include "common/alloc.h"
#include "common/wake.h"

static double seconds(struct timespec t)
{
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void moments_are_whole(void **state)
{
    static const long rows[] = {0, 1, 999, 1000, 1999, 3600000};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct timespec before, after, until;
        clock_gettime(CLOCK_MONOTONIC, &before);
        until = wake_after_ms(rows[i]);
        clock_gettime(CLOCK_MONOTONIC, &after);
        assert_in_range(until.tv_nsec, 0, 999999999);
        double ms = (double)rows[i] / 1000;
        assert_true(seconds(until) >= seconds(before) + ms - 1e-6 && seconds(until) <= seconds(after) + ms + 1e-6);
    }
}

/* On the wall's clock this moment would be decades ago: the wait would end at once. */
static void waits_by_the_clock_that_nobody_sets(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    wake_init(&never);
    struct timespec until = wake_after_ms(50), after;
    pthread_mutex_lock(&lock);
    int rc;
    while ((rc = pthread_cond_timedwait(&never, &lock, &until)) == 0)
        ;
    pthread_mutex_unlock(&lock);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(rc, ETIMEDOUT);
    assert_true(seconds(after) >= seconds(until));
    pthread_cond_destroy(&never);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_whole),
        cmocka_unit_test(waits_by_the_clock_that_nobody_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
