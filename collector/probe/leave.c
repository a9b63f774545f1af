/* POST /api/v1/leave: a probe's owner takes it away.
 *
 *   probe      → a statement under DOMAIN_LEAVE, signed by a key of the probe:
 *                {"leave":1,"probe":ID,"at":…,"turn":N,"forget":bool}
 *   collector  ← a statement under DOMAIN_LEAVE, signed by the collector's key:
 *                {"left":1,"probe":ID,"forgotten":bool,"at":…}
 *
 * The probe is revoked. With "forget" what it sent is deleted as well, for
 * good; published figures stay. The same again is answered the same: the probe
 * missed the answer. */
#include <errno.h>
#include <string.h>

#include "collector/probe/desk.h"
#include "collector/probe/forget.h"
#include "collector/probe/turn.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/statement.h"

struct wish {
    json_t *json;
    int64_t turn;
    bool forget;
};

/* The probe that the first line names, before anything is proven. */
static int named_probe(const struct http_request *request, char ret[static PROBE_ID_SIZE], struct fault *f)
{
    LANG_SCOPE(http_language(request));
    _cleanup_json_ json_t *unproven = NULL;
    const struct buf *body = http_body(request);
    const char *end = body->data ? memchr(body->data, '\n', body->len) : NULL, *probe;
    if (!end)
        return fault_set(f, -EBADMSG, _("not a signed statement of two lines"));
    int rc = json_read(body->data, (size_t)(end - body->data), ENROL_BYTES_MAX, JSON_DEPTH_MAX, &unproven, f);
    if (rc == 0)
        rc = json_get_text(unproven, "probe", PROBE_ID_SIZE - 1, &probe, f);
    if (rc == 0 && !probe_id_valid(probe, strlen(probe)))
        rc = fault_set(f, -EBADMSG, _("\"probe\" is not 20 characters of base32"));
    if (rc == 0)
        strcpy(ret, probe);
    return rc;
}

static int read_wish(const struct http_request *request, const uint8_t (*keys)[SIGN_PUBLIC_SIZE], size_t key_count,
                     struct wish *w, struct fault *f)
{
    LANG_SCOPE(http_language(request));
    const struct buf *body = http_body(request);
    int64_t version;
    int rc = statement_read(keys, key_count, DOMAIN_LEAVE, body->data, body->len, &w->json, f);
    if (rc == 0)
        rc = json_get_int(w->json, "leave", 1, 1, &version, f);
    if (rc == 0)
        rc = json_get_int(w->json, "turn", 1, INT64_MAX, &w->turn, f);
    if (rc == 0)
        rc = json_get_bool_or(w->json, "forget", false, &w->forget, f);
    return rc;
}

/* -ESTALE: an old wish that somebody kept. */
static int leave(struct desk *desk, const char *probe, const struct wish *w, struct fault *f)
{
    struct pg *pg = NULL;
    int rc = pg_pool_take(desk->pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    rc = turn_take(pg, probe, w->turn, f);
    if (rc == 0 && w->forget)
        rc = forget_probe(pg, desk->state_dir, desk->archive, probe, f);
    else if (rc == 0)
        rc = pg_query(pg, "SELECT probe_leave($1)", 1, &probe, NULL, f);
    pg_pool_give(desk->pool, pg);
    roster_forget(desk->roster, probe);
    return rc;
}

static void write_answer(const struct desk *desk, const char *probe, bool forgotten, struct http_reply *reply)
{
    char at[TIME_TEXT_SIZE];
    _cleanup_json_ json_t *answer = json_pack("{s:i, s:s, s:b, s:s}", "left", 1, "probe", probe, "forgotten", forgotten,
                                              "at", time_format(clock_wall_us(&clock_system), at));
    reply->content_type = "application/x-ndjson";
    statement_write(&desk->identity->key, DOMAIN_LEAVE, answer, &reply->body);
    log_info("probe %s left%s", probe, forgotten ? ", and is forgotten" : "");
}

static int answer_leave(struct http_request *request, struct http_reply *reply)
{
    struct desk *desk = http_context(request);
    struct fault f = {0};
    char probe[PROBE_ID_SIZE];
    struct roster_probe known;
    struct wish w = {0};
    if (named_probe(request, probe, &f) < 0)
        return http_problem(request, reply, 400, "request", N_("The request is not as it should be"), "%s", f.text);
    int rc = roster_ask(desk->roster, probe, &known, &f);
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    if (known.current_count == 0)
        return http_problem(request, reply, 403, "unknown-probe", N_("This probe is not enrolled here"),
                            N_("probe %s is not known here"), probe);
    rc = read_wish(request, known.keys, known.current_count, &w, &f);
    if (rc == -EKEYREJECTED)
        http_problem(request, reply, 403, "signature", N_("The signature does not match"),
                     N_("the request must be signed by the key of probe %s"), probe);
    else if (rc < 0)
        http_problem(request, reply, 400, "request", N_("The request is not as it should be"), "%s", f.text);
    else
        rc = leave(desk, probe, &w, &f);
    if (rc == -ESTALE)
        turn_refuse(request, reply);
    json_decref(w.json);
    if (reply->status >= 400)
        return 0;
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    write_answer(desk, probe, w.forget, reply);
    return 0;
}

static int post_leave(struct http_request *request, struct http_reply *reply)
{
    struct desk *desk = http_context(request);
    return strike_guard(desk->strikes, answer_leave, request, reply);
}

const struct http_route leave_routes[] = {
    {.method = "POST", .path = "/api/v1/leave", .handler = post_leave, .body_max = ENROL_BYTES_MAX},
    {0},
};
