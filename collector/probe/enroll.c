/* POST /api/v1/probes: a probe joins.
 *
 *   probe      → a statement under DOMAIN_ENROL, signed by its own new key,
 *                which proves that it holds it:
 *                {"token":"imt_…","public":"<base64>","at":…,"turn":N,"consent":"1",
 *                 "country","department","commune","zone","site",
 *                 "operator","technology","tariff","metered","contact","replaces",
 *                 "owner":"<SHA-256 of the owner's secret, hex>"}  all optional
 *                {"sig":"…"}
 *   collector  ← a statement under DOMAIN_ENROL, signed by the collector's key:
 *                {"enrolled":1,"probe":ID,"keys":["<base64>"],
 *                 "recovery":"<base64>","serial":N,"seen":"192.0.2.0/24","at":…}
 *                whose keys the probe pins (identity.h); seen is where the
 *                request came from, cut, so that its first results are redacted
 *
 * The same key with the same token again is answered the same and costs no use
 * of the token: the probe missed the answer. A known key with another good
 * token tells new surroundings: they count from now on. */
#include <errno.h>
#include <string.h>

#include "collector/probe/desk.h"
#include "collector/probe/secret.h"
#include "collector/probe/turn.h"
#include "collector/http/seen.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/line.h"
#include "common/log.h"
#include "common/statement.h"

struct wish { /* what the probe asked for; texts borrowed from the JSON, NULL when absent */
    json_t *json;
    const char *token, *consent, *country, *department, *commune, *zone, *site, *carrier, *technology, *tariff,
        *contact, *replaces, *owner;
    bool metered;
    int64_t turn;
    uint8_t public[SIGN_PUBLIC_SIZE];
    char probe[PROBE_ID_SIZE];
};

struct enrolment {
    struct http_request *request;
    struct http_reply *reply;
    struct desk *desk;
    struct pg *pg;
    struct wish wish;
    /* what the database says; texts owned by the rows */
    char token_no[24], focal_point_no[24];
    char probe_no[24]; /* "" when the key is new */
    char department[16];
    char replaced_no[24]; /* "" unless it replaces another probe */
    char country[4];      /* of that probe */
};

/* A step answers in one of three ways: 0 goes on, ANSWERED has made the reply,
 * below 0 is the database's failure. */
#define ANSWERED 1

/* Both texts are for gettext, or were said in the client's language already. */
static int answer(struct enrolment *e, unsigned status, const char *slug, const char *title, const char *detail)
{
    LANG_SCOPE(http_language(e->request));
    http_problem(e->request, e->reply, status, slug, title, "%s", _(detail));
    return ANSWERED;
}

/* ---- reading ---- */

static int read_texts(struct wish *w, struct fault *f)
{
    const struct {
        const char *name;
        size_t max;
        const char **to;
    } members[] = {
        {"country", 2, &w->country},
        {"department", 60, &w->department},
        {"commune", 200, &w->commune},
        {"zone", 10, &w->zone},
        {"site", 20, &w->site},
        {"operator", 100, &w->carrier},
        {"technology", 20, &w->technology},
        {"tariff", 200, &w->tariff},
        {"contact", 200, &w->contact},
        {"replaces", PROBE_ID_SIZE - 1, &w->replaces},
        {"owner", HASH_TEXT_SIZE - 1, &w->owner},
    };
    for (size_t i = 0; i < COUNT(members); i++) {
        int rc = json_get_text_or(w->json, members[i].name, members[i].max, NULL, members[i].to, f);
        if (rc < 0)
            return rc;
        if (*members[i].to && !form_text(*members[i].to))
            return fault_set(f, -EBADMSG, _("\"%s\" has U+%04X in it, a character that is not seen"), members[i].name,
                             (unsigned)form_unseen(*members[i].to));
        if (*members[i].to && !**members[i].to)
            *members[i].to = NULL;
    }
    return 0;
}

/* The first line names the key that must have signed it. */
static int read_wish(const struct http_request *request, struct wish *w, struct fault *f)
{
    LANG_SCOPE(http_language(request));
    const struct buf *body = http_body(request);
    _cleanup_json_ json_t *unproven = NULL;
    const char *end = body->data ? memchr(body->data, '\n', body->len) : NULL, *public;
    if (!end)
        return fault_set(f, -EBADMSG, _("not a signed statement of two lines"));
    int rc = json_read(body->data, (size_t)(end - body->data), ENROL_BYTES_MAX, JSON_DEPTH_MAX, &unproven, f);
    if (rc == 0)
        rc = json_get_text(unproven, "public", 64, &public, f);
    if (rc == 0 && base64_read(public, strlen(public), w->public, sizeof w->public) < 0)
        rc = fault_set(f, -EBADMSG, _("\"public\" is not 32 octets in base64"));
    if (rc == 0)
        rc = statement_read(&w->public, 1, DOMAIN_ENROL, body->data, body->len, &w->json, f);
    if (rc == 0)
        rc = json_get_text(w->json, "token", 100, &w->token, f);
    if (rc == 0)
        rc = json_get_text(w->json, "consent", 40, &w->consent, f);
    if (rc == 0)
        rc = json_get_int(w->json, "turn", 1, INT64_MAX, &w->turn, f);
    if (rc == 0)
        rc = json_get_bool_or(w->json, "metered", false, &w->metered, f);
    if (rc == 0)
        rc = read_texts(w, f);
    if (rc == 0)
        probe_id_make(w->public, w->probe);
    return rc;
}

static int refuse_word(struct enrolment *e, const char *member, const char *word, const struct choice *known)
{
    LANG_SCOPE(http_language(e->request));
    _cleanup_(buf_free) struct buf detail = {0};
    buf_addf(&detail, _("%s \"%s\" is not known; one of: "), member, word);
    choice_words(known, &detail);
    return answer(e, 422, member, N_("Not a known word"), detail.data);
}

static int check_words(struct enrolment *e)
{
    const struct wish *w = &e->wish;
    if (w->technology && !choice_has(line_technologies, w->technology))
        return refuse_word(e, "technology", w->technology, line_technologies);
    if (w->zone && !choice_has(line_zones, w->zone))
        return refuse_word(e, "zone", w->zone, line_zones);
    if (w->site && !choice_has(line_sites, w->site))
        return refuse_word(e, "site", w->site, line_sites);
    if (w->country && (strlen(w->country) != 2 || strspn(w->country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
        return answer(e, 422, "country", N_("Not a country"),
                      N_("country must be two capital letters (ISO 3166-1), such as BJ"));
    uint8_t hash[HASH_SIZE];
    if (w->owner && hash_parse(w->owner, strlen(w->owner), hash) < 0)
        return answer(e, 422, "owner", N_("Not a hash"), N_("owner must be a SHA-256 in 64 hex digits"));
    return 0;
}

/* ---- the database ---- */

static void keep(char *to, size_t size, const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    snprintf(to, size, "%s", text ? text : "");
}

/* The department by its ISO code or its name; unknown ones are answered with the list. */
static int find_department(struct enrolment *e, const char *country, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *const params[] = {country, e->wish.department};
    if (!e->wish.department)
        return 0;
    int rc = pg_query(e->pg,
                      "SELECT iso, name, iso = upper($2) OR lower(name) = lower($2) AS hit FROM department "
                      "WHERE country = $1 ORDER BY hit DESC, iso",
                      2, params, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) > 0 && pg_bool(rows, 0, 2)) {
        keep(e->department, sizeof e->department, rows, 0, 0);
        return 0;
    }
    LANG_SCOPE(http_language(e->request));
    _cleanup_(buf_free) struct buf detail = {0};
    buf_addf(&detail, _("department \"%s\" is not known in %s; one of: "), e->wish.department, country);
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        buf_addf(&detail, "%s%s (%s)", r ? ", " : "", pg_text(rows, r, 0), pg_text(rows, r, 1));
    return answer(e, 422, "department", N_("Not a known department"),
                  pg_rows_count(rows) ? detail.data
                                      : N_("this country's departments are not known here; leave it out"));
}

/* What the database's functions refuse (schema/functions/enroll.sql), by their verdicts. */
static const struct {
    const char *verdict;
    unsigned status;
    const char *title, *detail;
} refusals[] = {
    {"token", 403, N_("This token is not known"), N_("no such token here; copy it whole, with its imt_")},
    {"forgotten-probe", 410, N_("This probe was forgotten"), N_("at its owner's wish; enrol with a new key")},
    {"retired-key", 403, N_("A key that was replaced signed it"),
     N_("this probe has another key now; its old one speaks only for what came before")},
    {"revoked-probe", 403, N_("This probe was revoked"), N_("ask the team that gave the token")},
    {"token-revoked", 403, N_("This token was revoked"), N_("ask the team that gave it for another")},
    {"token-expired", 403, N_("This token has expired"), N_("ask the team that gave it for another")},
    {"token-exhausted", 403, N_("This token was used as often as it may be"),
     N_("ask the team that gave it for another")},
    {"replaces", 422, N_("No such probe to replace"), N_("\"replaces\" must name another probe of this collector")},
    {"replaces-other-team", 403, N_("That probe is another team's"),
     N_("a token of the focal point that the old probe belongs to is wanted")},
    {"replaces-vouched", 403, N_("Somebody vouched for that probe"),
     N_("a token that several may use does not take its place; ask your team for a token of one use")},
    {"replaces-again", 409, N_("That probe was replaced already"), N_("it has a successor; name that one")},
};

/* ANSWERED, unless the verdict is good. */
static int hear(struct enrolment *e, const char *verdict, struct fault *f)
{
    if (!strcmp(verdict, "good"))
        return 0;
    for (size_t i = 0; i < COUNT(refusals); i++)
        if (!strcmp(verdict, refusals[i].verdict))
            return answer(e, refusals[i].status, verdict, refusals[i].title, refusals[i].detail);
    return fault_set(f, -EIO, "PostgreSQL: %s", verdict); /* of another version */
}

static int use_token(struct enrolment *e, struct fault *f)
{
    char hash[HASH_TEXT_SIZE], key[2 * SIGN_PUBLIC_SIZE];
    base64_write(e->wish.public, SIGN_PUBLIC_SIZE, key);
    const char *const params[] = {secret_hash(e->wish.token, hash), e->wish.probe, key};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(e->pg, "SELECT verdict, token_no, focal_point_no, probe_no FROM token_use($1, $2, $3)", 3, params,
                      &rows, f);
    if (rc < 0)
        return rc;
    keep(e->token_no, sizeof e->token_no, rows, 0, 1);
    keep(e->focal_point_no, sizeof e->focal_point_no, rows, 0, 2);
    keep(e->probe_no, sizeof e->probe_no, rows, 0, 3);
    return hear(e, pg_text(rows, 0, 0), f);
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static int find_replaced(struct enrolment *e, struct fault *f)
{
    if (!e->wish.replaces)
        return 0;
    const char *const params[] = {e->wish.replaces, e->wish.probe, e->token_no};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(e->pg, "SELECT verdict, probe_no, country FROM probe_replaceable($1, $2, $3::int)", 3, params,
                      &rows, f);
    if (rc < 0)
        return rc;
    keep(e->replaced_no, sizeof e->replaced_no, rows, 0, 1);
    keep(e->country, sizeof e->country, rows, 0, 2);
    return hear(e, pg_text(rows, 0, 0), f);
}

/* After the new probe's own surroundings. */
static int carry_over(struct enrolment *e, struct fault *f)
{
    const char *const params[] = {e->replaced_no, e->probe_no,
                                  json_object_get(e->wish.json, "metered") ? "true" : "false"};
    return *e->replaced_no ? pg_query(e->pg, "SELECT probe_replace($1::int, $2::int, $3::boolean)", 3, params, NULL, f)
                           : 0;
}

static int make_probe(struct enrolment *e, struct fault *f)
{
    char key[2 * SIGN_PUBLIC_SIZE];
    base64_write(e->wish.public, SIGN_PUBLIC_SIZE, key);
    const char *const params[] = {e->wish.probe, e->token_no, key};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    if (*e->probe_no)
        return 0;
    int rc = pg_query(e->pg, "SELECT probe_make($1, $2::int, $3)", 3, params, &rows, f);
    if (rc == 0)
        keep(e->probe_no, sizeof e->probe_no, rows, 0, 0);
    return rc;
}

static int take_turn(struct enrolment *e, struct fault *f)
{
    int rc = turn_take(e->pg, e->wish.probe, e->wish.turn, f);
    if (rc != -ESTALE)
        return rc;
    turn_refuse(e->request, e->reply);
    return ANSWERED;
}

static int keep_context(struct enrolment *e, const char *country, struct fault *f)
{
    static const char sql[] =
        "SELECT context_tell($1::int, $2, $3, $4, $5, $6, $7, $8::int, $9, $10::boolean, $11, $12)";
    const struct wish *w = &e->wish;
    const char *const params[] = {
        e->probe_no, country,       or_null(e->department),     w->commune, w->zone,
        w->carrier,  w->technology, or_null(e->focal_point_no), w->tariff,  w->metered ? "true" : "false",
        w->consent,  w->site};
    return pg_query(e->pg, sql, (int)COUNT(params), params, NULL, f);
}

static int keep_host(struct enrolment *e, struct fault *f)
{
    const char *const params[] = {e->probe_no, e->wish.contact, e->wish.owner};
    return pg_query(e->pg, "SELECT host_tell($1::int, $2, $3)", 3, params, NULL, f);
}

static int enrol(struct enrolment *e, struct fault *f)
{
    int rc = pg_run(e->pg, "BEGIN", f);
    if (rc == 0)
        rc = use_token(e, f);
    if (rc == 0)
        rc = find_replaced(e, f);
    const char *country = e->wish.country ? e->wish.country : *e->country ? e->country : e->desk->country;
    if (rc == 0)
        rc = find_department(e, country, f);
    if (rc == 0)
        rc = make_probe(e, f);
    if (rc == 0)
        rc = take_turn(e, f);
    if (rc == 0)
        rc = keep_context(e, country, f);
    if (rc == 0)
        rc = keep_host(e, f);
    if (rc == 0)
        rc = carry_over(e, f);
    if (rc == 0)
        rc = pg_run(e->pg, "COMMIT", f);
    return rc;
}

/* ---- the handler ---- */

static void write_answer(struct enrolment *e)
{
    const struct identity *identity = e->desk->identity;
    char recovery[2 * SIGN_PUBLIC_SIZE], at[TIME_TEXT_SIZE];
    base64_write(identity->recovery, SIGN_PUBLIC_SIZE, recovery);
    char seen[PREFIX_TEXT_SIZE];
    seen_prefix(e->request, seen);
    _cleanup_json_ json_t *json = json_pack("{s:i, s:s, s:o, s:s, s:I, s:s, s:s}", "enrolled", 1, "probe",
                                            e->wish.probe, "keys", identity_list(identity), "recovery", recovery,
                                            "serial", (json_int_t)identity->serial, "seen", seen, "at",
                                            time_format(clock_wall_us(&clock_system), at));
    e->reply->content_type = "application/x-ndjson";
    statement_write(&identity->key, DOMAIN_ENROL, json, &e->reply->body);
    e->desk->enrolled++;
    log_info("probe %s enrolled from %s", e->wish.probe, seen);
}

static int handle(struct enrolment *e)
{
    struct fault f = {0};
    int rc = read_wish(e->request, &e->wish, &f);
    if (rc == -EKEYREJECTED)
        return answer(e, 403, "signature", N_("The signature does not match"),
                      N_("the request must be signed by the key in \"public\""));
    if (rc < 0)
        return answer(e, 400, "request", N_("The request is not as it should be"), f.text);
    rc = check_words(e);
    if (rc == 0)
        rc = pg_pool_take(e->desk->pool, PG_TAKE_WAIT_MS, &e->pg, &f);
    if (rc == 0) {
        rc = enrol(e, &f);
        /* Two requests with the same new key at once: the second finds the first's row. */
        if (rc == -EEXIST && pg_run(e->pg, "ROLLBACK", &f) == 0)
            rc = enrol(e, &f);
        pg_pool_give(e->desk->pool, e->pg);
    }
    if (rc < 0)
        return http_failed(e->request, e->reply, rc, &f);
    if (rc == 0)
        write_answer(e);
    return 0;
}

static int answer_probe(struct http_request *request, struct http_reply *reply)
{
    struct enrolment e = {.request = request, .reply = reply, .desk = http_context(request)};
    int rc = handle(&e);
    json_decref(e.wish.json);
    return rc < 0 ? rc : 0;
}

static int post_probe(struct http_request *request, struct http_reply *reply)
{
    const struct desk *desk = http_context(request);
    return strike_guard(desk->strikes, answer_probe, request, reply);
}

const struct http_route enroll_routes[] = {
    {.method = "POST", .path = "/api/v1/probes", .handler = post_probe, .body_max = ENROL_BYTES_MAX},
    {0},
};
