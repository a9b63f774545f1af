#include "tests/unit/check.h"

#include <errno.h>

#include "agent/uplink/timekeeper.h"
#include "common/json.h"
#include "common/statement.h"

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

static int64_t wall_now, mono_now;
static bool kernel_synced;

static int64_t fake_wall(void *ctx)
{
    return wall_now;
}

static int64_t fake_mono(void *ctx)
{
    return mono_now;
}

static bool fake_synced(void *ctx)
{
    return kernel_synced;
}

static const struct clock fake = {.wall_us = fake_wall, .mono_us = fake_mono, .synced = fake_synced};

/* A box that boots in 1970 learns the time, keeps it while the kernel's clock
 * is set to and fro, and gives way to the kernel once that is steered. */
static void follows_what_is_known(void **state)
{
    struct timekeeper t;
    const int64_t truth = 1795341600 * SECOND;
    wall_now = 100 * SECOND;
    mono_now = 7 * SECOND;
    kernel_synced = false;
    timekeeper_init(&t, &fake);
    assert_false(clock_synced(&t.clock));
    assert_int_equal(clock_wall_us(&t.clock), wall_now);
    assert_true(timekeeper_wants(&t));

    assert_true(timekeeper_learn(&t, 7 * SECOND, 7 * SECOND + 40000, truth));
    mono_now = 17 * SECOND + 20000;
    wall_now = 2147483648 * SECOND;
    assert_int_equal(clock_wall_us(&t.clock), truth + 10 * SECOND);
    assert_int_equal(clock_mono_us(&t.clock), mono_now);
    assert_true(clock_synced(&t.clock));
    assert_false(timekeeper_wants(&t));

    kernel_synced = true;
    assert_int_equal(clock_wall_us(&t.clock), wall_now);
    assert_true(clock_synced(&t.clock));
}

static void ages(void **state)
{
    struct timekeeper t;
    kernel_synced = false;
    mono_now = 0;
    timekeeper_init(&t, &fake);
    assert_true(timekeeper_learn(&t, 0, 20000, 0));
    mono_now = HOUR / 2;
    assert_false(timekeeper_wants(&t)); /* 0.18 s of drift */
    mono_now = HOUR;
    assert_true(timekeeper_wants(&t)); /* 0.36 s */
    assert_true(clock_synced(&t.clock));
    mono_now = 3 * HOUR;
    assert_false(clock_synced(&t.clock));                               /* 1.08 s */
    assert_true(timekeeper_learn(&t, mono_now, mono_now + 1800000, 5)); /* half is 0.9 s: better than 1.09 */
    assert_false(timekeeper_learn(&t, mono_now, mono_now + 1900000, 6));
    assert_false(timekeeper_learn(&t, mono_now, mono_now + 2 * SECOND + 10, 6));
    assert_false(timekeeper_learn(&t, mono_now, mono_now - 1, 6));
}

static void believes_the_pinned_key_and_its_own_nonce(void **state)
{
    struct sign_key key, other;
    struct identity identity = {.key_count = 1};
    struct fault f;
    int64_t us;
    assert_int_equal(sign_key_new(&key), 0);
    assert_int_equal(sign_key_new(&other), 0);
    memcpy(identity.keys[0], key.public, SIGN_PUBLIC_SIZE);
    _cleanup_json_ json_t *answer = json_pack("{s:i, s:s, s:s}", "time", 1, "nonce", "0123abcd", "at",
                                              "2026-11-22T10:00:00.000000Z");
    _cleanup_(buf_free) struct buf good = {0}, forged = {0};
    statement_write(&key, DOMAIN_TIME, answer, &good);
    statement_write(&other, DOMAIN_TIME, answer, &forged);
    assert_int_equal(timekeeper_read(&identity, "0123abcd", good.data, good.len, &us, &f), 0);
    assert_int_equal(us, 1795341600 * SECOND);
    assert_int_equal(timekeeper_read(&identity, "0123abce", good.data, good.len, &us, &f), -EBADMSG);
    assert_int_equal(timekeeper_read(&identity, "0123abcd", forged.data, forged.len, &us, &f), -EKEYREJECTED);
    assert_int_equal(timekeeper_read(&identity, "0123abcd", "<html>", 6, &us, &f), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_what_is_known),
        cmocka_unit_test(ages),
        cmocka_unit_test(believes_the_pinned_key_and_its_own_nonce),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
