#include "agent/check/table.h"
#include "agent/io/address.h"
#include "agent/measure/target.h"
#include "agent/schedule/schedule.h"

#include <errno.h>
#include <string.h>

#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "schema/embedded.h"

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define MONTH_US           (30 * 86400 * INT64_C(1000000))
#define DOMAIN_PHASE       "internetmetre phase 1\n"

extern const struct embedded agent_schedules[]; /* made by schema/embed.py */

/* ---- a task ---- */

struct task *task_new(const struct check_ops *ops, const char *name, const char *target, const struct policy *policy)
{
    struct task *t = alloc_zero(1, sizeof *t);
    t->refs = 1;
    check_args_init(&t->args, ops, name, target, policy);
    return t;
}

struct task *task_ref(struct task *t)
{
    t->refs++;
    return t;
}

void task_unref(struct task *t)
{
    if (!t || --t->refs > 0)
        return;
    check_args_free(&t->args);
    free(t);
}

bool task_name_valid(const char *name)
{
    size_t len = strlen(name);
    return len >= 1 && len <= NAME_MAX_TASK && strspn(name, LETTERS_AND_DIGITS "._-") == len &&
           strchr(LETTERS_AND_DIGITS, name[0]);
}

/* Results carry the target on one JSON line without escapes, and it becomes a
 * dictionary entry of the collector. */
static bool target_plain(const char *target)
{
    for (const unsigned char *c = (const unsigned char *)target; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '"' || *c == '\\')
            return false;
    return strlen(target) <= NAME_MAX_TARGET;
}

static const char *const forms[] = {
    [TARGET_HOST] = N_("a name or an address"),
    [TARGET_URL] = N_("an address http://… or https://…"),
    [TARGET_RESOLVER] = N_("a name or an address"),
    [TARGET_DOMAIN] = N_("a domain name"),
};

int task_target_check(const struct check_ops *ops, const char *target, char **ret, struct fault *f)
{
    if (!target || !*target) {
        *ret = NULL;
        if (ops->target == TARGET_RESOLVER)
            return 0;
        return fault_set(f, -EINVAL, _("%s needs a target: %s"), ops->name, _(forms[ops->target]));
    }
    bool url = strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0;
    if (ops->target == TARGET_URL && !url)
        return fault_set(f, -EINVAL, _("%.200s: %s wants an address that begins with http:// or https://"), target,
                         ops->name);
    if (ops->target != TARGET_URL && url)
        return fault_set(f, -EINVAL, _("%.200s: %s wants %s, no URL; write the name alone, such as example.bj"), target,
                         ops->name, _(forms[ops->target]));
    _cleanup_text_ char *read = NULL;
    int r = target_read(ops->target, target, &read, f);
    if (r < 0) {
        fault_prefix(f, _("%s: the target: "), ops->name);
        return r;
    }
    if (!target_plain(read))
        return fault_set(f, -EINVAL, _("%.200s: a target has at most %d letters, digits and marks of ASCII"), target,
                         NAME_MAX_TARGET);
    *ret = TAKE(read);
    return 0;
}

/* What is typed now is measured now: the interface must be there. A task of
 * every day waits for it. */
static int interface_check(const struct check_args *args, struct fault *f)
{
    struct sockaddr_storage addr;
    return args->target && args->policy.typed && address_read(args->target, &addr, f) == -ENODEV ? -EINVAL : 0;
}

int task_check(const struct task *t, struct fault *f)
{
    _cleanup_text_ char *read = NULL;
    int r = task_target_check(t->args.ops, t->args.target, &read, f);
    if (r == 0)
        r = interface_check(&t->args, f);
    return r == 0 && t->args.ops->valid ? t->args.ops->valid(&t->args, f) : r;
}

int64_t task_month_bytes(const struct task *t)
{
    int64_t cost = t->args.ops->cost_bytes(&t->args);
    return t->interval_us > 0 ? cost * (MONTH_US / t->interval_us) : 0;
}

/* ---- a set of tasks ---- */

struct task *schedule_find(const struct schedule *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->tasks[i]->args.task, name) == 0)
            return s->tasks[i];
    return NULL;
}

int schedule_add(struct schedule *s, struct task *t, struct fault *f)
{
    _cleanup_(task_unrefp) struct task *own = t;
    if (schedule_find(s, t->args.task))
        return fault_set(f, -EEXIST, _("task \"%s\" stands twice"), t->args.task);
    if (s->count == SCHEDULE_TASKS_MAX)
        return fault_set(f, -E2BIG, _("more than %d tasks"), SCHEDULE_TASKS_MAX);
    s->tasks = alloc_resize(s->tasks, s->count + 1, sizeof *s->tasks);
    s->tasks[s->count++] = TAKE(own);
    return 0;
}

void schedule_free(struct schedule *s)
{
    for (size_t i = 0; i < s->count; i++)
        task_unref(s->tasks[i]);
    free(s->tasks);
    *s = (struct schedule){0};
}

/* Is the task or its check on the owner's list? "task:NAME" is a task alone. */
static bool forbidden(const char *list, const struct task *t)
{
    const char *const names[] = {t->args.task, t->args.ops->name};
    size_t len;
    for (const char *at = list ? list : ""; (len = form_next_word(&at)) > 0;) {
        const char *word = at - len;
        size_t prefix = strncmp(word, TASK_PREFIX, strlen(TASK_PREFIX)) == 0 ? strlen(TASK_PREFIX) : 0;
        for (size_t i = 0; i < (prefix ? 1 : COUNT(names)); i++)
            if (strlen(names[i]) == len - prefix && memcmp(word + prefix, names[i], len - prefix) == 0)
                return true;
    }
    return false;
}

void schedule_join(struct schedule *ret, const struct schedule *local, const struct schedule *remote,
                   const char *forbid)
{
    const struct schedule *const parts[] = {local, remote};
    *ret = (struct schedule){.version = remote->version};
    for (size_t p = 0; p < COUNT(parts); p++) {
        for (size_t i = 0; i < parts[p]->count; i++) {
            struct task *t = parts[p]->tasks[i];
            if (forbidden(forbid, t))
                continue;
            struct fault f;
            if (!schedule_find(ret, t->args.task) && schedule_add(ret, task_ref(t), &f) < 0)
                return; /* full: both parts have been bounded already */
        }
    }
}

/* ---- the collector's schedule ---- */

static const char *const kinds[] = {"resolver", "root",   "cctld",   "ixp",   "operator",
                                    "domestic", "abroad", "service", "beacon"};

static int kind_check(const json_t *object, struct fault *f)
{
    const char *kind, *country;
    if (json_get_text_or(object, "kind", 16, NULL, &kind, f) < 0 ||
        json_get_text_or(object, "country", 2, NULL, &country, f) < 0)
        return -EBADMSG;
    for (size_t i = 0; kind && i < COUNT(kinds); i++)
        if (strcmp(kinds[i], kind) == 0)
            kind = NULL;
    return kind ? fault_set(f, -EBADMSG, _("\"kind\" is \"%s\", no kind of target"), kind) : 0;
}

/* 1 when the parameter is one that this agent does not know or allow. */
static int param_read(struct task *t, const char *name, const json_t *value, struct fault *f)
{
    _cleanup_text_ char *text = NULL;
    if (json_is_string(value))
        text = alloc_text(json_string_value(value));
    else if (json_is_integer(value))
        text = alloc_format("%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        text = alloc_text(json_is_true(value) ? "yes" : "no");
    else
        return fault_set(f, -EBADMSG, _("parameter \"%s\" is neither text, whole number nor true or false"), name);
    return check_args_set(&t->args, name, text, f) < 0 ? 1 : 0;
}

static int params_read(struct task *t, const json_t *object, struct fault *f)
{
    json_t *params = json_object_get(object, "params");
    if (params && !json_is_object(params))
        return fault_set(f, -EBADMSG, _("\"params\" is no object"));
    const char *name;
    json_t *value;
    json_object_foreach(params, name, value)
    {
        int r = param_read(t, name, value, f);
        if (r != 0)
            return r;
    }
    return 0;
}

/* 0 with a task, 1 when this agent cannot run it (f says why), < 0 when it is malformed. */
static int task_read(const json_t *object, struct task **ret, struct fault *f)
{
    const char *name, *check, *target;
    int64_t interval_s;
    if (!json_is_object(object))
        return fault_set(f, -EBADMSG, _("a task is no object"));
    if (json_get_text(object, "name", NAME_MAX_TASK, &name, f) < 0 ||
        json_get_text(object, "check", NAME_MAX_CHECK, &check, f) < 0 ||
        json_get_text_or(object, "target", NAME_MAX_TARGET, NULL, &target, f) < 0 ||
        json_get_int(object, "interval_s", 1, TASK_INTERVAL_MAX_US / 1000000, &interval_s, f) < 0 ||
        kind_check(object, f) < 0)
        return -EBADMSG;
    if (!task_name_valid(name))
        return fault_set(f, -EBADMSG, _("\"name\" is no task name"));
    const struct check_ops *ops = check_find(check);
    if (!ops) {
        fault_set(f, 0, _("%s: this version has no check \"%s\""), name, check);
        return 1;
    }
    _cleanup_text_ char *read = NULL;
    if (task_target_check(ops, target, &read, f) < 0)
        return -EBADMSG;
    const struct policy policy = {.allow_private = false};
    _cleanup_(task_unrefp) struct task *t = task_new(ops, name, target, &policy);
    int r = params_read(t, object, f);
    if (r == 0 && task_check(t, f) < 0)
        r = 1;
    if (r != 0) {
        fault_prefix(f, "%s: ", name);
        return r;
    }
    int64_t least = ops->class == CLASS_HEAVY ? REMOTE_HEAVY_INTERVAL_MIN_US : REMOTE_INTERVAL_MIN_US;
    t->interval_us = interval_s * 1000000 < least ? least : interval_s * 1000000;
    t->remote = true;
    *ret = TAKE(t);
    return 0;
}

int schedule_read(const json_t *object, struct schedule *ret, struct fault *f)
{
    _cleanup_(schedule_free) struct schedule s = {0};
    int64_t format;
    if (!json_is_object(object))
        return fault_set(f, -EBADMSG, _("the schedule is no object"));
    if (json_get_int(object, "schedule", 1, 1, &format, f) < 0 ||
        json_get_int(object, "version", 1, INT64_MAX, &s.version, f) < 0)
        return -EBADMSG;
    const json_t *tasks = json_object_get(object, "tasks");
    if (!json_is_array(tasks) || json_array_size(tasks) > SCHEDULE_TASKS_MAX)
        return fault_set(f, -EBADMSG, _("\"tasks\" is no array of at most %d"), SCHEDULE_TASKS_MAX);
    for (size_t i = 0; i < json_array_size(tasks); i++) {
        struct task *t = NULL;
        struct fault why = {0};
        int r = task_read(json_array_get(tasks, i), &t, &why);
        if (r < 0 || (r == 0 && schedule_add(&s, t, &why) < 0))
            return fault_set(f, -EBADMSG, _("task %zu of the schedule: %s"), i + 1, why.text);
        if (r == 1) {
            s.left_out++;
            memcpy(s.left_out_why, why.text, sizeof s.left_out_why - 1);
        }
    }
    *ret = s;
    s = (struct schedule){0};
    return 0;
}

bool schedule_ships(const char *task)
{
    for (const struct embedded *e = agent_schedules; e->path; e++) {
        _cleanup_json_ json_t *all = json_loadb(e->text, e->len, 0, NULL);
        const json_t *one;
        size_t i;
        json_array_foreach(json_object_get(all, "tasks"), i, one)
        {
            if (strcmp(json_string_value(json_object_get(one, "name")), task) == 0)
                return true;
        }
    }
    return false;
}

int schedule_standard(struct schedule *ret, struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    int r = json_read(agent_schedules[0].text, agent_schedules[0].len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &object, f);
    return r < 0 ? r : schedule_read(object, ret, f);
}

/* ---- when ---- */

int64_t schedule_phase(const uint8_t public[static SIGN_PUBLIC_SIZE], const char *name, int64_t interval_us)
{
    uint8_t bytes[SIGN_PUBLIC_SIZE + NAME_MAX_TASK], hash[HASH_SIZE];
    size_t len = strnlen(name, NAME_MAX_TASK);
    memcpy(bytes, public, SIGN_PUBLIC_SIZE);
    memcpy(bytes + SIGN_PUBLIC_SIZE, name, len);
    hash_make(DOMAIN_PHASE, bytes, SIGN_PUBLIC_SIZE + len, hash);
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | hash[i];
    return (int64_t)(n % (uint64_t)interval_us);
}

int64_t schedule_next(int64_t phase_us, int64_t interval_us, int64_t now_us)
{
    int64_t past = (now_us - phase_us) % interval_us;
    if (past < 0)
        past += interval_us;
    return now_us + interval_us - past;
}
