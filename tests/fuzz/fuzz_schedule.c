/* A schedule as the collector signs it. Whatever it asks for, what the agent
 * takes from it is within the agent's own limits. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/schedule/schedule.h"
#include "common/json.h"
#include "common/limits.h"

static void check_task(const struct task *t, const struct schedule *s)
{
    if (!t->remote || t->interval_us < REMOTE_INTERVAL_MIN_US || t->interval_us > TASK_INTERVAL_MAX_US)
        abort();
    if (t->args.ops->class == CLASS_HEAVY && t->interval_us < REMOTE_HEAVY_INTERVAL_MIN_US)
        abort();
    if (!task_name_valid(t->args.task) || schedule_find(s, t->args.task) != t)
        abort();
    if (t->args.target && strlen(t->args.target) > NAME_MAX_TARGET)
        abort();
    if (t->args.policy.allow_private || t->args.policy.typed)
        abort();
    (void)task_month_bytes(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    _cleanup_json_ json_t *object = NULL;
    struct schedule s = {0}, joined = {0}, none = {0};
    struct fault f;
    if (json_read((const char *)bytes, len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &object, &f) < 0 ||
        schedule_read(object, &s, &f) < 0)
        return 0;
    if (s.count > SCHEDULE_TASKS_MAX || s.version < 1)
        abort();
    for (size_t i = 0; i < s.count; i++)
        check_task(s.tasks[i], &s);
    schedule_join(&joined, &none, &s, "ping, dns-a");
    for (size_t i = 0; i < joined.count; i++)
        if (strcmp(joined.tasks[i]->args.ops->name, "ping") == 0)
            abort(); /* the owner forbids it */
    schedule_free(&joined);
    schedule_free(&s);
    return 0;
}
