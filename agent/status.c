#include "agent/status.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/scan.h"

#define STATUS_BYTES_MAX 8192

static json_t *time_or_null(int64_t us)
{
    char text[TIME_TEXT_SIZE];
    return us > 0 ? json_string(time_format(us, text)) : json_null();
}

/* A peer's text may have been cut within a character: it ends before it. */
int status_write(const char *state_dir, const struct status *s, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/status.json", state_dir);
    _cleanup_json_ json_t *object = json_pack(
        "{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:s, s:s, s:o, s:s#, s:o}", "at", time_or_null(s->at_us),
        "results", (json_int_t)s->results, "lost", (json_int_t)s->lost, "overlaps", (json_int_t)s->overlaps, "missed",
        (json_int_t)s->missed, "tasks", (json_int_t)s->tasks, "schedule_version", (json_int_t)s->schedule_version,
        "forks", (json_int_t)s->forks, "last_result", time_or_null(s->last_result_us), "last_task", s->last_task,
        "last_outcome", s->last_outcome, "last_ack", time_or_null(s->last_ack_us), "last_fault", s->last_fault,
        (int)scan_utf8(s->last_fault, strlen(s->last_fault)), "trouble", trouble_json(&s->trouble));
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0644, f);
}

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
    int r = json_get_text(object, name, size - 1, &text, f);
    if (r == 0)
        strcpy(ret, text);
    return r;
}

static int get_count(const json_t *object, const char *name, int64_t *ret, struct fault *f)
{
    return json_get_int(object, name, 0, INT64_MAX, ret, f);
}

int status_read(const char *state_dir, struct status *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/status.json", state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *o = NULL;
    struct status s = {0};
    int r = file_read(path, STATUS_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    if ((r = json_read(text.data, text.len, STATUS_BYTES_MAX, 4, &o, f)) < 0 ||
        (r = get_time(o, "at", &s.at_us, f)) < 0 || (r = get_count(o, "results", &s.results, f)) < 0 ||
        (r = get_count(o, "lost", &s.lost, f)) < 0 || (r = get_count(o, "overlaps", &s.overlaps, f)) < 0 ||
        (r = get_count(o, "missed", &s.missed, f)) < 0 || (r = get_count(o, "tasks", &s.tasks, f)) < 0 ||
        (r = get_count(o, "schedule_version", &s.schedule_version, f)) < 0 ||
        (r = json_get_int_or(o, "forks", 0, INT64_MAX, 0, &s.forks, f)) < 0 ||
        (r = get_time(o, "last_result", &s.last_result_us, f)) < 0 ||
        (r = get_text(o, "last_task", s.last_task, sizeof s.last_task, f)) < 0 ||
        (r = get_text(o, "last_outcome", s.last_outcome, sizeof s.last_outcome, f)) < 0 ||
        (r = get_time(o, "last_ack", &s.last_ack_us, f)) < 0 ||
        (r = get_text(o, "last_fault", s.last_fault, sizeof s.last_fault, f)) < 0) {
        fault_prefix(f, "%s: ", path);
        return r;
    }
    trouble_read(json_object_get(o, "trouble"), &s.trouble);
    *ret = s;
    return 0;
}
