#include "tests/unit/check.h"

#include <signal.h>
#include <sys/resource.h>

#include <errno.h>
#include <unistd.h>

#include "agent/spool/journal.h"
#include "common/file.h"
#include "common/result.h"

static char dir[96];

static struct buf line_of(int n)
{
    struct buf line = {0};
    char task[16];
    snprintf(task, sizeof task, "t%d", n);
    struct result *r = result_new("ping", task, "192.0.2.1");
    r->at_us = 1795341600000000 + n;
    r->mono_us = 1000 + n;
    result_metric(r, "sent", n);
    result_write(r, &line);
    result_free(r);
    return line;
}

static void append(struct journal *j, int n)
{
    struct fault f = {0};
    struct buf line = line_of(n);
    if (journal_append(j, line.data, line.len, &f) < 0)
        fail_msg("%s", f.text);
    buf_free(&line);
}

static struct journal fresh(void)
{
    struct journal j;
    struct fault f;
    int64_t numbers[8];
    assert_int_equal(journal_init(&j, dir, &f), 0);
    int n = journal_list(&j, numbers, 8, &f);
    for (int i = 0; i < n; i++)
        assert_int_equal(journal_remove(&j, numbers[i], &f), 0);
    return j;
}

static struct buf file_of(const struct journal *j, int number)
{
    struct buf bytes = {0};
    struct fault f;
    char path[160];
    snprintf(path, sizeof path, "%s/%08d.ndjson", j->dir, number);
    assert_int_equal(file_read(path, 1 << 24, &bytes, &f), 0);
    return bytes;
}

static void put(const struct journal *j, int number, const char *bytes, size_t len)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%08d.ndjson", j->dir, number);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void writes_and_reads(void **state)
{
    struct journal j = fresh();
    struct fault f = {0};
    struct journal_content c;
    char boot[BOOT_ID_SIZE];
    clock_boot_id(&clock_system, boot);
    assert_int_equal(journal_start(&j, 7, &clock_system, NULL, &f), 0);
    assert_int_equal(journal_start(&j, 7, &clock_system, NULL, &f), -EEXIST);
    assert_int_equal(journal_resume(&j, 7, &clock_system, &f), 0);
    for (int i = 0; i < 5; i++)
        append(&j, i);
    assert_true(j.dirty);
    assert_int_equal(journal_sync(&j, &f), 0);
    assert_false(j.dirty);
    assert_int_equal(j.count, 5);
    assert_int_equal(journal_read(&j, 7, &c, &f), 0);
    assert_int_equal(c.count, 5);
    assert_int_equal(c.damaged, 0);
    assert_string_equal(c.boot, boot);
    assert_int_equal(c.last_mono_us, 1004);
    assert_int_equal(c.last_at_us, 1795341600000004);
    journal_content_free(&c);

    int64_t numbers[4];
    assert_int_equal(journal_list(&j, numbers, 4, &f), 1);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(journal_remove(&j, 7, &f), 0);
    assert_int_equal(j.fd, -1);
    assert_int_equal(journal_list(&j, numbers, 4, &f), 0);
    journal_free(&j);
}

/* A power cut leaves any part of the file: what is whole is kept, and the
 * journal goes on after it. */
static void cut_at_every_byte(void **state)
{
    struct journal j = fresh();
    struct fault f = {0};
    assert_int_equal(journal_start(&j, 1, &clock_system, NULL, &f), 0);
    for (int i = 0; i < 3; i++)
        append(&j, i);
    struct buf whole = file_of(&j, 1);
    size_t first = (size_t)(strchr(whole.data, '\n') - whole.data) + 1;
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct journal_content c;
        int lines = 0;
        for (size_t i = 0; i < cut; i++)
            lines += whole.data[i] == '\n';
        put(&j, 1, whole.data, cut);
        assert_int_equal(journal_read(&j, 1, &c, &f), 0);
        assert_int_equal(c.count, lines > 0 ? lines - 1 : 0);
        journal_content_free(&c);
        if (cut < first) {
            assert_int_equal(journal_resume(&j, 1, &clock_system, &f), -ESTALE);
            continue;
        }
        assert_int_equal(journal_resume(&j, 1, &clock_system, &f), 0);
        assert_int_equal(j.count, lines - 1);
        append(&j, 9);
        assert_int_equal(journal_read(&j, 1, &c, &f), 0);
        assert_int_equal(c.count, lines);
        assert_int_equal(c.damaged, 0);
        assert_int_equal(c.last_mono_us, 1009);
        journal_content_free(&c);
    }
    buf_free(&whole);
    journal_free(&j);
}

/* Blocks that never reached the disk read as zeros, or as something else. */
static void damaged_blocks(void **state)
{
    struct journal j = fresh();
    struct fault f = {0};
    assert_int_equal(journal_start(&j, 1, &clock_system, NULL, &f), 0);
    for (int i = 0; i < 4; i++)
        append(&j, i);
    struct buf whole = file_of(&j, 1);
    size_t first = (size_t)(strchr(whole.data, '\n') - whole.data) + 1;
    for (size_t at = first; at + 40 < whole.len; at += 7) {
        struct journal_content c;
        struct buf bad = {0};
        buf_add(&bad, whole.data, whole.len);
        memset(bad.data + at, at % 2 ? 0 : '{', 40);
        put(&j, 1, bad.data, bad.len);
        assert_int_equal(journal_read(&j, 1, &c, &f), 0);
        assert_in_range(c.count, 2, 3); /* the block covers one line, or parts of two */
        assert_true(c.damaged >= 1);
        for (size_t i = 0; i < c.lines.len; i++)
            assert_int_not_equal(c.lines.data[i], 0);
        journal_content_free(&c);
        buf_free(&bad);
    }
    buf_free(&whole);
    journal_free(&j);
}

static void another_boot(void **state)
{
    struct journal j = fresh();
    struct fault f = {0};
    struct journal_content c;
    struct buf text = {0}, line = line_of(3);
    buf_add_text(&text, "{\"journal\":1,\"boot\":\"11111111-2222-3333-4444-555555555555\",\"mono_us\":5}\n");
    buf_add(&text, line.data, line.len);
    put(&j, 1, text.data, text.len);
    assert_int_equal(journal_resume(&j, 1, &clock_system, &f), -ESTALE);
    assert_int_equal(journal_read(&j, 1, &c, &f), 0);
    assert_string_equal(c.boot, "11111111-2222-3333-4444-555555555555");
    assert_int_equal(c.count, 1);
    journal_content_free(&c);
    buf_free(&text);
    buf_free(&line);
    journal_free(&j);
}

static void knows_when_it_is_full(void **state)
{
    struct journal j = {.bytes = JOURNAL_BYTES_MAX - 10, .count = 5};
    assert_true(journal_fits(&j, 10));
    assert_false(journal_fits(&j, 11));
    j.bytes = 0;
    j.count = BATCH_RESULTS_MAX;
    assert_false(journal_fits(&j, 10));
}

/* A disk too full for the first line: nothing may come into such a journal. */
static void a_start_that_fails_leaves_nothing(void **state)
{
    struct journal j = fresh();
    struct fault f = {0};
    struct journal_content c;
    struct rlimit whole, little;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    little = (struct rlimit){.rlim_cur = 10, .rlim_max = whole.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    int r = journal_start(&j, 1, &clock_system, NULL, &f);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
    assert_int_equal(r, -EFBIG);
    assert_int_equal(j.fd, -1);
    assert_int_equal(journal_start(&j, 1, &clock_system, NULL, &f), 0);
    append(&j, 1);
    assert_int_equal(journal_read(&j, 1, &c, &f), 0);
    assert_int_equal(c.count, 1);
    journal_content_free(&c);
    journal_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),      cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(damaged_blocks),        cmocka_unit_test(another_boot),
        cmocka_unit_test(knows_when_it_is_full), cmocka_unit_test(a_start_that_fails_leaves_nothing),
    };
    snprintf(dir, sizeof dir, "%s", scratch_dir());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    struct journal j = fresh();
    rmdir(j.dir);
    rmdir(dir);
    journal_free(&j);
    return failed;
}
