/* simulate: an imaginary country, to try figures, pages and reports on before
 * anything was measured for long. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/command/session.h"
#include "collector/db/user.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/simulate/parcel.h"
#include "collector/simulate/summary.h"
#include "collector/simulate/truth.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stop.h"

#define PROBES_MAX 100000
#define DAYS_MAX   3660
/* Up to so many days of probes each result is kept, unless the user says otherwise:
 * more take longer than anybody wants to wait for. */
#define BATCHES_MAX 5000

/* ---- what is true ---- */

/* The caller frees. */
static char *truth_path(const struct session *s)
{
    return alloc_format("%s/truth.json", s->context->state_dir);
}

/* Before the first line is drawn, so that nobody can say that it was made to fit. */
static int write_truth(const struct session *s, const struct simulation *asked, const struct simulation_state *state,
                       struct fault *f)
{
    _cleanup_text_ char *path = truth_path(s);
    _cleanup_json_ json_t *truth = truth_make(&state->world, state->last, asked->probes);
    _cleanup_text_ char *text = json_dumps(truth, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    int rc = file_write_atomic(path, text, strlen(text), 0644, f);
    if (rc == 0)
        printf(_("what is true of this country: %s\n"), path);
    return rc;
}

/* ---- the probes ---- */

/* Either way of making a probe. */
struct maker {
    struct summary *summary;
    struct parcel *parcel;
};

static int maker_open(const struct session *s, const struct simulation *asked, const struct simulation_state *state,
                      struct maker *ret, struct fault *f)
{
    return asked->batches ? parcel_open(s->database, state, &ret->parcel, f)
                          : summary_open(s->pg, state, &ret->summary, f);
}

static void maker_close(struct maker *m)
{
    summary_free(m->summary);
    parcel_free(m->parcel);
}

static int maker_probe(struct maker *m, int64_t n, struct fault *f)
{
    return m->parcel ? parcel_probe(m->parcel, (uint64_t)n, f) : summary_probe(m->summary, (uint64_t)n, f);
}

/* 1 when it was stopped. */
static int make_probes(const struct session *s, const struct simulation *asked, const struct simulation_state *state,
                       struct fault *f)
{
    _cleanup_(maker_close) struct maker maker = {0};
    struct progress progress = {0};
    int64_t done = state->done;
    int rc = maker_open(s, asked, state, &maker, f);
    for (; rc == 0 && done < asked->probes && !stop_asked(); done++) {
        progress_show(&progress, _("simulated probes"), done, asked->probes);
        rc = maker_probe(&maker, done, f);
    }
    progress_end(&progress);
    if (rc == 0 && done == asked->probes && maker.parcel)
        rc = parcel_end(maker.parcel, f);
    if (rc < 0 || done == asked->probes)
        return rc;
    printf(_("stopped; simulated probes so far: %" PRId64 " of %" PRId64 ". The same command goes on, and comes to the "
             "same; simulate --remove takes them away\n"),
           done, asked->probes);
    return 1;
}

static int make_figures(const struct session *s, struct fault *f)
{
    int rc = simulation_end(s->pg, f);
    if (rc == 0)
        rc = pg_run(s->pg, "ANALYZE rollup_day, rollup_day_sketch", f);
    if (rc == 0)
        rc = rollup_run_shown(s->pg, f);
    return rc < 0 ? rc : refresh_run(s->pg, f);
}

static int make_all(const struct session *s, const struct simulation *asked, const struct simulation_state *state,
                    struct fault *f)
{
    stop_hold();
    int rc = write_truth(s, asked, state, f);
    if (rc == 0)
        rc = simulation_begin(s->pg, asked, state, f);
    if (rc == 0)
        rc = make_probes(s, asked, state, f);
    stop_release();
    if (rc == 0)
        rc = make_figures(s, f);
    if (rc == 0)
        printf(_("simulated probes: %" PRId64 ", days: %" PRId64
                 ". Their figures are marked as simulated, and no measured "
                 "one counts them\n"),
               asked->probes, asked->days);
    return rc;
}

/* Whoever writes another year into the file sees nothing happen. */
static void tell_idle(const struct simulation_state *state)
{
    const int64_t from = reading_hour(&state->world, state->world.first),
                  to = reading_hour(&state->world, state->last) + 24;
    size_t idle = 0;
    for (size_t i = 0; i < state->events.count; i++)
        idle += state->events.list[i].to <= from || state->events.list[i].from >= to;
    if (idle > 0)
        log_warn(_("events that touch no simulated day: %zu of %zu; look at their start"), idle, state->events.count);
}

static int make(const struct session *s, struct fault *f)
{
    const struct simulation *asked = s->data;
    struct simulation_state state = {0};
    int rc = simulation_hold(s->pg, f);
    if (rc == 0)
        rc = simulation_open(s->pg, asked, &state, f);
    if (rc == 0)
        tell_idle(&state);
    if (rc == 0)
        rc = make_all(s, asked, &state, f);
    simulation_free(&state);
    return rc == 1 ? fault_set(f, -EINTR, _("the simulated country is not complete")) : rc;
}

/* ---- the command ---- */

/* Of a country that is gone it would be read as the next one's. */
static int remove_truth(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *path = truth_path(s);
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    return fault_set(f, -errno, _("%s: cannot be removed: %s"), path, fault_errno(errno));
}

static int take_away(const struct session *s, struct fault *f)
{
    int64_t probes = 0;
    int rc = simulation_hold(s->pg, f);
    if (rc == 0)
        rc = simulation_remove(s->pg, &probes, f);
    if (rc == 0)
        rc = remove_truth(s, f);
    if (rc == 0)
        rc = refresh_run(s->pg, f);
    if (rc == 0)
        printf(_("simulated probes taken away: %" PRId64 "\n"), probes);
    return rc;
}

static int check_seed(const char *text, struct fault *f)
{
    char *end;
    errno = 0;
    (void)strtoull(text, &end, 10);
    if (*text && strspn(text, "0123456789") == strlen(text) && errno == 0)
        return 0;
    return fault_set(f, -EINVAL, _("a whole number from 0 to %" PRIu64 " is wanted"), UINT64_MAX);
}

static const struct option options[] = {
    {"country", N_("CC"), N_("whose operators and departments it has; without it, the collector's"), .max = 2},
    {"probes", N_("N"), N_("how many"), OPTION_NUMBER, .min = 1, .max = PROBES_MAX},
    {"days", N_("N"), N_("how many"), OPTION_NUMBER, .min = 1, .max = DAYS_MAX},
    {"seed", N_("N"), N_("another number makes another country; the same one makes the same again"),
     .check = check_seed},
    {"from", N_("DAY"), N_("the first day; without it, so that the last one was yesterday"), OPTION_DAY},
    {"events", N_("FILE"), N_("outages and the like, as CSV: start,duration,department,operator,kind,size"),
     OPTION_FILE},
    {"batches", NULL, N_("each result, in signed batches; without a word, up to 5000 days of probes")},
    {"rollups", NULL, N_("sums of days only, made at once: for long histories")},
    {"beside-real", NULL, N_("also on a collector that knows real probes")},
    {"remove", NULL, N_("take the simulated country away again")},
    {0},
};

static int read_events(const struct invocation *in, struct buf *text, struct fault *f)
{
    const char *path = invocation_text(in, "events");
    return path ? user_read(path, EVENTS_BYTES_MAX, text, f) : 0;
}

static int run_make(const struct invocation *in)
{
    struct fault f = {0};
    _cleanup_(buf_free) struct buf events = {0};
    const char *country = invocation_text(in, "country"), *seed = invocation_text(in, "seed");
    if (!invocation_text(in, "probes") || !invocation_text(in, "days") || !seed)
        return invocation_wrong(in, "%s", _("--probes, --days and --seed are wanted; or --remove"));
    if (invocation_flag(in, "batches") && invocation_flag(in, "rollups"))
        return invocation_wrong(in, "%s", _("--batches and --rollups contradict each other"));
    int rc = read_events(in, &events, &f);
    if (rc < 0)
        return session_end(rc, &f);
    struct simulation asked = {
        .country = country ? country : in->context->settings.country,
        .probes = invocation_number(in, "probes", 0),
        .days = invocation_number(in, "days", 0),
        .seed = strtoull(seed, NULL, 10),
        .from = invocation_text(in, "from"),
        .events_path = invocation_text(in, "events"),
        .events = &events,
        .beside = invocation_flag(in, "beside-real"),
    };
    asked.batches = invocation_flag(in, "batches") ||
                    (!invocation_flag(in, "rollups") && asked.probes * asked.days <= BATCHES_MAX);
    return session_do(in, make, &asked);
}

static int run(const struct invocation *in)
{
    unsigned others = 0;
    if (!invocation_flag(in, "remove"))
        return run_make(in);
    for (const struct option *o = options; o->name; o++)
        others += strcmp(o->name, "remove") != 0 && invocation_flag(in, o->name);
    if (others > 0)
        return invocation_wrong(in, "%s", _("--remove takes all of it away, and goes with no other option"));
    return session_do(in, take_away, NULL);
}

const struct command command_simulate = {
    .name = "simulate",
    .usage = N_("--probes N --days N --seed N [--country CC] [--from DAY] [--events FILE] [--batches|--rollups] "
                "[--beside-real]\n--remove"),
    .help = N_("Make an imaginary country, to try figures and pages on: marked as simulated everywhere, counted in no "
               "measured figure, and the same for the same seed."),
    .options = options,
    .run = run,
};
