#include "tests/unit/check.h"

#include "collector/http/path.h"
#include "common/alloc.h"

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONGEST HUNDRED TEN TEN "01234567"

static void matches(void **state)
{
    static const struct {
        const char *pattern, *path, *id; /* id: NULL when it does not match or has no such member */
        bool matches;
    } rows[] = {
        {"/", "/", NULL, true},
        {"/", "", NULL, false},
        {"/", "/fr", NULL, false},
        {"/fr/", "/fr/", NULL, true},
        {"/fr/", "/fr", NULL, false},
        {"/fr", "/fr/", NULL, false},
        {"/tree/*", "/tree/", NULL, true},
        {"/tree/*", "/tree/a/b", NULL, true},
        {"/tree/*", "/tree", NULL, false},
        {"/tree/*", "/tree/*x", NULL, true},
        {"*", "", NULL, true},
        {"/op/{id}", "/op/3", "3", true},
        {"/op/{id}", "/op/MTN Bénin", "MTN Bénin", true},
        {"/op/{id}", "/op/{id}", "{id}", true},
        {"/op/{id}", "/op/*", "*", true},
        {"/op/{id}", "/op/%41", "%41", true}, /* decoded once already */
        {"/op/{id}", "/op/..", "..", true},
        {"/op/{id}", "/op/", NULL, false}, /* empty */
        {"/op/{id}", "/op", NULL, false},
        {"/op/{id}", "/op/3/", NULL, false}, /* a slash */
        {"/op/{id}", "/op/3/4", NULL, false},
        {"/op/{id}", "/op//3", NULL, false},
        {"/op/{id}", "/op/" LONGEST, LONGEST, true},
        {"/op/{id}", "/op/" LONGEST "x", NULL, false},
        {"/op/{id}", "/op/\xff", NULL, false},
        {"/op/{id}", "/op/\xC3", NULL, false}, /* cut in a letter */
        {"/op/{id}", "/op/a\nb", NULL, false},
        {"/op/{id}", "/op/\x7f", NULL, false},
        {"/op/{id}/year", "/op/3/year", "3", true},
        {"/op/{id}/year", "/op/3", NULL, false},
        {"/op/{id}/year", "/op/3/years", NULL, false},
        {"/op/{id}/year", "/op//year", NULL, false},
        {"/op/{name}/{id}", "/op/MTN/2026", "2026", true},
        {"/op/{id}/{name}", "/op/MTN/2026", "MTN", true},
        {"/op/{id}/{name}", "/op/MTN/", NULL, false},
        {"/op/{idea}", "/op/3", NULL, true}, /* of another name */
        {"/op/{id}/*", "/op/3/a/b", "3", true},
        {"/op/{id}/*", "/op//a/b", NULL, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[PATH_MEMBER_SIZE] = "untouched";
        bool matches = path_matches(rows[i].pattern, rows[i].path);
        const char *id = matches ? path_member(rows[i].pattern, rows[i].path, "id", text) : NULL;
        if (matches != rows[i].matches || !id != !rows[i].id || (id && strcmp(id, rows[i].id) != 0))
            fail_msg("%s, %s: %d, %s", rows[i].pattern, rows[i].path, matches, id ? id : "none");
    }
}

/* Each row's first goes before the second, wherever they stand in a table. */
static void the_closer_goes_first(void **state)
{
    static const char *const rows[][2] = {
        {"/op/list", "/op/{id}"},
        {"/op/list", "/op/*"},
        {"/op/{id}", "/op/*"},
        {"/op/", "/op/*"},
        {"/op/", "/*"},
        {"/tree/a*", "/tree/*"},
        {"/op/list/{id}", "/op/{id}/list"}, /* from the left on */
        {"/op/{id}/list", "/op/{operator}/{year}"},
        {"/op/{id}/{year}", "/op/{id}/*"},
        {"/op/{id}/x", "/*"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (!path_closer(rows[i][0], rows[i][1]) || path_closer(rows[i][1], rows[i][0]))
            fail_msg("%s, %s", rows[i][0], rows[i][1]);
    assert_false(path_closer("/op/{id}", "/op/{name}") || path_closer("/op/{name}", "/op/{id}"));
}

static void links_have_the_same_members(void **state)
{
    static const struct {
        const char *to, *pattern, *path, *link;
    } rows[] = {
        {"/en/", "/fr/", "/fr/", "/en/"},
        {"/en/operator/{id}", "/fr/operateur/{id}", "/fr/operateur/3", "/en/operator/3"},
        {"/en/{b}/{a}/x", "/fr/{a}/{b}", "/fr/1/2", "/en/2/1/x"},
        {"/en/{id}", "/fr/{id}", "/fr/MTN Bénin", "/en/MTN%20B%C3%A9nin"},
        {"/en/{id}", "/fr/{id}", "/fr/a%b\"<?#&", "/en/a%25b%22%3C%3F%23%26"},
        {"/en/{none}.", "/fr/{id}", "/fr/3", "/en/."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf out = {0};
        path_write(rows[i].to, rows[i].pattern, rows[i].path, &out);
        assert_string_equal(out.data, rows[i].link);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(the_closer_goes_first),
                                       cmocka_unit_test(links_have_the_same_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
