/* What a batch says of when and where the agent ran, on a clock of the test's. */
#include "tests/unit/check.h"

#include "agent/spool/epoch.h"
#include "common/json.h"

#define BOOT    "11111111-1111-4111-8111-111111111111"
#define EARLIER "22222222-2222-4222-8222-222222222222"

static int64_t wall_us, mono_us;
static bool synced;

static int64_t fake_wall(void *ctx)
{
    return wall_us;
}

static int64_t fake_mono(void *ctx)
{
    return mono_us;
}

static bool fake_synced(void *ctx)
{
    return synced;
}

static const char *fake_boot(void *ctx)
{
    return BOOT;
}

static const struct clock fake = {
    .wall_us = fake_wall, .mono_us = fake_mono, .synced = fake_synced, .boot_id = fake_boot};

static int set(void **state)
{
    wall_us = INT64_C(1764000000000000);
    mono_us = 5000000;
    synced = true;
    return 0;
}

static const char *text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static int64_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static void goes_from_the_last_seal_to_this_one(void **state)
{
    struct epoch e;
    epoch_init(&e, &fake);
    mono_us += 60000000;
    wall_us += 60000000;
    _cleanup_json_ json_t *begun = epoch_begin(&e);
    assert_int_equal(number(begun, "from_mono_us"), 5000000); /* the start, not the first result */
    assert_string_equal(text(begun, "since"), "2025-11-24T16:00:00.000000Z");
    assert_null(text(begun, "link"));
    struct journal_content c = {.epoch = begun, .boot = BOOT};
    struct batch_header h = {0};
    epoch_moment(&e, &c, &h);
    _cleanup_json_ json_t *list = epoch_end(&c, &h);
    const json_t *only = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 1);
    assert_int_equal(number(only, "to_mono_us"), 65000000);
    assert_string_equal(text(only, "boot"), BOOT);
    assert_null(json_object_get(begun, "boot")); /* the journal's own stays as it was */
    epoch_cover(&e, h.mono_us);
    synced = false;
    _cleanup_json_ json_t *next = epoch_begin(&e);
    assert_int_equal(number(next, "from_mono_us"), 65000000); /* no gap */
    assert_null(text(next, "since"));                         /* nobody knows */
    c.epoch = NULL;
    assert_null(epoch_end(&c, &h));
}

static void a_header_is_one_moment_of_the_results_own_boot(void **state)
{
    static const struct {
        const char *boot;
        bool has_last, now;
    } rows[] = {
        {BOOT, true, true},     /* it still runs */
        {EARLIER, true, false}, /* the power went: the last result tells */
        {EARLIER, false, true}, /* no result to tell */
        {"", false, true},
    };
    struct epoch e;
    epoch_init(&e, &fake);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct journal_content c = {.has_last = rows[i].has_last, .last_at_us = 11, .last_mono_us = 7};
        struct batch_header h = {0};
        strcpy(c.boot, rows[i].boot);
        epoch_moment(&e, &c, &h);
        if (h.mono_us != (rows[i].now ? mono_us : 7) || h.sealed_at_us != (rows[i].now ? wall_us : 11) ||
            h.sync != rows[i].now)
            fail_msg("row %zu: %lld", i, (long long)h.mono_us);
        assert_string_equal(h.boot, *rows[i].boot ? rows[i].boot : BOOT);
    }
}

static void never_ends_before_it_began(void **state)
{
    _cleanup_json_ json_t *begun = json_pack("{s:I}", "from_mono_us", (json_int_t)100);
    struct journal_content c = {.epoch = begun};
    struct batch_header h = {.mono_us = 7, .boot = EARLIER};
    _cleanup_json_ json_t *list = epoch_end(&c, &h);
    assert_int_equal(number(json_array_get(list, 0), "to_mono_us"), 100);
}

static void another_network_is_another_epoch(void **state)
{
    static const struct spool_network home = {"eth0", "192.0.2.0/24", "2001:db8::/48"};
    static const struct spool_network others[] = {{"wlan0", "192.0.2.0/24", "2001:db8::/48"},
                                                  {"eth0", "198.51.100.0/24", "2001:db8::/48"},
                                                  {"eth0", "192.0.2.0/24", ""}};
    struct epoch e;
    epoch_init(&e, &fake);
    assert_true(epoch_leaves(&e, &home));
    mono_us += 1000;
    epoch_move(&e, &home);
    assert_false(epoch_leaves(&e, &home));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_true(epoch_leaves(&e, &others[i]));
    _cleanup_json_ json_t *begun = epoch_begin(&e);
    assert_int_equal(number(begun, "from_mono_us"), mono_us);
    assert_string_equal(text(begun, "link"), "eth0");
    assert_string_equal(text(begun, "net"), "192.0.2.0/24");
    assert_string_equal(text(begun, "net6"), "2001:db8::/48");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(goes_from_the_last_seal_to_this_one, set),
        cmocka_unit_test_setup(a_header_is_one_moment_of_the_results_own_boot, set),
        cmocka_unit_test_setup(never_ends_before_it_began, set),
        cmocka_unit_test_setup(another_network_is_another_epoch, set),
    };
    return cmocka_run_group_tests_name("epoch", tests, NULL, NULL);
}
