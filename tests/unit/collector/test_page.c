#include "tests/unit/check.h"

#include <errno.h>
#include <stdio.h>

#include "collector/api/page.h"

/* Answers of rows of one letter each: what a page takes of them, and where it says that it goes on. */

static void read_page(struct page *p, const char *rows, char *ret_taken)
{
    size_t taken = 0;
    for (const char *row = rows; *row && !p->cut; row++) {
        const char text[] = {*row, '\0'};
        if (page_takes(p, (const char *const[]){text, NULL}, 2))
            ret_taken[taken++] = *row;
    }
    ret_taken[taken] = '\0';
}

static void pages_are_the_whole(void **state)
{
    static const char *const all[] = {"", "a", "abc", "aaaaaaaaa", "abcdefghij"};
    for (size_t a = 0; a < COUNT(all); a++)
        for (int limit = 1; limit < 12; limit++) {
            char limit_text[8], after[PAGE_AFTER_SIZE] = "", whole[32] = "";
            snprintf(limit_text, sizeof limit_text, "%d", limit);
            do {
                struct page p;
                char taken[32];
                assert_int_equal(page_open(&p, limit_text, *after ? after : NULL), 0);
                assert_int_equal(page_rows(&p), strlen(whole) + (size_t)limit + 1);
                read_page(&p, all[a], taken);
                assert_true(page_ends(&p));
                strcat(whole, taken);
                assert_int_equal(*p.next != '\0', strlen(whole) < strlen(all[a])); /* a cut answer says so, no other */
                memcpy(after, p.next, sizeof after);
            } while (*after);
            assert_string_equal(whole, all[a]);
        }
}

static void nobody_reads_on_in_other_rows(void **state)
{
    static const struct {
        const char *rows, *taken;
        bool moved;
    } then[] = {{"abcdef", "cd", false}, {"abxyz", "xy", false}, {"acdef", "", true}, {"xabcd", "", true},
                {"a", "", true},         {"", "", true},         {"ab", "", false}};
    struct page first;
    char taken[32];
    assert_int_equal(page_open(&first, "2", NULL), 0);
    read_page(&first, "abcdef", taken);
    assert_true(page_ends(&first));
    for (size_t t = 0; t < COUNT(then); t++) {
        struct page p;
        assert_int_equal(page_open(&p, "2", first.next), 0);
        read_page(&p, then[t].rows, taken);
        assert_int_equal(page_ends(&p), !then[t].moved);
        if (!then[t].moved)
            assert_string_equal(taken, then[t].taken);
    }
}

static void what_is_counted_alone_is_not_recognised(void **state)
{
    struct page p;
    char taken[32];
    assert_int_equal(page_open(&p, "3", "2"), 0);
    read_page(&p, "xyab", taken);
    assert_string_equal(taken, "ab");
    assert_true(page_ends(&p));
    page_next_counted(&p);
    assert_string_equal(p.next, "5");
    assert_int_equal(page_open(&p, NULL, "2"), 0); /* all that is left */
    assert_int_equal(page_rows(&p), 0);
    read_page(&p, "xyabcdefgh", taken);
    assert_string_equal(taken, "abcdefgh");
    assert_true(page_ends(&p));
    assert_string_equal(p.next, "");
}

static void absent_is_not_empty(void **state)
{
    struct page p, q;
    assert_int_equal(page_open(&p, "1", NULL), 0);
    assert_true(page_takes(&p, (const char *const[]){NULL, ""}, 2));
    assert_int_equal(page_open(&q, "1", NULL), 0);
    assert_true(page_takes(&q, (const char *const[]){"", NULL}, 2));
    assert_true(p.mark != q.mark);
}

static void only_what_a_link_says_is_a_place(void **state)
{
    static const char *const wrong[] = {"",
                                        "0",
                                        "-1",
                                        "_",
                                        "a",
                                        "12_",
                                        "12_00ff",
                                        "12_00000000000000fg",
                                        "12_00000000000000ff0",
                                        "12_00000000000000ff_1",
                                        "99999999999999999999",
                                        "9223372036854775807",
                                        "1000000000000001",
                                        "9223372036854775807_00000000000000ff",
                                        "0_00000000000000ff",
                                        "1 ",
                                        " 1",
                                        "+1"};
    static const char *const no_place[] = {"",       "1",      "1_2",     "1_2_",      "1_2_3_",
                                           "1_2_3 ", "_2_3",   "1_2_-1",  "1_2_99999", "1_99999999999999999999_3",
                                           "1__3",   "1_2_3x", "1_2_3_4", " 1_2_3",    "1_+2_3"};
    struct page p;
    struct page_place place;
    for (size_t w = 0; w < COUNT(wrong); w++)
        if (page_open(&p, "5", wrong[w]) != -EINVAL)
            fail_msg("\"%s\" is taken", wrong[w]);
    for (size_t w = 0; w < COUNT(no_place); w++)
        if (page_place_read(no_place[w], &place) != -EINVAL)
            fail_msg("\"%s\" is taken", no_place[w]);
}

static void a_place_comes_back(void **state)
{
    static const struct page_place places[] = {
        {1795825800000001, 1, 2}, {-62135596800000000, INT64_MAX, INT16_MAX}, {0}};
    for (size_t i = 0; i < COUNT(places); i++) {
        char text[PAGE_AFTER_SIZE];
        struct page_place read;
        page_place_write(&places[i], text);
        assert_int_equal(page_place_read(text, &read), 0);
        assert_true(read.at_us == places[i].at_us && read.batch_no == places[i].batch_no &&
                    read.ordinal == places[i].ordinal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_the_whole),
        cmocka_unit_test(nobody_reads_on_in_other_rows),
        cmocka_unit_test(what_is_counted_alone_is_not_recognised),
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(only_what_a_link_says_is_a_place),
        cmocka_unit_test(a_place_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
