/* token: what a focal point hands to volunteers, so that a probe may enrol. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/probe/secret.h"
#include "collector/db/table.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/log.h"

#define EXPIRY_MAX_US (36500 * INT64_C(86400000000)) /* a hundred years */

/* "30d" from now, or a day "2027-01-31" (until its end, UTC). */
static int read_expiry(const char *text, int64_t *ret_us, struct fault *f)
{
    int64_t us, now = clock_wall_us(&clock_system);
    char day[TIME_TEXT_SIZE];
    snprintf(day, sizeof day, "%.10sT23:59:59Z", text);
    if (conf_parse_duration(text, &us) == 0 && us <= EXPIRY_MAX_US)
        us += now;
    else if (!form_day(text) || time_parse(day, strlen(day), &us) < 0)
        return fault_set(f, -EINVAL, _("a duration such as 30d or a day such as 2027-01-31 is wanted"));
    if (us <= now)
        return fault_set(f, -EINVAL, _("this is past"));
    *ret_us = us;
    return 0;
}

static int check_expiry(const char *text, struct fault *f)
{
    int64_t us;
    return read_expiry(text, &us, f);
}

static const struct option options[] = {
    {"focal-point", N_("NAME"), N_("whose volunteers the token is for"), .max = 60, .verb = "create"},
    {"uses", "N", N_("how many probes may enrol with it; without it, any number"), OPTION_NUMBER, 1, 100000,
     .verb = "create"},
    {"count", "N", N_("make that many, one a line to hand out, each for one probe unless --uses says more"),
     OPTION_NUMBER, 1, 1000, .verb = "create"},
    {"expires", N_("30d|YYYY-MM-DD"), N_("when it ends; without it, never"), .check = check_expiry, .verb = "create"},
    {0},
};

/* So many tokens, a line each, and their hashes as PostgreSQL's array. */
static void make(int64_t count, struct buf *texts, struct buf *hashes)
{
    char text[SECRET_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    for (int64_t i = 0; i < count; i++) {
        secret_make(SECRET_TOKEN, text);
        buf_addf(texts, "%s%s", i > 0 ? "\n" : "", text);
        buf_addf(hashes, "%c%s", i > 0 ? ',' : '{', secret_hash(text, hash));
    }
    buf_add_char(hashes, '}');
}

static int create(const struct session *s, struct fault *f)
{
    static const char sql[] =
        "WITH fp AS (INSERT INTO focal_point (name) SELECT $2::text WHERE $2 IS NOT NULL ON CONFLICT (name) DO UPDATE "
        "SET name = excluded.name RETURNING focal_point_no) "
        "INSERT INTO token (hash, focal_point_no, uses_max, expires_at) "
        "SELECT decode(h, 'hex'), (SELECT focal_point_no FROM fp), $3::int, $4::timestamptz FROM unnest($1::text[]) AS "
        "h";
    const char *expires = invocation_text(s->in, "expires"), *uses = invocation_text(s->in, "uses");
    char expires_at[TIME_TEXT_SIZE];
    _cleanup_(buf_free) struct buf texts = {0}, hashes = {0};
    int64_t us = 0;
    int rc = expires ? read_expiry(expires, &us, f) : 0;
    if (rc < 0)
        return rc;
    make(invocation_number(s->in, "count", 1), &texts, &hashes);
    const char *const params[] = {hashes.data, invocation_text(s->in, "focal-point"),
                                  uses || !invocation_text(s->in, "count") ? uses : "1",
                                  expires ? time_format(us, expires_at) : NULL};
    rc = secret_give(s->pg, sql, 4, params, texts.data, f);
    if (rc == 0 && (!params[2] || strcmp(params[2], "1") != 0))
        log_info(
            _("more than one probe may enrol with it: they count in figures once somebody confirms them; see: probe "
              "confirm"));
    return rc;
}

static int list(const struct session *s, struct fault *f)
{
    return table_query(
        s->pg,
        "SELECT token_no AS no, fp.name AS focal_point, uses || coalesce('/' || uses_max, '') AS uses, "
        "to_char(created_at, 'YYYY-MM-DD') AS created, to_char(expires_at, 'YYYY-MM-DD HH24:MI') AS expires, "
        "CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' "
        "WHEN uses >= uses_max THEN 'exhausted' ELSE 'good' END AS state "
        "FROM token LEFT JOIN focal_point fp USING (focal_point_no) ORDER BY token_no",
        f);
}

static int revoke_token(const struct session *s, struct fault *f)
{
    const char *which = s->in->args[0];
    int rc = secret_revoke(s->pg,
                           "UPDATE token SET revoked_at = coalesce(revoked_at, now()) WHERE token_no::text = $1 OR "
                           "hash = decode($2, 'hex')",
                           which, f);
    return rc == 0 ? fault_set(f, -ENOENT, _("no token %s; see: token list"), which) : rc;
}

static int check_token(const char *text, struct fault *f)
{
    return secret_check(SECRET_TOKEN, text, f);
}

static const struct verb verbs[] = {
    {"create", DEED(create)}, {"list", DEED(list)}, {"revoke", 1, 1, check_token, DEED(revoke_token)}, {0}};

const struct command command_token = {
    .name = "token",
    .usage = N_("create [--focal-point NAME] [--uses N] [--count N] [--expires 30d|YYYY-MM-DD]\n"
                "list\n"
                "revoke NUMBER|TOKEN"),
    .help = N_("Make, list and revoke the tokens with which probes enrol."),
    .options = options,
    .verbs = verbs,
    .run = session_run,
};
