#include "collector/probe/schedule.h"

#include <errno.h>
#include <string.h>

#include "collector/db/schema.h"
#include "common/file.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/metric.h"

static int check_task(const json_t *task, json_t *names, struct fault *f)
{
    const char *name, *check, *target;
    int64_t interval;
    if (json_get_text(task, "name", NAME_MAX_TASK, &name, f) < 0 ||
        json_get_text(task, "check", NAME_MAX_CHECK, &check, f) < 0 ||
        json_get_text_or(task, "target", NAME_MAX_TARGET, NULL, &target, f) < 0 ||
        json_get_int(task, "interval_s", 1, 31 * 86400, &interval, f) < 0)
        return -EBADMSG;
    if (!metric_set_find(check, strlen(check)))
        return fault_set(f, -EBADMSG, _("%s: no such check, \"%s\""), name, check);
    if (json_object_get(names, name))
        return fault_set(f, -EBADMSG, _("task \"%s\" stands twice"), name);
    json_object_set_new(names, name, json_true());
    return 0;
}

/* names: of the tasks before them. */
static int check_tasks(const json_t *tasks, json_t *names, struct fault *f)
{
    const json_t *task;
    size_t i;
    if (!json_is_array(tasks))
        return fault_set(f, -EBADMSG, _("\"tasks\" is no array"));
    json_array_foreach(tasks, i, task)
    {
        int rc = check_task(task, names, f);
        if (rc < 0) {
            fault_prefix(f, _("task %zu: "), i + 1);
            return rc;
        }
    }
    return 0;
}

/* The tasks of the packs named behind those of the schedule. */
static int add_packs(const char *packs, json_t *schedule, json_t *names, struct fault *f)
{
    size_t len;
    for (const char *at = packs ? packs : ""; (len = form_next_word(&at)) > 0;) {
        _cleanup_text_ char *path = alloc_format("schedule/packs/%.*s.json", (int)len, at - len);
        const struct embedded *file = schema_file(path);
        _cleanup_json_ json_t *pack = NULL;
        if (!file)
            return fault_set(f, -ENOENT, _("packs: there is no pack %.*s"), (int)len, at - len);
        int rc = json_read(file->text, file->len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &pack, f);
        if (rc == 0)
            rc = check_tasks(json_object_get(pack, "tasks"), names, f);
        if (rc < 0) {
            fault_prefix(f, _("packs, %.*s: "), (int)len, at - len);
            return rc;
        }
        json_array_extend(json_object_get(schedule, "tasks"), json_object_get(pack, "tasks"));
    }
    return 0;
}

/* Once a day: what a test may use of a month is its probe's own (the agent's budget). */
static int add_throughput(const char *target, json_t *schedule, json_t *names, struct fault *f)
{
    if (!target || !*target)
        return 0;
    _cleanup_json_ json_t *tasks = json_pack("[{s:s, s:s, s:s, s:i}]", "name", "throughput-target", "check",
                                             "throughput", "target", target, "interval_s", 86400);
    int rc = check_tasks(tasks, names, f);
    if (rc < 0)
        fault_prefix(f, _("target = %s: "), target);
    else
        json_array_extend(json_object_get(schedule, "tasks"), tasks);
    return rc;
}

static int read_schedule(const char *path, json_t **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    if (path) {
        int rc = file_read(path, STATEMENT_BYTES_MAX, &text, f);
        if (rc < 0)
            return rc;
    } else {
        const struct embedded *standard = schema_file("schedule/standard.json");
        buf_add(&text, standard->text, standard->len);
    }
    return json_read(text.data, text.len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, ret, f);
}

int schedule_load(const char *path, const char *packs, const char *target, json_t **ret, struct fault *f)
{
    _cleanup_json_ json_t *json = NULL, *names = json_object();
    int64_t number;
    int rc = read_schedule(path, &json, f);
    if (rc == 0)
        rc = json_get_int(json, "schedule", 1, 1, &number, f);
    if (rc == 0)
        rc = json_get_int(json, "version", 1, INT64_MAX, &number, f);
    if (rc == 0)
        rc = check_tasks(json_object_get(json, "tasks"), names, f);
    if (rc < 0 && path)
        fault_prefix(f, _("schedule = %s: "), path);
    if (rc == 0)
        rc = add_packs(packs, json, names, f);
    if (rc == 0)
        rc = add_throughput(target, json, names, f);
    if (rc == 0)
        *ret = TAKE(json);
    return rc;
}
