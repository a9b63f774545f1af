/* probe: who measures here. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/db/scratch.h"
#include "collector/probe/forget.h"
#include "collector/probe/surroundings.h"
#include "collector/db/table.h"
#include "collector/db/user.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/sign.h"

#define CONTEXT_NOW "LEFT JOIN probe_context c ON c.probe_no = p.probe_no AND c.valid_to = 'infinity' "

/* Whether it counts where figures of few lines are hidden; of an imaginary household, that it is one. */
#define STANDING                                                                                                       \
    "CASE WHEN p.simulated THEN 'simulated' ELSE (SELECT CASE w WHEN 'waits' THEN 'waits for confirmation' "           \
    "WHEN 'young' THEN 'too young' ELSE w END FROM standing_of(p, now()) AS w) END"

static int list(const struct session *s, struct fault *f)
{
    return table_query(
        s->pg,
        "SELECT p.probe, fp.name AS focal_point, c.department, c.commune, o.name AS operator, c.technology, "
        "to_char(b.last, 'YYYY-MM-DD HH24:MI') AS last_batch, b.batches, " STANDING " AS standing, "
        "CASE WHEN p.forgotten_at IS NOT NULL THEN 'forgotten' WHEN p.revoked_at IS NOT NULL THEN 'revoked' "
        "WHEN p.replaced_by IS NOT NULL THEN 'replaced' WHEN EXISTS (SELECT FROM chain x WHERE x.probe_no = "
        "p.probe_no AND x.forked_at > now() - interval '30 days') THEN 'forked' ELSE 'good' END AS state "
        "FROM probe p " CONTEXT_NOW
        "LEFT JOIN focal_point fp USING (focal_point_no) LEFT JOIN operator o USING (operator_no), "
        "LATERAL (SELECT max(received_at) AS last, count(*) AS batches FROM batch_key k "
        "         WHERE k.probe_no = p.probe_no) b ORDER BY p.enrolled_at",
        f);
}

static int check_known(struct pg *pg, const char *probe, bool *ret_revoked, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT revoked_at IS NOT NULL FROM probe WHERE probe = $1", 1, &probe, &rows, f);
    if (rc == 0 && pg_rows_count(rows) == 0)
        rc = fault_set(f, -ENOENT, _("no probe %s; see: probe list"), probe);
    if (rc == 0)
        *ret_revoked = pg_bool(rows, 0, 0);
    return rc;
}

/* The probe that the first word names. */
static int find(const struct session *s, const char **ret_probe, struct fault *f)
{
    bool revoked;
    int rc = check_known(s->pg, s->in->args[0], &revoked, f);
    if (rc == 0)
        *ret_probe = s->in->args[0];
    return rc;
}

static int show(const struct session *s, struct fault *f)
{
    static const char *const queries[] = {
        "SELECT p.probe, p.source, to_char(p.enrolled_at, 'YYYY-MM-DD HH24:MI') AS enrolled, "
        "to_char(p.revoked_at, 'YYYY-MM-DD HH24:MI') AS revoked, p.revoked_reason AS reason, " STANDING " AS standing, "
        "to_char(p.confirmed_at, 'YYYY-MM-DD HH24:MI') AS confirmed, p.confirmed_by AS by "
        "FROM probe p WHERE p.probe = $1",
        "SELECT to_char(c.valid_from, 'YYYY-MM-DD') AS from, "
        "CASE WHEN isfinite(c.valid_to) THEN to_char(c.valid_to, 'YYYY-MM-DD') END AS to, "
        "c.country, c.department, c.commune, c.zone, c.site, o.name AS operator, c.technology, fp.name AS focal_point, "
        "c.tariff, c.metered, c.consent_version AS consent FROM probe p JOIN probe_context c USING (probe_no) "
        "LEFT JOIN operator o USING (operator_no) LEFT JOIN focal_point fp ON fp.focal_point_no = c.focal_point_no "
        "WHERE p.probe = $1 ORDER BY c.valid_from",
        "SELECT to_char(c.at, 'YYYY-MM-DD HH24:MI') AS changed, c.who, c.key, c.value, "
        "to_char(c.valid_from, 'YYYY-MM-DD') AS from, c.why FROM probe p JOIN probe_change c USING (probe_no) "
        "WHERE p.probe = $1 ORDER BY c.change_no",
        "SELECT k.chain, min(k.seq) AS first, max(k.seq) AS last, count(*) AS batches, sum(k.results) AS results, "
        "to_char(max(k.received_at), 'YYYY-MM-DD HH24:MI') AS last_batch, max(k.agent) AS agent "
        "FROM probe p JOIN batch_key k USING (probe_no) WHERE p.probe = $1 GROUP BY k.chain "
        "ORDER BY max(k.received_at)",
        "SELECT h.chain, h.first AS missing_from, h.last AS to, h.last - h.first + 1 AS batches "
        "FROM probe p JOIN hole h USING (probe_no) WHERE p.probe = $1 ORDER BY 1, 2 LIMIT 1000",
        "SELECT g.chain, g.first AS dropped_from, g.last AS to, g.results, g.reason "
        "FROM probe p JOIN chain_gap g USING (probe_no) WHERE p.probe = $1 ORDER BY 1, 2 LIMIT 1000",
        "SELECT encode(k.public, 'base64') AS key, to_char(k.valid_from, 'YYYY-MM-DD HH24:MI') AS since, "
        "k.until_seq AS last_seq, k.until_chain AS of_chain FROM probe p JOIN probe_key k USING (probe_no) "
        "WHERE p.probe = $1 AND k.revoked_at IS NULL ORDER BY k.valid_from",
        "SELECT c.chain AS forked_chain, to_char(c.forked_at, 'YYYY-MM-DD HH24:MI') AS found, "
        "(SELECT min(f.seq) FROM fork f WHERE f.probe_no = c.probe_no AND f.chain = c.chain) AS from_seq "
        "FROM probe p JOIN chain c USING (probe_no) WHERE p.probe = $1 AND c.forked_at IS NOT NULL ORDER BY 1",
        "SELECT e.link, e.net, e.net6, array_to_string(e.operators, ', ') AS operators, "
        "round(sum(extract(epoch FROM e.to_at - greatest(e.from_at, now() - interval '30 days'))) / 3600, 1) AS "
        "hours_of_30_days, to_char(max(e.to_at), 'YYYY-MM-DD HH24:MI') AS last FROM line_network e "
        "WHERE e.probe = $1 AND e.to_at > now() - interval '30 days' GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 100",
        "SELECT to_char(min(l.day), 'YYYY-MM-DD') AS too_late_from, to_char(max(l.day), 'YYYY-MM-DD') AS to, "
        "count(*) AS days, to_char(max(l.found_at), 'YYYY-MM-DD HH24:MI') AS came FROM probe p "
        "JOIN rollup_late l USING (probe_no) WHERE p.probe = $1 GROUP BY date_trunc('month', l.day) ORDER BY 1",
        "SELECT r.reason, count(*) AS results, max(r.detail) AS example FROM probe p "
        "JOIN result_problem r USING (probe_no) WHERE p.probe = $1 GROUP BY r.reason ORDER BY 2 DESC",
    };
    const char *probe;
    int rc = find(s, &probe, f);
    for (size_t i = 0; rc == 0 && i < COUNT(queries); i++) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        rc = pg_query(s->pg, queries[i], 1, &probe, &rows, f);
        if (rc < 0 || pg_rows_count(rows) == 0)
            continue;
        if (i > 0)
            putchar('\n');
        table_print(rows, stdout);
    }
    return rc;
}

static int revoke_probe(const struct session *s, struct fault *f)
{
    const char *params[] = {NULL, invocation_text(s->in, "reason")};
    int rc = find(s, &params[0], f);
    if (rc == 0)
        rc = pg_query(s->pg,
                      "UPDATE probe SET revoked_at = coalesce(revoked_at, now()), revoked_reason = "
                      "coalesce($2, nullif(nullif(revoked_reason, 'left'), 'forgotten')) WHERE probe = $1",
                      2, params, NULL, f);
    return rc;
}

static int forget(const struct session *s, struct fault *f)
{
    const struct context *c = s->context;
    const char *probe;
    bool swept;
    _cleanup_text_ char *archive = settings_archive(&c->settings, c->state_dir);
    int rc = find(s, &probe, f);
    if (rc == 0)
        rc = user_take_dir(c->state_dir, f); /* for its tombstone, beside a database that is elsewhere */
    if (rc == 0)
        rc = forget_probe(s->pg, c->state_dir, archive, probe, f);
    if (rc == 0) /* its batches are in what a killed verification left, too */
        rc = scratch_sweep(s->pg, &swept, f);
    if (rc == 0)
        printf(_("%s is forgotten: its batches, results and contact are deleted; published figures stay\n"), probe);
    return rc;
}

/* ---- confirmed ---- */

static int confirm_one(struct pg *pg, const char *probe, const char *who, bool undo, struct buf *said, struct fault *f)
{
    const char *const params[] = {probe, who, undo ? "true" : "false"};
    _cleanup_rows_ struct pg_rows *rows = NULL, *held = NULL;
    bool revoked;
    int rc = check_known(pg, probe, &revoked, f);
    if (rc == 0 && revoked && !undo)
        rc = fault_set(f, -EPERM, _("probe %s was revoked; nobody is confirmed, leave it out"), probe);
    if (rc == 0)
        rc = pg_query(pg, "SELECT probe_confirm($1, $2, $3::boolean)", 3, params, &rows, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT confirmed_by FROM probe WHERE probe = $1", 1, params, &held, f);
    if (rc < 0)
        return rc;
    if (undo)
        buf_addf(said, pg_bool(rows, 0, 0) ? _("%s is no longer confirmed\n") : _("%s was not confirmed\n"), probe);
    else
        buf_addf(said, pg_bool(rows, 0, 0) ? _("%s is confirmed by %s\n") : _("%s was confirmed already, by %s\n"),
                 probe, pg_text(held, 0, 0));
    return 0;
}

/* All of them or none, and nothing is said of those that another one takes back. */
static int confirm(const struct session *s, struct fault *f)
{
    const struct invocation *in = s->in;
    _cleanup_text_ char *asking = user_asking();
    _cleanup_(buf_free) struct buf said = {0};
    const char *by = invocation_text(in, "by");
    int rc = pg_run(s->pg, "BEGIN", f);
    for (size_t i = 0; rc == 0 && i < in->arg_count; i++)
        rc = confirm_one(s->pg, in->args[i], by ? by : asking, invocation_flag(in, "undo"), &said, f);
    if (rc == 0)
        rc = pg_run(s->pg, "COMMIT", f);
    if (rc == 0)
        printf("%s", said.data);
    return rc;
}

/* ---- set ---- */

/* The beginning of that day (UTC), or now. */
static int read_since(const char *from, char ret[static TIME_TEXT_SIZE], struct fault *f)
{
    int64_t now = clock_wall_us(&clock_system);
    time_format(now, ret);
    if (from && strncmp(from, ret, strlen(from)) > 0)
        return fault_set(f, -EINVAL, _("--from %s is yet to come; set it on that day"), from);
    if (from)
        snprintf(ret, TIME_TEXT_SIZE, "%sT00:00:00Z", from);
    return 0;
}

static int say_set(const char *probe, const struct pg_rows *rows, struct fault *f)
{
    const char *changed = pg_text(rows, 0, 0);
    if (!changed)
        return fault_set(f, -ENOENT, _("nothing is known of %s from then on; give an earlier --from"), probe);
    if (*changed)
        printf(_("%s: set: %s\n"), probe, changed);
    else
        printf(_("%s: it was so already\n"), probe);
    return 0;
}

/* Somebody who meant a known operator learns that it is another. */
static int say_unnamed(struct pg *pg, const json_t *wish, struct fault *f)
{
    const json_t *number = json_object_get(json_object_get(wish, "operator"), "value");
    if (!json_is_integer(number))
        return 0;
    _cleanup_text_ char *operator_no = json_text(number);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT name FROM operator WHERE operator_no = $1::int AND state IN ('waits', 'rejected')", 1,
                      (const char *const[]){operator_no}, &rows, f);
    if (rc == 0 && pg_rows_count(rows))
        printf(_("\"%s\" is an operator that a member named: no figure and no list names it before operator accept or "
                 "operator merge\n"),
               pg_text(rows, 0, 0));
    return rc;
}

static int set(const struct session *s, struct fault *f)
{
    static const char sql[] = "SELECT array_to_string(probe_set($1, $2::jsonb, $3::timestamptz, $4, $5), ', ')";
    char since[TIME_TEXT_SIZE];
    const char *probe = NULL;
    _cleanup_text_ char *asking = user_asking();
    _cleanup_json_ json_t *wish = json_object();
    int rc = find(s, &probe, f);
    if (rc == 0)
        rc = read_since(invocation_text(s->in, "from"), since, f);
    for (size_t i = 1; rc == 0 && i < s->in->arg_count; i++)
        rc = surroundings_add(s->pg, probe, s->in->args[i], wish, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *json = json_text(wish);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *by = invocation_text(s->in, "by");
    const char *const params[] = {probe, json, since, by ? by : asking, invocation_text(s->in, "why")};
    rc = pg_query(s->pg, sql, 5, params, &rows, f);
    if (rc == 0)
        rc = say_set(probe, rows, f);
    return rc < 0 ? rc : say_unnamed(s->pg, wish, f);
}

/* ---- the command ---- */

static const struct option options[] = {
    {"reason", N_("TEXT"), N_("why, for who looks later; probe show tells it"), .verb = "revoke"},
    {"by", N_("NAME"), N_("who says so; without it, the user who gives the command"), .max = 100,
     .verb = "confirm set"},
    {"from", N_("DAY"), N_("since when it holds, such as 2026-11-22; without it, from now on"), OPTION_DAY,
     .verb = "set"},
    {"why", N_("TEXT"), N_("why, for who looks later"), .max = 200, .verb = "set"},
    {"undo", NULL, N_("take it back"), .verb = "confirm"},
    {0},
};

static int check_probe(const char *text, struct fault *f)
{
    if (probe_id_valid(text, strlen(text)))
        return 0;
    return fault_set(f, -EINVAL, _("a probe's name is wanted: 20 characters of a-z and 2-7, see: probe list"));
}

/* The probe, then what is set. */
static int check_set(const char *text, struct fault *f)
{
    return strchr(text, '=') ? surroundings_check(text, f) : check_probe(text, f);
}

static const struct verb verbs[] = {{"list", DEED(list)},
                                    {"show", 1, 1, check_probe, DEED(show)},
                                    {"confirm", 1, SIZE_MAX, check_probe, DEED(confirm)},
                                    {"set", 2, 10, check_set, DEED(set)},
                                    {"revoke", 1, 1, check_probe, DEED(revoke_probe)},
                                    {"forget", 1, 1, check_probe, DEED(forget)},
                                    {0}};

const struct command command_probe = {
    .name = "probe",
    .usage = N_("list\n"
                "show PROBE\n"
                "confirm PROBE… [--by NAME] [--undo]\n"
                "set PROBE KEY=VALUE… [--from DAY] [--why TEXT] [--by NAME]\n"
                "revoke PROBE [--reason TEXT]\n"
                "forget PROBE"),
    .help = N_("List and show probes; say that there is a household behind one, or correct where it stands; refuse "
               "what one sends from now on; delete "
               "what one has sent."),
    .options = options,
    .verbs = verbs,
    .run = session_run,
};
