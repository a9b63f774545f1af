#include "tests/unit/check.h"

#include <errno.h>
#include <glob.h>

#include "collector/db/remake.h"
#include "collector/db/schema.h"

/* A file's text is the names of the files that it needs, each followed by a
 * space; "!" fails in another way. */
struct world {
    char made[256]; /* paths in the order in which they were made, each followed by a space */
    unsigned tried;
};

static int make(void *ctx, const struct embedded *file, struct fault *f)
{
    struct world *w = ctx;
    w->tried++;
    if (*file->text == '!')
        return fault_set(f, -EIO, "syntax error");
    for (const char *at = file->text; *at; at += strcspn(at, " ") + 1) {
        char need[8];
        snprintf(need, sizeof need, "%.*s ", (int)strcspn(at, " "), at);
        if (!strstr(w->made, need))
            return fault_set(f, -ENOENT, "no %s", need);
    }
    strcat(strcat(w->made, file->path), " ");
    return 0;
}

static void files_are_made_in_the_order_that_they_need(void **state)
{
    static const struct {
        struct embedded files[5];
        int rc;
        const char *made, *said; /* said: NULL when all went well */
    } cases[] = {
        {{{NULL, NULL, 0}}, 0, "", NULL},
        {{{"a", "", 0}, {"b", "a ", 0}, {"c", "b a ", 0}}, 0, "a b c ", NULL},
        {{{"a", "c ", 0}, {"b", "a ", 0}, {"c", "", 0}}, 0, "c a b ", NULL},
        {{{"a", "b ", 0}, {"b", "c ", 0}, {"c", "d ", 0}, {"d", "", 0}}, 0, "d c b a ", NULL},
        /* two that need each other, and one that needs what nobody makes */
        {{{"a", "b ", 0}, {"b", "a ", 0}, {"c", "", 0}}, -ENOENT, "c ", "a: no b ; b: no a "},
        {{{"a", "x ", 0}, {"b", "", 0}, {"c", "a ", 0}}, -ENOENT, "b ", "a: no x ; c: no a "},
        {{{"a", "", 0}, {"b", "!", 0}, {"c", "", 0}}, -EIO, "a ", "b: syntax error"},
        {{{"a", "c ", 0}, {"b", "!", 0}, {"c", "", 0}}, -EIO, "", "b: syntax error"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct embedded *files[COUNT(cases[i].files)];
        struct world w = {0};
        struct fault f = {0};
        size_t count = 0;
        while (cases[i].files[count].path) {
            files[count] = &cases[i].files[count];
            count++;
        }
        assert_int_equal(remake_in_order(files, count, make, &w, &f), cases[i].rc);
        assert_string_equal(w.made, cases[i].made);
        assert_string_equal(f.text, cases[i].said ? cases[i].said : "");
    }
}

static void nothing_is_tried_again_that_is_made(void **state)
{
    static const struct embedded a = {"a", "", 0}, b = {"b", "c ", 0}, c = {"c", "", 0};
    struct world w = {0};
    struct fault f = {0};
    assert_int_equal(remake_in_order((const struct embedded *const[]){&a, &b, &c}, 3, make, &w, &f), 0);
    assert_int_equal(w.tried, 4);
}

/* What lies in these folders is built in, listed nowhere. */
static void every_file_of_the_schema_is_carried(void **state)
{
    static const char *const patterns[] = {"migrations/*.sql", "roles.sql",       "functions/*.sql",      "views/*.sql",
                                           "indicators/*.sql", "schedule/*.json", "schedule/packs/*.json"};
    size_t found = 0;
    for (size_t p = 0; p < COUNT(patterns); p++) {
        _cleanup_text_ char *pattern = alloc_format("%s/%s", SCHEMA, patterns[p]);
        glob_t g;
        assert_int_equal(glob(pattern, 0, NULL, &g), 0);
        for (size_t i = 0; i < g.gl_pathc; i++)
            if (!schema_file(g.gl_pathv[i] + strlen(SCHEMA) + 1))
                fail_msg("%s is not built in", g.gl_pathv[i]);
        found += g.gl_pathc;
        globfree(&g);
    }
    assert_true(found > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_made_in_the_order_that_they_need),
        cmocka_unit_test(nothing_is_tried_again_that_is_made),
        cmocka_unit_test(every_file_of_the_schema_is_carried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
