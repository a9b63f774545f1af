#include "agent/check/table.h"
#include "agent/daemon/settings.h"

#include <errno.h>
#include <string.h>

#include "common/form.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"

static const char *const languages[] = {"auto", "fr", "en", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const schedules[] = {"remote", "off", NULL};

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

/* A veto with a slip of the pen in it would be lost in silence. */
static int check_forbid(const void *target, struct fault *f)
{
    const struct settings *s = target;
    size_t len;
    for (const char *at = s->forbid ? s->forbid : ""; (len = form_next_word(&at)) > 0;) {
        _cleanup_text_ char *word = alloc_text_n(at - len, len);
        _cleanup_(buf_free) struct buf known = {0};
        if (check_find(word) || schedule_find(&s->tasks, word) || schedule_ships(word) ||
            (strncmp(word, TASK_PREFIX, strlen(TASK_PREFIX)) == 0 && task_name_valid(word + strlen(TASK_PREFIX))))
            continue;
        for (size_t i = 0; check_table[i]; i++)
            conf_add_word(&known, check_table[i]->name);
        return fault_set(f, -EINVAL,
                         _("forbid = %s: no check and no known task has this name; checks: %s; a task of the "
                           "collector's own schedule: %s%s"),
                         word, known.data ? known.data : "", TASK_PREFIX, word);
    }
    return 0;
}

static const struct conf_key keys[] = {
    {NULL, "collector", CONF_URL, offsetof(struct settings, collector), NULL, 0, 0, NULL,
     N_("Address of the collector, when it has moved since enrolment"), false},
    {NULL, "language", CONF_CHOICE, offsetof(struct settings, language), "auto", 0, 0, languages,
     N_("Language of what commands print; auto follows the system. The log of the service is English"), true},
    {NULL, "log_level", CONF_CHOICE, offsetof(struct settings, log_level), "info", 0, 0, levels,
     N_("The least important messages that are written"), true},
    {NULL, "allow_private_targets", CONF_BOOL, offsetof(struct settings, allow_private_targets), "no", 0, 0, NULL,
     N_("May this file's tasks, and the redirects that `measure` follows, reach private, loopback and link-local "
        "addresses? Tasks of the collector never may; what is typed after `measure` always may"),
     true},
    {NULL, "schedule", CONF_CHOICE, offsetof(struct settings, schedule), "remote", 0, 0, schedules,
     N_("Run the collector's signed schedule, or only this file's tasks"), true},
    {NULL, "schedule_interval", CONF_DURATION, offsetof(struct settings, schedule_interval_us), "1h", MINUTE, 24 * HOUR,
     NULL, N_("How often the collector is asked for a newer schedule"), true},
    {NULL, "forbid", CONF_TEXT, offsetof(struct settings, forbid), NULL, 0, 0, NULL,
     N_("Checks and tasks that never run here, between spaces; write task:NAME for a task that this program does not "
        "know"),
     true, .check = check_forbid},
    {NULL, "seal_interval", CONF_DURATION, offsetof(struct settings, seal_interval_us), "15m", SECOND, 15 * MINUTE,
     NULL, N_("How long results wait before they are sealed into a signed batch and sent"), true},
    {NULL, "journal_sync", CONF_DURATION, offsetof(struct settings, journal_sync_us), "60s", SECOND, MINUTE, NULL,
     N_("The most measuring time that a power cut can lose"), true},
    {NULL, "retry_max", CONF_DURATION, offsetof(struct settings, retry_max_us), "10m", SECOND, 24 * HOUR, NULL,
     N_("The longest pause between two tries to reach the collector"), true},
    {NULL, "spool_max", CONF_BYTES, offsetof(struct settings, spool_max), "200M", 1 << 20, INT64_C(1) << 40, NULL,
     N_("Room for batches that wait; past it the oldest go and a signed note says so"), true},
};

static int section_key(void *target, const char *name, const char *key, const char *value, struct fault *f);

static const struct conf_table table = {keys, COUNT(keys), "task ", section_key};

/* ---- the sections [task NAME] ---- */

static int section_open(struct settings *s, const char *name, const char *key, const char *value, struct fault *f)
{
    if (!task_name_valid(name))
        return fault_set(f, -EINVAL, _("[task %s]: a task's name has 1 to %d letters, digits, dots and dashes"), name,
                         NAME_MAX_TASK);
    if (schedule_find(&s->tasks, name))
        return fault_set(f, -EINVAL, _("[task %s] stands twice; give each task a name of its own"), name);
    if (strcmp(key, "check") != 0)
        return fault_set(f, -EINVAL, _("[task %s]: begin the section with \"check = NAME\""), name);
    const struct check_ops *ops = check_find(value);
    if (!ops) {
        _cleanup_(buf_free) struct buf known = {0};
        for (size_t i = 0; check_table[i]; i++)
            buf_addf(&known, "%s%s", i ? ", " : "", check_table[i]->name);
        return fault_set(f, -EINVAL, _("check = %s: no such check; allowed: %s"), value, known.data ? known.data : "");
    }
    const struct policy policy = {.allow_private = s->allow_private_targets};
    struct task *t = task_new(ops, name, NULL, &policy);
    int r = schedule_add(&s->tasks, t, f);
    if (r == 0)
        s->open = t;
    return r;
}

static int interval_set(struct task *t, const char *value, struct fault *f)
{
    int64_t us;
    if (conf_parse_duration(value, &us) < 0 || us < LOCAL_INTERVAL_MIN_US || us > TASK_INTERVAL_MAX_US)
        return fault_set(f, -EINVAL, _("interval = %s: not allowed; allowed: a duration from 1s to 31d, such as 5m"),
                         value);
    t->interval_us = us;
    return 0;
}

static int target_set(struct task *t, const char *value, struct fault *f)
{
    char *target = NULL;
    int r = task_target_check(t->args.ops, value, &target, f);
    if (r < 0)
        return r;
    free(t->args.target);
    t->args.target = target;
    return 0;
}

static int section_key(void *target, const char *name, const char *key, const char *value, struct fault *f)
{
    struct settings *s = target;
    if (!s->open || strcmp(s->open->args.task, name) != 0)
        return section_open(s, name, key, value, f);
    if (strcmp(key, "check") == 0)
        return fault_set(f, -EINVAL, _("[task %s] has its check already, %s"), name, s->open->args.ops->name);
    if (strcmp(key, "interval") == 0)
        return interval_set(s->open, value, f);
    if (strcmp(key, "target") == 0)
        return target_set(s->open, value, f);
    return check_args_set(&s->open->args, key, value, f);
}

/* What only the end of a section shows. */
static int tasks_finish(struct settings *s, const char *path, struct fault *f)
{
    for (size_t i = 0; i < s->tasks.count; i++) {
        struct task *t = s->tasks.tasks[i];
        int r = 0;
        if (t->interval_us == 0)
            r = fault_set(f, -EINVAL, _("\"interval\" is missing; write for example \"interval = 5m\""));
        else
            r = task_check(t, f);
        if (r < 0) {
            fault_prefix(f, _("%s, [task %s]: "), path, t->args.task);
            return r;
        }
        t->args.policy.allow_private = s->allow_private_targets;
    }
    s->open = NULL;
    return 0;
}

/* ---- the file ---- */

int settings_read(const char *path, struct settings *ret, struct fault *f)
{
    _cleanup_(settings_free) struct settings s = {0};
    conf_preset(&table, &s);
    const char *file = path ? path : SETTINGS_FILE;
    int r = conf_read(&table, file, &s, f);
    s.present = r == 0;
    if (r == -ENOENT && !path)
        r = 0;
    if (r == 0)
        r = tasks_finish(&s, file, f);
    if (r < 0)
        return r;
    for (size_t len = s.collector ? strlen(s.collector) : 0; len > 0 && s.collector[len - 1] == '/';)
        s.collector[--len] = '\0'; /* paths are put behind it */
    *ret = s;
    s = (struct settings){0};
    return 0;
}

void settings_free(struct settings *s)
{
    conf_free(&table, s);
    schedule_free(&s->tasks);
    *s = (struct settings){0};
}

void settings_changed(const struct settings *before, const struct settings *after, struct buf *out)
{
    conf_changed(&table, before, after, out);
}

const char *settings_language(const struct settings *s)
{
    return languages[s->language];
}

void settings_print_help(FILE *out)
{
    conf_print_help(&table, out);
    fprintf(out, "  [task NAME]\n      %s\n",
            _("A measurement of your own: check, target, interval, and the check's parameters"));
}

void settings_print_sample(FILE *out)
{
    fprintf(out, "# %s\n\n", _("Configuration of the InternetMetre probe. Each key is shown with its default."));
    conf_print_sample(&table, out);
    fprintf(out,
            "# %s\n"
            "#[task gateway]\n"
            "#check = ping\n"
            "#target = 192.168.1.1\n"
            "#interval = 5m\n",
            _("A measurement of your own. `internetmetre-agent checks NAME` lists a check's parameters."));
}
