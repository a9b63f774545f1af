#include "agent/daemon/status.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/json.h"
#include "common/scan.h"

/* The file has whole blocks of a disk: so it can be written over when there is
 * no other block left. */
#define STATUS_BLOCK     4096
#define STATUS_BYTES_MAX (4 * STATUS_BLOCK)

/* A clock that shows an earlier time was never set: this was written after it. */
#define CLOCK_UNSET_US (INT64_C(1767225600) * 1000000) /* 2026-01-01 */
/* Two readings of one clock may stand in the wrong order by so much. */
#define CLOCK_SLACK_US (60 * INT64_C(1000000))

/* ---- writing ---- */

static json_t *time_or_null(int64_t us)
{
    char text[TIME_TEXT_SIZE];
    return us > 0 ? json_string(time_format(us, text)) : json_null();
}

/* A peer's text may have been cut within a character: it ends before it. */
static json_t *to_json(const struct status *s)
{
    json_t *o = json_pack("{s:o, s:s, s:s, s:I, s:I, s:s}", "at", time_or_null(s->at_us), "probe", s->probe,
                          "collector", s->collector, "pid", (json_int_t)s->pid, "started", (json_int_t)s->started,
                          "boot", s->boot);
    _cleanup_json_ json_t *counts = json_pack(
        "{s:I, s:I, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "results", (json_int_t)s->results, "lost",
        (json_int_t)s->lost, "disk_error", s->disk_error, "overlaps", (json_int_t)s->overlaps, "missed",
        (json_int_t)s->missed, "tasks", (json_int_t)s->tasks, "schedule_version", (json_int_t)s->schedule_version,
        "forks", (json_int_t)s->forks, "waiting", (json_int_t)s->waiting, "waiting_bytes", (json_int_t)s->waiting_bytes,
        "acknowledged", (json_int_t)s->acknowledged, "rejected", (json_int_t)s->rejected, "rejected_bytes",
        (json_int_t)s->rejected_bytes);
    _cleanup_json_ json_t *last = json_pack(
        "{s:o, s:I, s:s, s:s, s:o, s:I, s:s#, s:o}", "last_result", time_or_null(s->last_result.wall_us),
        "last_result_mono_us", (json_int_t)s->last_result.mono_us, "last_task", s->last_task, "last_outcome",
        s->last_outcome, "last_ack", time_or_null(s->last_ack.wall_us), "last_ack_mono_us",
        (json_int_t)s->last_ack.mono_us, "last_fault", s->last_fault,
        (int)scan_utf8(s->last_fault, strlen(s->last_fault)), "trouble", trouble_json(&s->trouble));
    json_object_update(o, counts);
    json_object_update(o, last);
    return o;
}

/* Whoever reads in between may find half of it, and reads once more. */
static int write_over(const char *path, struct buf *content, struct fault *f)
{
    struct stat st;
    _cleanup_fd_ int fd = -1;
    int r = file_open(path, O_WRONLY | O_NOFOLLOW, 0, &fd, f);
    if (r < 0)
        return r;
    if (fstat(fd, &st) < 0)
        return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    if (st.st_size > STATUS_BYTES_MAX || (size_t)st.st_size < content->len)
        return fault_set(f, -ENOSPC, "%s: %s", path, fault_errno(ENOSPC));
    while (content->len < (size_t)st.st_size)
        buf_add_char(content, ' ');
    if (pwrite(fd, content->data, content->len, 0) != (ssize_t)content->len)
        return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    return 0;
}

int status_write(const char *state_dir, const struct status *s, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/status.json", state_dir);
    _cleanup_json_ json_t *object = to_json(s);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_(buf_free) struct buf content = {0};
    buf_addf(&content, "%s\n", line);
    while (content.len % STATUS_BLOCK != 0)
        buf_add_char(&content, ' ');
    mode_t before = umask(022); /* the service's would keep it from others */
    int r = file_write_atomic(path, content.data, content.len, 0644, f);
    umask(before);
    return r == -ENOSPC || r == -EDQUOT ? write_over(path, &content, f) : r;
}

/* ---- reading ---- */

static int get_time(const json_t *object, const char *name, int64_t *ret, struct fault *f)
{
    const char *text;
    int r = json_get_text_or(object, name, 40, NULL, &text, f);
    if (r == 0 && text)
        r = time_parse(text, strlen(text), ret);
    return r;
}

static int get_text(const json_t *object, const char *name, char *ret, size_t size, struct fault *f)
{
    const char *text;
    int r = json_get_text_or(object, name, size - 1, "", &text, f);
    if (r == 0)
        strcpy(ret, text);
    return r;
}

static int from_json(const json_t *o, struct status *s, struct fault *f)
{
    int64_t disk_error;
    const struct {
        const char *name;
        int64_t *ret;
    } counts[] = {
        {"pid", &s->pid},
        {"started", &s->started},
        {"results", &s->results},
        {"lost", &s->lost},
        {"disk_error", &disk_error},
        {"overlaps", &s->overlaps},
        {"missed", &s->missed},
        {"tasks", &s->tasks},
        {"schedule_version", &s->schedule_version},
        {"forks", &s->forks},
        {"waiting", &s->waiting},
        {"waiting_bytes", &s->waiting_bytes},
        {"acknowledged", &s->acknowledged},
        {"rejected", &s->rejected},
        {"rejected_bytes", &s->rejected_bytes},
        {"last_result_mono_us", &s->last_result.mono_us},
        {"last_ack_mono_us", &s->last_ack.mono_us},
    };
    for (size_t i = 0; i < COUNT(counts); i++) { /* one that an older agent wrote has not all of them */
        int r = json_get_int_or(o, counts[i].name, 0, INT64_MAX, 0, counts[i].ret, f);
        if (r < 0)
            return r;
    }
    s->disk_error = (int)disk_error;
    int r;
    if ((r = get_time(o, "at", &s->at_us, f)) < 0 || (r = get_time(o, "last_result", &s->last_result.wall_us, f)) < 0 ||
        (r = get_time(o, "last_ack", &s->last_ack.wall_us, f)) < 0 ||
        (r = get_text(o, "probe", s->probe, sizeof s->probe, f)) < 0 ||
        (r = get_text(o, "collector", s->collector, sizeof s->collector, f)) < 0 ||
        (r = get_text(o, "boot", s->boot, sizeof s->boot, f)) < 0 ||
        (r = get_text(o, "last_task", s->last_task, sizeof s->last_task, f)) < 0 ||
        (r = get_text(o, "last_outcome", s->last_outcome, sizeof s->last_outcome, f)) < 0)
        return r;
    trouble_read(json_object_get(o, "trouble"), &s->trouble);
    return get_text(o, "last_fault", s->last_fault, sizeof s->last_fault, f);
}

static int read_once(const char *path, struct status *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *o = NULL;
    *ret = (struct status){0};
    int r = file_read(path, STATUS_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    if ((r = json_read(text.data, text.len, STATUS_BYTES_MAX, 4, &o, f)) == 0)
        r = from_json(o, ret, f);
    if (r < 0)
        fault_prefix(f, "%s: ", path);
    return r;
}

int status_read(const char *state_dir, struct status *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/status.json", state_dir);
    struct status s;
    int r = read_once(path, &s, f);
    for (int tries = 0; r == -EBADMSG && tries < 3; tries++) /* it was being written over */
        r = read_once(path, &s, f);
    if (r == 0)
        *ret = s;
    return r;
}

/* ---- the process ---- */

/* In ticks since the boot: what tells a process from a later one of its number.
 * 0 when it does not show (proc(5), hidepid). */
static int64_t started(int64_t pid)
{
    _cleanup_text_ char *path = alloc_format("/proc/%" PRId64 "/stat", pid);
    _cleanup_(buf_free) struct buf text = {0};
    unsigned long long ticks;
    if (file_read(path, 4096, &text, NULL) < 0)
        return 0;
    const char *end = strrchr(text.data, ')'); /* of the name, which may hold anything; then field 3 */
    return end && sscanf(end + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
                         &ticks) == 1
               ? (int64_t)ticks
               : 0;
}

void status_process(struct status *s)
{
    s->pid = getpid();
    s->started = started(s->pid);
    clock_boot_id(&clock_system, s->boot);
}

/* A container may show the service another boot id than its commands: that
 * counts only where nothing better shows. */
bool status_running(const struct status *s)
{
    char boot[BOOT_ID_SIZE];
    if (s->pid <= 1 || (kill((pid_t)s->pid, 0) < 0 && errno != EPERM))
        return false;
    int64_t ticks = started(s->pid);
    if (ticks > 0 && s->started > 0)
        return ticks == s->started;
    clock_boot_id(&clock_system, boot);
    return strcmp(boot, s->boot) == 0;
}

int64_t status_age_us(const struct status *s, const struct status_moment *m, const struct clock *clock)
{
    char boot[BOOT_ID_SIZE];
    clock_boot_id(clock, boot);
    if (m->mono_us > 0 && strcmp(boot, s->boot) == 0)
        return clock_mono_us(clock) - m->mono_us;
    int64_t now = clock_wall_us(clock);
    if (m->wall_us < CLOCK_UNSET_US || now < m->wall_us - CLOCK_SLACK_US)
        return -1;
    return now > m->wall_us ? now - m->wall_us : 0;
}
