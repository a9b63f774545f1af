/* operator: whom members mean when they name the operator of their line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/db/table.h"
#include "collector/db/user.h"
#include "common/form.h"
#include "common/lang.h"

#define NAME_MAX_OPERATOR 100 /* octets, as when a probe enrols */

static int list(const struct session *s, struct fault *f)
{
    return table_query(
        s->pg,
        "SELECT o.country, o.name, o.state, k.name AS into, (SELECT count(DISTINCT c.probe_no) FROM probe_context c "
        "WHERE c.operator_no = o.operator_no) AS probes, to_char(d.at, 'YYYY-MM-DD HH24:MI') AS decided, d.who AS by, "
        "d.why FROM operator o LEFT JOIN operator k ON k.operator_no = o.merged_into LEFT JOIN LATERAL (SELECT * FROM "
        "operator_change x WHERE x.operator_no = o.operator_no ORDER BY x.change_no DESC LIMIT 1) d ON true "
        "ORDER BY o.state <> 'waits', o.country, o.name",
        f);
}

/* ---- a name ---- */

struct named {
    char number[24];
    char state[16];
    char name[4 * NAME_MAX_OPERATOR]; /* as it is listed; a pack's may be longer than a typed one */
};

static int find(const struct session *s, const char *name, struct named *ret, struct fault *f)
{
    const char *country = invocation_text(s->in, "country");
    const char *const params[] = {country ? country : s->context->settings.country, name};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->pg, "SELECT operator_no, state, name FROM operator_like(upper($1), $2)", COUNT(params), params,
                      &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0)
        return fault_set(f, -ENOENT, _("no operator \"%s\" in %s; see: operator list"), name, params[0]);
    snprintf(ret->number, sizeof ret->number, "%s", pg_text(rows, 0, 0));
    snprintf(ret->state, sizeof ret->state, "%s", pg_text(rows, 0, 1));
    snprintf(ret->name, sizeof ret->name, "%s", pg_text(rows, 0, 2));
    return 0;
}

/* One that members named: what the country pack says is not decided here. */
static int find_typed(const struct session *s, const char *name, struct named *ret, struct fault *f)
{
    int rc = find(s, name, ret, f);
    if (rc == 0 && !strcmp(ret->state, "pack"))
        rc = fault_set(f, -EPERM, _("\"%s\" is known from the country pack; nothing is to be decided"), name);
    return rc;
}

static int find_known(const struct session *s, const char *name, struct named *ret, struct fault *f)
{
    int rc = find(s, name, ret, f);
    if (rc == 0 && strcmp(ret->state, "pack") != 0 && strcmp(ret->state, "accepted") != 0)
        rc = fault_set(f, -EPERM, _("\"%s\" is not known itself; accept it first, or name one that is"), name);
    return rc;
}

/* ---- deciding ---- */

static void say(const char *name, const char *state, const struct named *into, bool changed)
{
    if (!changed)
        printf(_("\"%s\": it was so already\n"), name);
    else if (!strcmp(state, "accepted"))
        printf(_("\"%s\" is accepted: figures and lists name it\n"), name);
    else if (into)
        printf(_("\"%s\" counts as \"%s\"\n"), name, into->name);
    else
        printf(_("\"%s\" is rejected: nothing public names it\n"), name);
}

/* into: NULL but for "merged". */
static int decide(const struct session *s, const char *name, const char *state, const struct named *into,
                  struct fault *f)
{
    _cleanup_text_ char *asking = user_asking();
    const char *by = invocation_text(s->in, "by");
    struct named typed;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = find_typed(s, name, &typed, f);
    if (rc < 0)
        return rc;
    const char *const params[] = {typed.number, state, into ? into->number : NULL, by ? by : asking,
                                  invocation_text(s->in, "why")};
    rc = pg_query(s->pg, "SELECT operator_decide($1::int, $2, $3::int, $4, $5)", COUNT(params), params, &rows, f);
    if (rc == 0)
        say(name, state, into, pg_bool(rows, 0, 0));
    return rc;
}

static int accept_name(const struct session *s, struct fault *f)
{
    return decide(s, s->in->args[0], "accepted", NULL, f);
}

static int reject_name(const struct session *s, struct fault *f)
{
    return decide(s, s->in->args[0], "rejected", NULL, f);
}

static int merge_names(const struct session *s, struct fault *f)
{
    struct named into, typed;
    const char *name = s->in->args[0], *known = s->in->args[1];
    int rc = find_known(s, known, &into, f);
    if (rc == 0)
        rc = find_typed(s, name, &typed, f);
    if (rc == 0 && !strcmp(typed.number, into.number))
        rc = fault_set(f, -EINVAL, _("\"%s\" is the same; name the one that it stands for"), known);
    return rc < 0 ? rc : decide(s, name, "merged", &into, f);
}

/* ---- the command ---- */

static int check_country(const char *text, struct fault *f)
{
    if (strlen(text) == 2)
        return 0;
    return fault_set(f, -EINVAL, _("a country code of ISO 3166-1 such as BJ is wanted"));
}

static const struct option options[] = {
    {"country", N_("CC"), N_("in which country; without it, the collector's"), .check = check_country,
     .verb = "accept merge reject"},
    {"by", N_("NAME"), N_("who says so; without it, the user who gives the command"), .max = 100,
     .verb = "accept merge reject"},
    {"why", N_("TEXT"), N_("why, for who looks later"), .max = 200, .verb = "accept merge reject"},
    {0},
};

static int check_name(const char *text, struct fault *f)
{
    if (*text && form_text(text) && strlen(text) <= NAME_MAX_OPERATOR)
        return 0;
    return fault_set(f, -EINVAL, _("an operator's name is wanted, as `operator list` has it"));
}

static const struct verb verbs[] = {{"list", DEED(list)},
                                    {"accept", 1, 1, check_name, DEED(accept_name)},
                                    {"merge", 2, 2, check_name, DEED(merge_names)},
                                    {"reject", 1, 1, check_name, DEED(reject_name)},
                                    {0}};

const struct command command_operator = {
    .name = "operator",
    .usage = N_("list\n"
                "accept NAME [--country CC] [--why TEXT] [--by NAME]\n"
                "merge NAME KNOWN [--country CC] [--why TEXT] [--by NAME]\n"
                "reject NAME [--country CC] [--why TEXT] [--by NAME]"),
    .help = N_("Say whom members mean when they name an operator that the country pack does not know; until then no "
               "figure and no list names it."),
    .options = options,
    .verbs = verbs,
    .run = session_run,
};
