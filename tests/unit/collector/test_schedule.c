#include "tests/unit/folder.h"

#include <errno.h>

#include "collector/probe/schedule.h"
#include "common/file.h"
#include "common/json.h"

#define TASK(name)     "{\"name\":\"" name "\",\"check\":\"ping\",\"target\":\"a.example\",\"interval_s\":300}"
#define FILE_OF(tasks) "{\"schedule\":1,\"version\":3,\"tasks\":[" tasks "]}"

#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char path[96];

static int in_a_fresh_state(void **state)
{
    in_a_fresh_folder(state);
    snprintf(path, sizeof path, "%s/schedule.json", dir);
    return 0;
}

static int load(const char *text, const char *packs, json_t **ret, struct fault *f)
{
    *f = (struct fault){0};
    *ret = NULL;
    assert_int_equal(file_write_atomic(path, text, strlen(text), 0600, f), 0);
    return schedule_load(path, packs, NULL, ret, f);
}

static size_t count(const json_t *schedule)
{
    return json_array_size(json_object_get(schedule, "tasks"));
}

/* What is compiled in is what probes of every version get. */
static void the_standard_and_every_pack_are_good(void **state)
{
    static const char *const packs[] = {NULL, "", "dns", "edns-africa", "dns edns-africa", "edns-africa,dns"};
    size_t standard = 0;
    for (size_t i = 0; i < COUNT(packs); i++) {
        _cleanup_json_ json_t *schedule = NULL;
        struct fault f = {0};
        if (schedule_load(NULL, packs[i], NULL, &schedule, &f) < 0)
            fail_msg("%s: %s", packs[i], f.text);
        if (i == 0)
            standard = count(schedule);
        assert_true(packs[i] && *packs[i] ? count(schedule) > standard : count(schedule) == standard);
    }
    assert_true(standard > 0);
}

static void takes_a_file_with_packs_behind(void **state)
{
    struct fault f;
    json_t *alone, *more;
    assert_int_equal(load(FILE_OF(TASK("a") "," TASK("b")), NULL, &alone, &f), 0);
    assert_int_equal(count(alone), 2);
    assert_int_equal(load(FILE_OF(TASK("a")), "dns", &more, &f), 0);
    assert_true(count(more) > 1);
    const json_t *first = json_array_get(json_object_get(more, "tasks"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "a");
    json_decref(alone);
    json_decref(more);
}

static void measures_throughput_to_a_target(void **state)
{
    static const char *const targets[] = {NULL, "", "https://target.example"};
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct fault f = {0};
        _cleanup_json_ json_t *plain = NULL, *schedule = NULL;
        assert_int_equal(schedule_load(NULL, NULL, NULL, &plain, &f), 0);
        assert_int_equal(schedule_load(NULL, NULL, targets[i], &schedule, &f), 0);
        assert_int_equal(count(schedule), count(plain) + (i == 2));
        const json_t *last = json_array_get(json_object_get(schedule, "tasks"), count(schedule) - 1);
        assert_int_equal(!strcmp(json_string_value(json_object_get(last, "check")), "throughput"), i == 2);
    }
    struct fault f = {0};
    json_t *schedule = NULL;
    assert_int_equal(file_write_atomic(path, FILE_OF(TASK("throughput-target")),
                                       strlen(FILE_OF(TASK("throughput-target"))), 0600, &f),
                     0);
    assert_int_equal(schedule_load(path, NULL, targets[2], &schedule, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "target = https://target.example: task 1: task \"throughput-target\" stands twice"));
}

static void names_the_file_and_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *packs, *says;
        int rc;
    } rows[] = {
        {"", NULL, "schedule.json", -EBADMSG},
        {"[]", NULL, "\"schedule\"", -EBADMSG},
        {"{\"schedule\":2,\"version\":1,\"tasks\":[]}", NULL, "\"schedule\"", -EBADMSG},
        {"{\"schedule\":1,\"version\":0,\"tasks\":[]}", NULL, "\"version\"", -EBADMSG},
        {"{\"schedule\":1,\"version\":1}", NULL, "\"tasks\" is no array", -EBADMSG},
        {"{\"schedule\":1,\"version\":1,\"tasks\":{}}", NULL, "\"tasks\" is no array", -EBADMSG},
        {FILE_OF("7"), NULL, "task 1: \"name\"", -EBADMSG},
        {FILE_OF("{}"), NULL, "task 1: \"name\" is missing", -EBADMSG},
        {FILE_OF(TASK("a") ",{\"name\":\"b\",\"check\":\"ping\"}"), NULL, "task 2: \"interval_s\"", -EBADMSG},
        {FILE_OF("{\"name\":\"a\",\"check\":\"pong\",\"interval_s\":60}"), NULL, "no such check, \"pong\"", -EBADMSG},
        {FILE_OF("{\"name\":\"a\",\"check\":\"ping\",\"interval_s\":0}"), NULL, "\"interval_s\" is 0", -EBADMSG},
        {FILE_OF("{\"name\":\"a\",\"check\":\"ping\",\"interval_s\":2678401}"), NULL, "\"interval_s\"", -EBADMSG},
        {FILE_OF("{\"name\":\"a\",\"check\":\"ping\",\"target\":\"" LONG LONG LONG LONG "\",\"interval_s\":60}"), NULL,
         "task 1: \"target\"", -EBADMSG},
        {FILE_OF(TASK("a") "," TASK("a")), NULL, "task 2: task \"a\" stands twice", -EBADMSG},
        {FILE_OF(TASK("a")), "no-such", "there is no pack no-such", -ENOENT},
        {FILE_OF(TASK("a")), "../standard", "there is no pack ../standard", -ENOENT},
        {FILE_OF(TASK("a")), "dns dns", "stands twice", -EBADMSG},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f;
        json_t *schedule;
        int rc = load(rows[i].text, rows[i].packs, &schedule, &f);
        if (rc != rows[i].rc || schedule || !strstr(f.text, rows[i].says))
            fail_msg("row %zu: %d, %s", i, rc, f.text);
        if (!rows[i].packs && !strstr(f.text, path))
            fail_msg("row %zu names no file: %s", i, f.text);
    }
    struct fault f = {0};
    json_t *schedule = NULL;
    assert_int_equal(schedule_load("/nowhere/schedule.json", NULL, NULL, &schedule, &f), -ENOENT);
    assert_non_null(strstr(f.text, "/nowhere/schedule.json"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, in_a_fresh_state, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_and_every_pack_are_good),
        TEST(takes_a_file_with_packs_behind),
        TEST(measures_throughput_to_a_target),
        TEST(names_the_file_and_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
