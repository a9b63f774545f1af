/* Is this probe alive, and does what it measures arrive? Answered from the
 * state directory alone, with or without a running agent. Any user of the box
 * may ask: who may not look into the folder is told what status.json says, and
 * nothing of what opens anything. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/command/command.h"
#include "agent/probe/identity.h"
#include "agent/probe/owner.h"
#include "agent/command/show.h"
#include "agent/spool/spool.h"
#include "agent/daemon/status.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"

static const struct option options[] = {
    {"json", NULL, N_("print one JSON object")},
    {0},
};

struct view {
    bool enrolled, running, has_status;
    bool private;      /* who asks may look into the folder */
    const char *probe; /* of identity or status; NULL when not known yet */
    char *collector;   /* that it sends to; owned, NULL when not known yet */
    const char *next;  /* of the configuration, from the next start on; NULL when it is the same */
    struct identity identity;
    struct status status;
    char *link; /* the owner's, NULL when there is none or not for who asks; owned */
};

static void view_free(struct view *v)
{
    identity_wipe(&v->identity);
    free(v->collector);
    free(v->link);
}

/* What the files say now, whoever wrote the status last. */
static int count_batches(const char *dir, struct status *s, struct fault *f)
{
    const struct {
        int64_t *count, *bytes;
    } rets[SPOOL_PLACES] = {
        [SPOOL_WAITING] = {&s->waiting, &s->waiting_bytes},
        [SPOOL_ACKED] = {&s->acknowledged, NULL},
        [SPOOL_REJECTED] = {&s->rejected, &s->rejected_bytes},
    };
    for (int p = 0; p < SPOOL_PLACES; p++) {
        _cleanup_(spool_list_free) struct spool_list list = {0};
        int r = spool_list_read(dir, (enum spool_place)p, &list, f);
        if (r < 0)
            return r;
        *rets[p].count = (int64_t)list.count;
        if (rets[p].bytes)
            *rets[p].bytes = list.bytes;
    }
    return 0;
}

/* Who may read the identity may read all. */
static int identity_view(const char *dir, struct view *v, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/identity.json", dir);
    int r = identity_read(dir, &v->identity, f);
    v->private = r != -EACCES;
    v->enrolled = r == 0 || (r == -EACCES && access(path, F_OK) == 0);
    if (r == 0)
        v->probe = v->identity.probe;
    return r < 0 && r != -ENOENT && r != -EACCES ? r : 0;
}

/* The running agent sends where it was told to when it started. */
static void collector_view(const struct settings *settings, struct view *v)
{
    const char *now = v->running ? v->status.collector : "";
    const char *next = settings->collector      ? settings->collector
                       : *v->identity.collector ? v->identity.collector
                                                : v->status.collector;
    if (*now && *next && strcmp(now, next) != 0)
        v->next = next;
    now = *now ? now : next;
    v->collector = *now ? alloc_text(now) : NULL;
}

static int view_read(const char *dir, const struct settings *settings, struct view *v, struct fault *f)
{
    char secret[OWNER_TEXT_SIZE];
    int r = identity_view(dir, v, f);
    if (r < 0)
        return r;
    r = status_read(dir, &v->status, f);
    if (r == -EACCES && !v->private)
        return fault_set(
            f, r, _("%s: only root and the probe's own user may look in there; put sudo before the command"), dir);
    if (r < 0 && r != -ENOENT)
        return r;
    v->has_status = r == 0;
    if (!v->probe && v->has_status && *v->status.probe)
        v->probe = v->status.probe;
    v->running = v->enrolled && v->has_status && status_running(&v->status);
    collector_view(settings, v);
    if (!v->private || !v->enrolled)
        return 0;
    if (owner_read(dir, secret, NULL) == 0)
        v->link = owner_link(v->collector, secret);
    return count_batches(dir, &v->status, f);
}

/* ---- for people ---- */

static const char *last_outcome(const struct status *s)
{
    enum outcome outcome;
    bool known = outcome_parse(s->last_outcome, strlen(s->last_outcome), &outcome) == 0;
    return known ? outcome_text(outcome) : s->last_outcome;
}

/* The log has it in English; an older agent has kept nothing else. */
static const char *last_fault(const struct status *s, char ret_text[static FAULT_TEXT_MAX])
{
    return s->trouble.kind == TROUBLE_NONE ? s->last_fault : trouble_text(&s->trouble, false, ret_text);
}

static void row_time(const char *label, const struct status *status, const struct status_moment *m)
{
    char number[NUMBER_TEXT_SIZE];
    int64_t s = status_age_us(status, m, &clock_system) / 1000000;
    if (m->wall_us == 0 && m->mono_us == 0)
        printf("%s %s\n", label, _("never"));
    else if (status_age_us(status, m, &clock_system) < 0)
        printf("%s %s\n", label, _("at a moment that is not known: the clock was wrong"));
    else if (s < 60)
        printf("%s %s\n", label, _("just now"));
    else if (s < 7200)
        printf(_("%s %s min ago\n"), label, lang_number(lang_current(), (double)(s / 60), 0, number));
    else if (s < 2 * 86400)
        printf(_("%s %s h ago\n"), label, lang_number(lang_current(), (double)(s / 3600), 0, number));
    else
        printf(_("%s %s days ago\n"), label, lang_number(lang_current(), (double)(s / 86400), 0, number));
}

static void row_batches(const char *label, int64_t count, int64_t bytes_count)
{
    char number[NUMBER_TEXT_SIZE], bytes[SHOW_BYTES_SIZE];
    printf("%s %s (%s)\n", label, lang_number(lang_current(), (double)count, 0, number),
           show_bytes(bytes_count, bytes));
}

static void row_count(const char *label, int64_t count)
{
    char number[NUMBER_TEXT_SIZE];
    printf("%s %s\n", label, lang_number(lang_current(), (double)count, 0, number));
}

static void print_agent(const struct view *v)
{
    int error = v->status.disk_error;
    if (!v->running)
        printf(_("Agent:            %s\n"), _("not running"));
    else if (error == ENOSPC || error == EDQUOT)
        printf(_("Agent:            %s\n"), _("running, but the disk is full: make room, or what it measures is lost"));
    else if (error)
        printf(_("Agent:            running, but it cannot write to the disk, and loses what it measures (%s)\n"),
               fault_errno(error));
    else
        printf(_("Agent:            %s\n"), _("running"));
}

static void print_counts(const struct view *v)
{
    char fault[FAULT_TEXT_MAX];
    const struct status *s = &v->status;
    row_count(_("Tasks:           "), s->tasks);
    row_count(_("Overlaps:        "), s->overlaps);
    if (s->missed)
        row_count(_("Missed moments:  "), s->missed);
    if (s->forks)
        printf(_("New chains:       %s, because the collector knew other batches of the old ones: this folder was\n"
                 "                  copied to another box, or put back from a backup\n"),
               lang_number(lang_current(), (double)s->forks, 0, (char[NUMBER_TEXT_SIZE]){0}));
    if (s->lost)
        row_count(_("Lost results:    "), s->lost);
    if (*s->last_fault)
        printf(_("Last trouble:     %s\n"), last_fault(s, fault));
}

static void print_people(const struct view *v)
{
    const struct status *s = &v->status;
    if (!v->enrolled) {
        puts(_("Not enrolled: run `internetmetre-agent enroll URL TOKEN`."));
        return;
    }
    if (v->probe)
        printf(_("Probe:            %s\n"), v->probe);
    if (v->collector)
        printf(_("Collector:        %s\n"), v->collector);
    if (v->next)
        printf(_("                  from the agent's next start on: %s\n"), v->next);
    print_agent(v);
    if (v->has_status) {
        row_time(_("Last result:     "), s, &s->last_result);
        if (*s->last_task)
            printf(_("                  %s: %s\n"), s->last_task, last_outcome(s));
        row_time(_("Last delivery:   "), s, &s->last_ack);
    }
    if (v->has_status || v->private) {
        row_batches(_("Batches waiting: "), s->waiting, s->waiting_bytes);
        row_batches(_("Batches refused: "), s->rejected, s->rejected_bytes);
    }
    if (v->has_status)
        print_counts(v);
    if (v->link)
        printf(_("Your results:     %s\n"), v->link);
    else if (!v->private)
        puts(_("Your results:     `sudo internetmetre-agent status` shows the link to them"));
}

/* ---- for programs ---- */

static json_t *time_json(int64_t us)
{
    char text[TIME_TEXT_SIZE];
    return us ? json_string(time_format(us, text)) : json_null();
}

/* Seconds since; null when it never was, or the clock was wrong. */
static json_t *age_json(const struct status *s, const struct status_moment *m)
{
    int64_t age = m->wall_us || m->mono_us ? status_age_us(s, m, &clock_system) : -1;
    return age < 0 ? json_null() : json_integer(age / 1000000);
}

static json_t *text_json(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static void print_json(const struct view *v)
{
    const struct status *s = &v->status;
    _cleanup_json_ json_t *o = json_pack(
        "{s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:I, s:I}", "enrolled", v->enrolled, "running",
        v->running, "waiting", (json_int_t)s->waiting, "waiting_bytes", (json_int_t)s->waiting_bytes, "acknowledged",
        (json_int_t)s->acknowledged, "rejected", (json_int_t)s->rejected, "tasks", (json_int_t)s->tasks,
        "schedule_version", (json_int_t)s->schedule_version, "results", (json_int_t)s->results, "lost",
        (json_int_t)s->lost, "disk_error", s->disk_error, "overlaps", (json_int_t)s->overlaps, "missed",
        (json_int_t)s->missed, "forks", (json_int_t)s->forks);
    json_object_set_new(o, "probe", v->enrolled ? text_json(v->probe) : json_null());
    json_object_set_new(o, "collector", v->enrolled ? text_json(v->collector) : json_null());
    json_object_set_new(o, "owner_link", text_json(v->link));
    json_object_set_new(o, "at", time_json(s->at_us));
    json_object_set_new(o, "last_result", time_json(s->last_result.wall_us));
    json_object_set_new(o, "last_result_age_s", age_json(s, &s->last_result));
    json_object_set_new(o, "last_task", text_json(s->last_task));
    json_object_set_new(o, "last_outcome", text_json(s->last_outcome));
    json_object_set_new(o, "last_ack", time_json(s->last_ack.wall_us));
    json_object_set_new(o, "last_ack_age_s", age_json(s, &s->last_ack));
    json_object_set_new(o, "last_fault", text_json(s->last_fault));
    _cleanup_text_ char *text = json_text(o);
    puts(text);
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    _cleanup_(view_free) struct view v = {0};
    struct fault f;
    if (view_read(in->state_dir, &settings, &v, &f) < 0)
        return command_failed("%s", f.text);
    if (invocation_flag(in, "json"))
        print_json(&v);
    else
        print_people(&v);
    return v.enrolled ? EXIT_OK : EXIT_NOT_OK;
}

const struct command command_status = {
    .name = "status",
    .usage = N_("[--json]"),
    .help = N_("show whether this probe is alive and its results arrive"),
    .options = options,
    .run = run,
};
