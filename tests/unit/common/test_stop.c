#include "tests/unit/check.h"

#include <errno.h>
#include <signal.h>

#include "common/stop.h"

static void both_wait_and_are_taken(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    struct fault f;
    for (size_t i = 0; i < 2; i++) {
        stop_hold();
        assert_false(stop_asked());
        raise(signals[i]); /* would end the test */
        raise(signals[i]);
        assert_true(stop_asked());
        assert_int_equal(stop_check(&f), -EINTR);
        stop_release();
        assert_false(stop_asked());
        assert_int_equal(stop_check(&f), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_wait_and_are_taken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
