#include "tests/unit/check.h"

#include "agent/dns/answers.h"

/* The header of an answer without records: its id tells it from others. */
static void keep(struct answers *a, const char *name, const char *type, char id)
{
    const char bytes[] = {0, id, (char)0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    answers_keep(a, name, type, (const uint8_t *)bytes, sizeof bytes);
}

/* A name is one name in large and small letters; each type has its own answer, and the first stays. */
static void finds_what_was_asked(void **state)
{
    struct answers *a = answers_new();
    assert_null(answers_find(a, "bj.", "DS"));
    keep(a, "bj.", "DS", 1);
    keep(a, "bj.", "DNSKEY", 2);
    const struct packet *ds = answers_find(a, "BJ.", "ds");
    assert_non_null(ds);
    assert_true(packet_authoritative(ds));
    assert_true(ds != answers_find(a, "bj.", "DNSKEY"));
    assert_null(answers_find(a, "tg.", "DS"));
    keep(a, "Bj.", "DS", 3);
    assert_true(answers_find(a, "bj.", "DS") == ds);
    answers_free(a);
}

static void keeps_no_more_than_some_and_nothing_broken(void **state)
{
    struct answers *a = answers_new();
    answers_keep(a, "broken.", "A", (const uint8_t *)"\1\2\3", 3);
    assert_null(answers_find(a, "broken.", "A"));
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d.", i);
        keep(a, name, "A", 1);
    }
    assert_non_null(answers_find(a, "n0.", "A"));
    assert_null(answers_find(a, "n999.", "A"));
    answers_free(a);
    answers_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_asked),
        cmocka_unit_test(keeps_no_more_than_some_and_nothing_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
