/* Is this probe alive, and does what it measures arrive? Answered from the
 * state directory alone, with or without a running agent. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/command.h"
#include "agent/identity.h"
#include "agent/owner.h"
#include "agent/show.h"
#include "agent/spool.h"
#include "agent/status.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"

static const struct option options[] = {
    {"json", NULL, N_("print one JSON object")},
    {0},
};

struct view {
    bool enrolled, running, has_status;
    struct identity identity;
    struct status status;
    struct spool_list places[SPOOL_PLACES];
    char *link; /* the owner's, NULL when there is none; owned */
};

static void view_free(struct view *v)
{
    identity_wipe(&v->identity);
    free(v->link);
    for (int p = 0; p < SPOOL_PLACES; p++)
        spool_list_free(&v->places[p]);
}

static int view_read(const char *dir, struct view *v, struct fault *f)
{
    int r = identity_read(dir, &v->identity, f);
    if (r < 0 && r != -ENOENT)
        return r;
    v->enrolled = r == 0;
    char secret[OWNER_TEXT_SIZE];
    if (v->enrolled && owner_read(dir, secret, NULL) == 0)
        v->link = owner_link(v->identity.collector, secret);
    r = status_read(dir, &v->status, f);
    if (r < 0 && r != -ENOENT)
        return r;
    v->has_status = r == 0;
    for (int p = 0; p < SPOOL_PLACES; p++) {
        r = spool_list_read(dir, (enum spool_place)p, &v->places[p], f);
        if (r < 0)
            return r;
    }
    struct fault ignored;
    _cleanup_fd_ int lock = -1;
    v->running = v->enrolled && file_lock_dir(dir, &lock, &ignored) == -EBUSY;
    return 0;
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

/* "12 min ago"; a clock that was set back gives "just now". */
static void row_time(const char *label, int64_t us)
{
    char number[NUMBER_TEXT_SIZE];
    int64_t s = (clock_wall_us(&clock_system) - us) / 1000000;
    if (us == 0)
        printf("%s %s\n", label, _("never"));
    else if (s < 60)
        printf("%s %s\n", label, _("just now"));
    else if (s < 7200)
        printf(_("%s %s min ago\n"), label, lang_number(lang_current(), (double)(s / 60), 0, number));
    else if (s < 2 * 86400)
        printf(_("%s %s h ago\n"), label, lang_number(lang_current(), (double)(s / 3600), 0, number));
    else
        printf(_("%s %s days ago\n"), label, lang_number(lang_current(), (double)(s / 86400), 0, number));
}

static void row_place(const char *label, const struct spool_list *list)
{
    char number[NUMBER_TEXT_SIZE], bytes[SHOW_BYTES_SIZE];
    printf("%s %s (%s)\n", label, lang_number(lang_current(), (double)list->count, 0, number),
           show_bytes(list->bytes, bytes));
}

static void row_count(const char *label, int64_t count)
{
    char number[NUMBER_TEXT_SIZE];
    printf("%s %s\n", label, lang_number(lang_current(), (double)count, 0, number));
}

static void print_people(const struct view *v)
{
    if (!v->enrolled) {
        puts(_("Not enrolled: run `internetmetre-agent enroll URL TOKEN`."));
        return;
    }
    char fault[FAULT_TEXT_MAX];
    printf(_("Probe:            %s\n"), v->identity.probe);
    printf(_("Collector:        %s\n"), v->identity.collector);
    printf(_("Agent:            %s\n"), v->running ? _("running") : _("not running"));
    if (v->has_status) {
        row_time(_("Last result:     "), v->status.last_result_us);
        if (v->status.last_result_us)
            printf(_("                  %s: %s\n"), v->status.last_task, last_outcome(&v->status));
        row_time(_("Last delivery:   "), v->status.last_ack_us);
    }
    row_place(_("Batches waiting: "), &v->places[SPOOL_WAITING]);
    row_place(_("Batches refused: "), &v->places[SPOOL_REJECTED]);
    if (v->has_status) {
        row_count(_("Tasks:           "), v->status.tasks);
        row_count(_("Overlaps:        "), v->status.overlaps);
        if (v->status.missed)
            row_count(_("Missed moments:  "), v->status.missed);
        if (v->status.forks)
            printf(_("New chains:       %s, because the collector knew other batches of the old ones: this folder was\n"
                     "                  copied to another box, or put back from a backup\n"),
                   lang_number(lang_current(), (double)v->status.forks, 0, (char[NUMBER_TEXT_SIZE]){0}));
        if (v->status.lost)
            row_count(_("Lost results:    "), v->status.lost);
        if (*v->status.last_fault)
            printf(_("Last trouble:     %s\n"), last_fault(&v->status, fault));
    }
    if (v->link)
        printf(_("Your results:     %s\n"), v->link);
}

/* ---- for programs ---- */

static json_t *time_json(int64_t us)
{
    char text[TIME_TEXT_SIZE];
    return us ? json_string(time_format(us, text)) : json_null();
}

static void print_json(const struct view *v)
{
    const struct status *s = &v->status;
    _cleanup_json_ json_t *o = json_pack(
        "{s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "enrolled", v->enrolled, "running",
        v->running, "waiting", (json_int_t)v->places[SPOOL_WAITING].count, "waiting_bytes",
        (json_int_t)v->places[SPOOL_WAITING].bytes, "acknowledged", (json_int_t)v->places[SPOOL_ACKED].count,
        "rejected", (json_int_t)v->places[SPOOL_REJECTED].count, "tasks", (json_int_t)s->tasks, "schedule_version",
        (json_int_t)s->schedule_version, "results", (json_int_t)s->results, "lost", (json_int_t)s->lost, "overlaps",
        (json_int_t)s->overlaps, "missed", (json_int_t)s->missed, "forks", (json_int_t)s->forks);
    json_object_set_new(o, "probe", v->enrolled ? json_string(v->identity.probe) : json_null());
    json_object_set_new(o, "collector", v->enrolled ? json_string(v->identity.collector) : json_null());
    json_object_set_new(o, "owner_link", v->link ? json_string(v->link) : json_null());
    json_object_set_new(o, "at", time_json(s->at_us));
    json_object_set_new(o, "last_result", time_json(s->last_result_us));
    json_object_set_new(o, "last_task", *s->last_task ? json_string(s->last_task) : json_null());
    json_object_set_new(o, "last_outcome", *s->last_outcome ? json_string(s->last_outcome) : json_null());
    json_object_set_new(o, "last_ack", time_json(s->last_ack_us));
    json_object_set_new(o, "last_fault", *s->last_fault ? json_string(s->last_fault) : json_null());
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
    if (view_read(in->state_dir, &v, &f) < 0)
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
