#include "collector/simulate/simulation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/date.h"
#include "common/clock.h"
#include "common/lang.h"

#define DAY_US    INT64_C(86400000000)
#define FIRST_DAY 18262 /* 2020-01-01: no result of before is projected */

typedef char day_text[TIME_TEXT_SIZE];

static const char *write_day(int32_t day, day_text ret)
{
    time_format(day * DAY_US, ret);
    ret[10] = '\0';
    return ret;
}

/* ---- what is asked for ---- */

static void events_hash(const struct simulation *s, char ret[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    *ret = '\0';
    if (!s->events_path)
        return;
    hash_make("", s->events->data ? s->events->data : "", s->events->len, hash);
    hash_text(hash, ret);
}

static const char *way(const struct simulation *s)
{
    return s->batches ? "batches" : "rollups";
}

/* Days as they were asked for, or those of the one that goes on. */
static int set_days(const struct simulation *s, const char *from, struct simulation_state *state, struct fault *f)
{
    int32_t today = (int32_t)(clock_wall_us(&clock_system) / DAY_US), first = today - (int32_t)s->days;
    day_text text;
    if (from && date_read(from, &first) < 0)
        return fault_set(f, -EINVAL, _("\"%s\" is no day"), from);
    state->world.first = first;
    state->last = first + (int32_t)s->days - 1;
    if (state->last >= today)
        return fault_set(f, -EINVAL,
                         _("the last day would be %s, which is not over; begin earlier, or take fewer days"),
                         write_day(state->last, text));
    if (first < FIRST_DAY)
        return fault_set(f, -EINVAL, _("the first day would be %s; nothing before 2020-01-01 is kept"),
                         write_day(first, text));
    return 0;
}

/* ---- what is there ---- */

/* Half of a country that is taken away would stay. */
int simulation_hold(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT pg_try_advisory_lock(hashtext('internetmetre simulate'))", 0, NULL, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 0))
        return rc;
    return fault_set(
        f, -EBUSY,
        _("another simulate is at work on this collector; wait for its end, or stop it with Ctrl-C, and give "
          "the command again"));
}

static int check_real(struct pg *pg, const struct simulation *s, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = s->beside ? 0 : pg_query(pg, "SELECT count(*) FROM probe WHERE NOT simulated", 0, NULL, &rows, f);
    if (rc < 0 || s->beside || pg_int(rows, 0, 0) == 0)
        return rc;
    return fault_set(f, -EPERM,
                     _("this collector knows real probes (%" PRId64 "). Simulated figures are marked and never counted "
                       "with measured ones, but its pages would show both: say --beside-real if that is wanted, or "
                       "take a folder of its own, --state-dir DIR"),
                     pg_int(rows, 0, 0));
}

/* rows: country, probes, days, seed, events, way, first, done. */
static int compare(const struct simulation *s, const struct pg_rows *rows, struct fault *f)
{
    char seed[24], events[HASH_TEXT_SIZE];
    events_hash(s, events);
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    const bool alike = !strcmp(pg_text(rows, 0, 0), s->country) && pg_int(rows, 0, 1) == s->probes &&
                       pg_int(rows, 0, 2) == s->days && !strcmp(pg_text(rows, 0, 3), seed) &&
                       !strcmp(pg_text(rows, 0, 4), events) && !strcmp(pg_text(rows, 0, 5), way(s)) &&
                       (!s->from || !strcmp(pg_text(rows, 0, 6), s->from));
    if (alike)
        return 0;
    return fault_set(
        f, -EEXIST,
        _("another simulated country is here: --country %s --probes %s --days %s --seed %s --from %s --%s%s. "
          "Go on with these, or take it away first: simulate --remove"),
        pg_text(rows, 0, 0), pg_text(rows, 0, 1), pg_text(rows, 0, 2), pg_text(rows, 0, 3), pg_text(rows, 0, 6),
        pg_text(rows, 0, 5), *pg_text(rows, 0, 4) ? " --events …" : "");
}

/* Day by day. */
static int read_ahead(struct pg *pg, struct simulation_state *state, struct fault *f)
{
    static const char sql[] =
        "SELECT clock_ahead($1, d::date) FROM generate_series($2::date, $3::date, '1 day') d ORDER BY d";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    day_text first, last;
    const char *const params[] = {state->nation.timezone, write_day(state->world.first, first),
                                  write_day(state->last, last)};
    int rc = pg_query(pg, sql, COUNT(params), params, &rows, f);
    if (rc < 0)
        return rc;
    state->world.ahead_count = pg_rows_count(rows);
    state->world.ahead_s = state->ahead_s = alloc_zero(state->world.ahead_count, sizeof *state->ahead_s);
    for (size_t r = 0; r < state->world.ahead_count; r++)
        state->ahead_s[r] = (int32_t)pg_int(rows, r, 0);
    return 0;
}

static int set_events(const struct simulation *s, struct simulation_state *ret, struct fault *f)
{
    int rc = s->events_path ? events_read(s->events, &ret->nation, &ret->events, f) : 0;
    if (rc < 0)
        fault_prefix(f, _("%s: "), s->events_path);
    return rc;
}

int simulation_open(struct pg *pg, const struct simulation *s, struct simulation_state *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT country, probes, last - first + 1, seed, events, way, first, done FROM simulation";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = nation_make(s->country, s->seed, &ret->nation, f);
    if (rc == 0)
        rc = set_events(s, ret, f);
    if (rc == 0)
        rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    const bool there = pg_rows_count(rows) > 0;
    rc = there ? compare(s, rows, f) : check_real(pg, s, f);
    if (rc == 0)
        rc = set_days(s, there ? pg_text(rows, 0, 6) : s->from, ret, f);
    if (rc < 0)
        return rc;
    ret->done = there ? pg_int(rows, 0, 7) : 0;
    ret->world.nation = &ret->nation;
    ret->world.events = &ret->events;
    reading_form_make(&ret->world.form);
    return read_ahead(pg, ret, f);
}

void simulation_free(struct simulation_state *state)
{
    nation_free(&state->nation);
    free(state->ahead_s);
}

/* ---- what comes ---- */

int simulation_begin(struct pg *pg, const struct simulation *s, const struct simulation_state *state, struct fault *f)
{
    char probes[24], seed[24], events[HASH_TEXT_SIZE];
    day_text first, last;
    events_hash(s, events);
    snprintf(probes, sizeof probes, "%" PRId64, s->probes);
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    const char *const params[] = {
        s->country, probes, write_day(state->world.first, first), write_day(state->last, last), seed, events, way(s)};
    return pg_query(pg,
                    "INSERT INTO simulation (country, probes, first, last, seed, events, way) VALUES ($1, $2::int, "
                    "$3::date, $4::date, $5, $6, $7) ON CONFLICT DO NOTHING",
                    COUNT(params), params, NULL, f);
}

int simulation_probe(struct pg *pg, const struct simulation_state *state, const struct household *h, int32_t *ret_no,
                     struct fault *f)
{
    static const char sql[] = "SELECT simulation_probe($1, $2::int, $3, $4, $5, $6, $7, $8, $9::cidr, $10::boolean, "
                              "$11::date, $12::date, $13::date)";
    const struct nation *n = &state->nation;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *number = alloc_format("%" PRIu64, h->n), *prefix = alloc_format("%s/48", h->prefix);
    day_text joined, moved, gone;
    const char *const params[] = {h->probe, number, n->country, n->departments[h->department].iso,
                                  n->departments[h->moves_to].iso, n->operators[h->operator].name,
                                  technology_words[h->technology], h->urban ? "urban" : "rural", prefix,
                                  h->shared ? "true" : "false", write_day(h->joined, joined), write_day(h->moves, moved),
                                  write_day(h->left, gone)};
    int rc = pg_query(pg, sql, COUNT(params), params, &rows, f);
    if (rc == 0)
        *ret_no = (int32_t)pg_int(rows, 0, 0);
    return rc;
}

int simulation_finish(struct pg *pg, const struct household *h, int32_t no, struct fault *f)
{
    char done[24], number[16];
    day_text gone;
    const char *const params[] = {number, write_day(h->left, gone)};
    snprintf(number, sizeof number, "%" PRId32, no);
    snprintf(done, sizeof done, "%" PRIu64, h->n + 1);
    int rc = h->leaves
                 ? pg_query(pg,
                            "UPDATE probe SET revoked_at = $2::timestamp AT TIME ZONE 'UTC', revoked_reason = 'left' "
                            "WHERE probe_no = $1::int",
                            2, params, NULL, f)
                 : 0;
    const char *const note[] = {done};
    return rc < 0 ? rc : pg_query(pg, "UPDATE simulation SET done = $1::int", 1, note, NULL, f);
}

int simulation_end(struct pg *pg, struct fault *f)
{
    int rc = pg_query(pg,
                      "SELECT years_stale('late', array_agg(y)) FROM simulation, generate_series(extract(year FROM "
                      "first)::int, extract(year FROM last)::int) y WHERE ended_at IS NULL",
                      0, NULL, NULL, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT cell_mark(first, last) FROM simulation WHERE ended_at IS NULL AND way = 'rollups'", 0,
                      NULL, NULL, f);
    return rc < 0 ? rc
                  : pg_query(pg, "UPDATE simulation SET ended_at = now() WHERE ended_at IS NULL", 0, NULL, NULL, f);
}

int simulation_remove(struct pg *pg, int64_t *ret_probes, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT simulation_remove()", 0, NULL, &rows, f);
    if (rc == 0)
        *ret_probes = pg_int(rows, 0, 0);
    return rc;
}
