#include "tests/unit/check.h"

#include <errno.h>

#include "common/fault.h"

/* Said through a name of its own, as a caller would that hands the text down. */
static void its_own_text_may_be_put_in(void **state)
{
    struct fault f;
    const char *said = f.text;
    assert_int_equal(fault_set(&f, -EIO, "the disk"), -EIO);
    assert_int_equal(fault_set(&f, -ENOTCONN, "%s and %s", said, "more"), -ENOTCONN);
    assert_string_equal(f.text, "the disk and more");
    fault_prefix(&f, "(%s) ", said);
    assert_string_equal(f.text, "(the disk and more) the disk and more");
    assert_int_equal(f.code, -ENOTCONN);
}

static void too_long_a_text_is_cut(void **state)
{
    struct fault f;
    char text[2 * FAULT_TEXT_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(fault_set(&f, -EIO, "%s", text), -EIO);
    assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);
    fault_prefix(&f, "before ");
    assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);
    assert_memory_equal(f.text, "before xxx", 10);
    assert_int_equal(fault_set(NULL, -EIO, "nobody listens"), -EIO);
    fault_prefix(NULL, "nobody ");
}

/* A peer's words in it do not move a terminal, nor begin a line in a log. */
static void has_no_control_characters(void **state)
{
    struct fault f;
    assert_int_equal(fault_set(&f, -EIO, "%s: %s", "a", "\x1b[2J\nerror: b"), -EIO);
    assert_string_equal(f.text, "a:  [2J error: b");
    fault_prefix(&f, "%s ", "\xc2\x9bm");
    assert_string_equal(f.text, "  m a:  [2J error: b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_text_may_be_put_in),
        cmocka_unit_test(too_long_a_text_is_cut),
        cmocka_unit_test(has_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
