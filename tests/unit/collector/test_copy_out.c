#include "tests/unit/check.h"

#include "collector/db/copy.h"
#include "collector/db/copy_out.h"

/* What was written is read: a row's fields, as they come in the message. */
static struct copy_out from(const char *bytes, const char *end)
{
    return (struct copy_out){.at = (const unsigned char *)bytes, .end = (const unsigned char *)end};
}

static void numbers(void **state)
{
    char b[256], *to = b;
    to = copy_int2(to, -2);
    to = copy_int4(to, INT32_MIN);
    to = copy_int8(to, INT64_C(-72623859790382856));
    to = copy_null(to);
    to = copy_bytes(to, "\1", 1);
    to = copy_bytes(to, "text", 4);
    struct copy_out o = from(b, to);
    size_t len;
    assert_int_equal(copy_out_int(&o, 7), -2);
    assert_int_equal(copy_out_int(&o, 7), INT32_MIN);
    assert_int_equal(copy_out_int(&o, 7), INT64_C(-72623859790382856));
    assert_int_equal(copy_out_int(&o, 7), 7);
    assert_int_equal(copy_out_int(&o, 7), 1);
    assert_memory_equal(copy_out_bytes(&o, &len), "text", 4);
    assert_int_equal(len, 4);
    assert_int_equal(copy_out_int(&o, 7), 7); /* no field is left */
}

static void arrays(void **state)
{
    char b[512], *to = b;
    const double doubles[] = {1.5, 0, 1e300};
    const float reals[] = {0.25f, 0, -3};
    const int16_t shorts[] = {-5, 6};
    const int32_t ints[] = {70000};
    to = copy_doubles_of(to, doubles, 5, 3);
    to = copy_reals_of(to, reals, 7, 3);
    to = copy_reals_of(to, reals, 0, 0);
    to = copy_null(to);
    to = copy_int2s(to, shorts, 2);
    to = copy_int4s(to, ints, 1);
    to = copy_int4s(to, ints, 0);
    struct copy_out o = from(b, to);
    double read[3] = {0};
    float narrow[3] = {0};
    int32_t whole[3] = {0};
    uint64_t present;
    assert_int_equal(copy_out_doubles(&o, read, &present, 3), 3);
    assert_int_equal(present, 5);
    assert_true(read[0] == 1.5 && read[2] == 1e300);
    assert_int_equal(copy_out_reals(&o, narrow, &present, 2), 2); /* no more than there is room for */
    assert_true(present == 3 && narrow[0] == 0.25f);
    assert_int_equal(copy_out_reals(&o, narrow, &present, 3), 0);
    assert_int_equal(copy_out_reals(&o, narrow, &present, 3), 0);
    assert_int_equal(copy_out_ints(&o, whole, 3), 2);
    assert_true(whole[0] == -5 && whole[1] == 6);
    assert_int_equal(copy_out_ints(&o, whole, 3), 1);
    assert_int_equal(whole[0], 70000);
    assert_int_equal(copy_out_ints(&o, whole, 3), 0);
}

/* Fields that say they are longer than the message, at each length of it. */
static void cut(void **state)
{
    char b[128], *to = b;
    const float reals[] = {1, 2, 3};
    to = copy_reals_of(to, reals, 7, 3);
    for (const char *end = b; end < to; end++) {
        struct copy_out o = from(b, end);
        float values[3];
        uint64_t present;
        assert_int_equal(copy_out_reals(&o, values, &present, 3), 0);
        assert_int_equal(present, 0);
    }
}

static void floats(void **state)
{
    char b[128];
    const float values[] = {1.5f, -3, 0};
    float read[3] = {0};
    struct copy_out o = from(b, copy_floats(b, values, sizeof *values, COUNT(values)));
    assert_int_equal(copy_out_floats(&o, read, 2), 2);
    assert_true(read[0] == 1.5f && read[1] == -3);
    assert_int_equal(copy_out_floats(&o, read, 3), 0); /* no field is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(arrays), cmocka_unit_test(floats),
                                       cmocka_unit_test(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
