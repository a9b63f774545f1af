/* Spools of a probe to try on, each in a folder of its own. */
#pragma once

#include "tests/unit/check.h"

#include "agent/spool/spool.h"

static char base[96];
static struct identity identity;

static inline char *state_dir(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", base, name);
    shell("rm -rf %s && mkdir -p %s", path, path);
    return path;
}

static inline struct spool *open_at(const char *dir, int64_t max)
{
    struct spool *s = NULL;
    struct fault f = {0};
    if (spool_open(dir, &identity, &clock_system, max, &s, &f) < 0)
        fail_msg("%s", f.text);
    return s;
}

static inline void append(struct spool *s, int n, size_t bulk)
{
    struct fault f = {0};
    char task[16];
    snprintf(task, sizeof task, "t%d", n);
    struct result *r = result_new("ping", task, "192.0.2.1");
    r->at_us = clock_wall_us(&clock_system);
    r->mono_us = clock_mono_us(&clock_system);
    if (bulk > 0) { /* that does not compress */
        uint8_t *bytes = malloc(bulk);
        char *text = malloc(bulk * 4 / 3 + 8);
        random_bytes(bytes, bulk);
        base64_write(bytes, bulk, text);
        json_object_set_new(r->detail, "bulk", json_string(text));
        free(bytes);
        free(text);
    }
    if (spool_append(s, r, &f) < 0)
        fail_msg("%s", f.text);
    result_free(r);
}

static inline void seal(struct spool *s)
{
    struct fault f = {0};
    if (spool_seal(s, &f) < 0)
        fail_msg("%s", f.text);
}

static inline void acknowledge(struct spool *s, const char *dir, int64_t number)
{
    struct buf bytes = {0};
    struct batch b;
    struct fault f = {0};
    char *path = spool_path(dir, SPOOL_WAITING, number);
    assert_int_equal(spool_read(path, &bytes, &b, &f), 0);
    assert_int_equal(spool_acked(s, number, &b.header, &f), 0);
    batch_free(&b);
    buf_free(&bytes);
    free(path);
}

/* All tests of a program, in a folder of their own. */
#define SPOOL_TESTS_RUN(tests) (spools_begin() < 0 ? 1 : spools_end(cmocka_run_group_tests(tests, NULL, NULL)))

static inline int spools_begin(void)
{
    snprintf(base, sizeof base, "%s", scratch_dir());
    if (sign_key_new(&identity.key) < 0)
        return -1;
    probe_id_make(identity.key.public, identity.probe);
    strcpy(identity.collector, "http://127.0.0.1:1");
    memcpy(identity.keys[identity.key_count++], identity.key.public, SIGN_PUBLIC_SIZE);
    return 0;
}

static inline int spools_end(int failed)
{
    shell("rm -rf %s", base);
    return failed;
}
