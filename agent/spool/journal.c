#include "agent/spool/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/result.h"

#define FIRST_LINE_MAX 1024

static char *path_of(const struct journal *j, int64_t number)
{
    return alloc_format("%s/%08" PRId64 ".ndjson", j->dir, number);
}

static int failed(struct fault *f, const char *what, const char *path)
{
    int error = errno;
    return fault_set(f, -error, _("%s: %s: %s"), path, what, fault_errno(error));
}

int journal_init(struct journal *j, const char *state_dir, struct fault *f)
{
    *j = (struct journal){.dir = alloc_format("%s/journal", state_dir), .fd = -1};
    return file_make_dir(j->dir, 0700, f);
}

void journal_free(struct journal *j)
{
    close_fd(&j->fd);
    free(j->dir);
    *j = (struct journal){.fd = -1};
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int journal_list(const struct journal *j, int64_t *ret_numbers, size_t max, struct fault *f)
{
    DIR *dir = opendir(j->dir);
    if (!dir)
        return failed(f, _("cannot open the folder"), j->dir);
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) && n < max;) {
        int64_t number;
        int end = 0;
        if (sscanf(entry->d_name, "%" SCNd64 ".ndjson%n", &number, &end) == 1 && end > 0 && !entry->d_name[end])
            ret_numbers[n++] = number;
    }
    closedir(dir);
    qsort(ret_numbers, n, sizeof *ret_numbers, ascending);
    return (int)n;
}

/* ---- reading ---- */

struct first_line {
    char boot[BOOT_ID_SIZE];
    int64_t since_us;
    json_t *epoch; /* owned */
};

static void first_line_free(struct first_line *first)
{
    json_decref(first->epoch);
}

static int first_line_read(const char *line, size_t len, struct first_line *ret)
{
    _cleanup_json_ json_t *object = NULL;
    const char *boot;
    int64_t format;
    if (json_read(line, len, FIRST_LINE_MAX, 4, &object, NULL) < 0 || !json_is_object(object) ||
        json_get_int(object, "journal", 1, 1, &format, NULL) < 0 ||
        json_get_text(object, "boot", BOOT_ID_SIZE - 1, &boot, NULL) < 0 ||
        json_get_int(object, "mono_us", 0, INT64_MAX, &ret->since_us, NULL) < 0)
        return -EBADMSG;
    strcpy(ret->boot, boot);
    json_t *epoch = json_object_get(object, "epoch");
    ret->epoch = json_is_object(epoch) ? json_incref(epoch) : NULL;
    return 0;
}

int journal_read(const struct journal *j, int64_t number, struct journal_content *ret, struct fault *f)
{
    _cleanup_text_ char *path = path_of(j, number);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_(journal_content_free) struct journal_content c = {0};
    int r = file_read(path, BATCH_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    const char *at = text.data, *end = text.data + text.len;
    for (bool first = true; at < end; first = false) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        struct result_line line;
        if (first) {
            struct first_line head;
            if (!newline || first_line_read(at, len, &head) < 0)
                break;
            memcpy(c.boot, head.boot, sizeof c.boot);
            c.epoch = head.epoch;
        } else if (newline && len <= RESULT_LINE_MAX && c.count < BATCH_RESULTS_MAX &&
                   result_line_read(at, len, &line, NULL) == 0) {
            buf_add(&c.lines, at, len + 1);
            c.count++;
            c.has_last = true;
            c.last_at_us = line.at_us;
            c.last_mono_us = line.mono_us;
            c.last_sync = line.sync;
        } else {
            c.damaged++;
        }
        at += len + 1;
    }
    *ret = c;
    c = (struct journal_content){0};
    return 0;
}

void journal_content_free(struct journal_content *c)
{
    json_decref(c->epoch);
    c->epoch = NULL;
    buf_free(&c->lines);
}

/* ---- writing ---- */

static int open_at(struct journal *j, int64_t number, int flags, struct fault *f)
{
    _cleanup_text_ char *path = path_of(j, number);
    int r = file_open(path, O_RDWR | O_APPEND | flags, 0600, &j->fd, f);
    if (r < 0)
        return r;
    j->number = number;
    j->count = 0;
    j->bytes = 0;
    j->dirty = false;
    return 0;
}

static void close_journal(struct journal *j)
{
    close_fd(&j->fd);
    j->fd = -1;
}

/* All of it, or the file is cut back to what it was. */
static int write_whole(struct journal *j, const char *bytes, size_t len, struct fault *f)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = write(j->fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            if (ftruncate(j->fd, (off_t)j->bytes) < 0)
                close_journal(j); /* sealed at the next start */
            errno = error;
            return failed(f, _("cannot write the journal in"), j->dir);
        }
        done += (size_t)n;
    }
    j->bytes += len;
    j->dirty = true;
    return 0;
}

int journal_start(struct journal *j, int64_t number, const struct clock *clock, const json_t *epoch, struct fault *f)
{
    close_journal(j);
    int r = open_at(j, number, O_CREAT | O_EXCL, f);
    if (r < 0)
        return r;
    clock_boot_id(clock, j->boot);
    j->since_us = clock_mono_us(clock);
    _cleanup_json_ json_t *first = json_pack("{s:i, s:s, s:I, s:O?}", "journal", 1, "boot", j->boot, "mono_us",
                                             (json_int_t)j->since_us, "epoch", epoch);
    _cleanup_text_ char *text = json_text(first);
    _cleanup_text_ char *line = alloc_format("%s\n", text);
    r = write_whole(j, line, strlen(line), f);
    /* The name has to survive a power cut as well as the content. */
    if (r == 0)
        r = file_sync_dir(j->dir, f);
    if (r < 0) { /* without its first line it would be worth nothing, whatever came after */
        close_journal(j);
        _cleanup_text_ char *path = path_of(j, number);
        unlink(path);
    }
    return r;
}

int journal_resume(struct journal *j, int64_t number, const struct clock *clock, struct fault *f)
{
    _cleanup_text_ char *path = path_of(j, number);
    _cleanup_(buf_free) struct buf text = {0};
    char boot[BOOT_ID_SIZE];
    int r = file_read(path, BATCH_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    const char *newline = memchr(text.data, '\n', text.len);
    _cleanup_(first_line_free) struct first_line first = {0};
    clock_boot_id(clock, boot);
    if (!newline || first_line_read(text.data, (size_t)(newline - text.data), &first) < 0 ||
        strcmp(first.boot, boot) != 0)
        return fault_set(f, -ESTALE, _("%s: belongs to an earlier boot"), path);
    memcpy(j->boot, first.boot, sizeof j->boot);
    j->since_us = first.since_us;
    close_journal(j);
    r = open_at(j, number, 0, f);
    if (r < 0)
        return r;
    const char *last = memrchr(text.data, '\n', text.len);
    j->bytes = (size_t)(last - text.data) + 1;
    for (const char *at = newline; at < last; j->count++)
        at = memchr(at + 1, '\n', (size_t)(last - at));
    if (ftruncate(j->fd, (off_t)j->bytes) < 0)
        return failed(f, _("cannot cut back"), path);
    j->dirty = true; /* nobody knows what of it is durable */
    return 0;
}

bool journal_fits(const struct journal *j, size_t len)
{
    return j->count < BATCH_RESULTS_MAX && j->bytes + len <= JOURNAL_BYTES_MAX;
}

int journal_append(struct journal *j, const char *line, size_t len, struct fault *f)
{
    int r = write_whole(j, line, len, f);
    if (r == 0)
        j->count++;
    return r;
}

int journal_sync(struct journal *j, struct fault *f)
{
    if (j->fd < 0 || !j->dirty)
        return 0;
    if (fdatasync(j->fd) < 0)
        return failed(f, _("cannot make the journal durable in"), j->dir);
    j->dirty = false;
    return 0;
}

int journal_remove(struct journal *j, int64_t number, struct fault *f)
{
    _cleanup_text_ char *path = path_of(j, number);
    if (j->number == number)
        close_journal(j);
    if (unlink(path) < 0 && errno != ENOENT)
        return failed(f, _("cannot remove"), path);
    return file_sync_dir(j->dir, f);
}

int journal_rename(struct journal *j, int64_t from, int64_t to, struct fault *f)
{
    _cleanup_text_ char *old = path_of(j, from);
    _cleanup_text_ char *new = path_of(j, to);
    if (from == to)
        return 0;
    if (renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_NOREPLACE) < 0)
        return failed(f, _("cannot rename"), old);
    return file_sync_dir(j->dir, f);
}
