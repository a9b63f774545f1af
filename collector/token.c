/* token: what a focal point hands to volunteers, so that a probe may enrol. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/database.h"
#include "collector/secret.h"
#include "collector/table.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/lang.h"
#include "common/log.h"

struct wish {
    const char *focal_point, *uses, *expires;
    char expires_at[TIME_TEXT_SIZE];
};

/* "30d" from now, or a day "2027-01-31" (until its end, UTC). */
static int read_expiry(struct wish *w, struct fault *f)
{
    int64_t us, now = clock_wall_us(&clock_system);
    char day[40];
    snprintf(day, sizeof day, "%.10sT23:59:59Z", w->expires);
    if (conf_parse_duration(w->expires, &us) == 0 && us > 0)
        us += now;
    else if (strlen(w->expires) != 10 || time_parse(day, strlen(day), &us) < 0)
        return fault_set(f, -EINVAL, _("--expires %s: a duration such as 30d or a day such as 2027-01-31 is wanted"),
                         w->expires);
    if (us <= now)
        return fault_set(f, -EINVAL, _("--expires %s: this is past"), w->expires);
    time_format(us, w->expires_at);
    return 0;
}

static int read_wish(struct wish *w, struct fault *f)
{
    int64_t uses;
    if (w->uses && (conf_parse_int(w->uses, &uses) < 0 || uses < 1 || uses > 100000))
        return fault_set(f, -EINVAL, _("--uses %s: a number from 1 to 100000 is wanted"), w->uses);
    if (w->focal_point && (!*w->focal_point || strlen(w->focal_point) > 60))
        return fault_set(f, -EINVAL, _("--focal-point: a name of 1 to 60 letters is wanted"));
    return w->expires ? read_expiry(w, f) : 0;
}

static int create(struct pg *pg, const struct wish *w, struct fault *f)
{
    static const char sql[] =
        "WITH fp AS (INSERT INTO focal_point (name) SELECT $2::text WHERE $2 IS NOT NULL ON CONFLICT (name) DO UPDATE "
        "SET name = excluded.name RETURNING focal_point_no) "
        "INSERT INTO token (hash, focal_point_no, uses_max, expires_at) "
        "SELECT decode($1, 'hex'), (SELECT focal_point_no FROM fp), $3::int, $4::timestamptz";
    char text[SECRET_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    secret_make(SECRET_TOKEN, text);
    const char *const params[] = {secret_hash(text, hash), w->focal_point, w->uses,
                                  *w->expires_at ? w->expires_at : NULL};
    int rc = pg_query(pg, sql, 4, params, NULL, f);
    if (rc < 0)
        return rc;
    secret_show(text);
    return 0;
}

static int list(struct pg *pg, struct fault *f)
{
    return table_query(
        pg,
        "SELECT token_no AS no, fp.name AS focal_point, uses || coalesce('/' || uses_max, '') AS uses, "
        "to_char(created_at, 'YYYY-MM-DD') AS created, to_char(expires_at, 'YYYY-MM-DD HH24:MI') AS expires, "
        "CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' "
        "WHEN uses >= uses_max THEN 'exhausted' ELSE 'good' END AS state "
        "FROM token LEFT JOIN focal_point fp USING (focal_point_no) ORDER BY token_no",
        f);
}

static int revoke_token(struct pg *pg, const char *which, struct fault *f)
{
    int rc = secret_revoke(pg,
                           "UPDATE token SET revoked_at = coalesce(revoked_at, now()) WHERE token_no::text = $1 OR "
                           "hash = decode($2, 'hex')",
                           which, f);
    return rc == 0 ? fault_set(f, -ENOENT, _("no token %s; see: token list"), which) : rc;
}

static int command_run(const struct context *c, int argc, char **argv)
{
    static const struct option options[] = {{"focal-point", required_argument, NULL, 'f'},
                                            {"uses", required_argument, NULL, 'u'},
                                            {"expires", required_argument, NULL, 'e'},
                                            {0}};
    struct wish w = {0};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'f')
            w.focal_point = optarg;
        else if (o == 'u')
            w.uses = optarg;
        else if (o == 'e')
            w.expires = optarg;
        else
            return COMMAND_USAGE;
    }
    const char *verb = optind < argc ? argv[optind] : "";
    bool creates = !strcmp(verb, "create"), lists = !strcmp(verb, "list"), revokes = !strcmp(verb, "revoke");
    if ((!creates && !lists && !revokes) || argc - optind != (revokes ? 2 : 1))
        return COMMAND_USAGE;

    struct fault f = {0};
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = read_wish(&w, &f);
    if (rc == 0)
        rc = database_session(c, &d, &pg, &f);
    if (rc == 0)
        rc = creates ? create(pg, &w, &f) : lists ? list(pg, &f) : revoke_token(pg, argv[optind + 1], &f);
    if (rc < 0)
        log_error("%s", f.text);
    return rc < 0;
}

const struct command command_token = {
    .name = "token",
    .usage = N_("token create [--focal-point NAME] [--uses N] [--expires 30d|YYYY-MM-DD]\n"
                "token list\n"
                "token revoke NUMBER|TOKEN"),
    .help = N_("Make, list and revoke the tokens with which probes enrol."),
    .run = command_run,
};
