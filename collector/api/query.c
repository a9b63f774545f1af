/* How the read side of the API answers: parameters and key are judged, the
 * endpoint's statement is made and sent, its rows are streamed. Results are for
 * holders of a key, and those of one probe for its host; everything else is for
 * everybody, in aggregates above the publication floor. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/api/access.h"
#include "collector/api/api.h"
#include "collector/api/endpoint.h"
#include "collector/figure/figure.h"
#include "collector/http/accept.h"
#include "collector/http/path.h"
#include "common/lang.h"
#include "common/wake.h"

struct query {
    struct http_request *request;
    struct http_reply *reply;
    const struct api *api;
    struct params params;
    struct access access;
    struct selection selection;
    enum encode_format format;
};

/* ---- answering ---- */

/* text is for gettext, or was said in the client's language already. */
static int bad_parameter(struct query *q, const char *text)
{
    LANG_SCOPE(http_language(q->request));
    return http_problem(q->request, q->reply, 400, "parameter", N_("A parameter is wrong"), "%s", _(text));
}

static int key_wanted(struct query *q, const char *text)
{
    LANG_SCOPE(http_language(q->request));
    http_reply_header(q->request, "WWW-Authenticate", "Bearer realm=\"internetmetre\"");
    return http_problem(q->request, q->reply, 401, "key", N_("An analyst's key is wanted"), "%s", _(text));
}

/* The format that was asked for by name, else by Accept, else JSON. -ENOENT when Accept refuses all. */
static int choose_format(struct query *q)
{
    static const char *const types[] = {"application/json", "application/x-ndjson", "text/csv", "application/jsonl",
                                        "application/ndjson"};
    static const enum encode_format formats[] = {ENCODE_JSON, ENCODE_NDJSON, ENCODE_CSV, ENCODE_NDJSON, ENCODE_NDJSON};
    const char *named = q->params.values[PARAM_FORMAT];
    if (named)
        return encode_format_parse(named, &q->format);
    int type = accept_choose(http_header(q->request, "Accept"), types, COUNT(types));
    if (type >= 0)
        q->format = formats[type];
    return type < 0 ? type : 0;
}

/* The rest of the answer (RFC 8288), as a query of the same path: whatever is in front of the collector calls it by. */
static void link_next(struct query *q, const char *after)
{
    _cleanup_(buf_free) struct buf link = {0};
    if (!*after)
        return;
    buf_add_text(&link, "<?");
    for (enum param p = 0; p < PARAM_COUNT; p++)
        if (q->params.values[p] && p != PARAM_AFTER) {
            buf_addf(&link, "%s=", param_name(p));
            path_encode(q->params.values[p], &link);
            buf_add_char(&link, '&');
        }
    buf_addf(&link, "%s=%s>; rel=\"next\"", param_name(PARAM_AFTER), after);
    http_reply_header(q->request, "Link", link.data);
}

/* A name that the database must know, a version among those of the year: 1 when
 * it answered 400. */
static int check_known(struct query *q, struct pg *pg, enum param p, const char *sql, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *value = q->params.values[p], *const params[] = {value, q->params.values[PARAM_YEAR]};
    if (!value)
        return 0;
    int rc = pg_query(pg, sql, p == PARAM_VERSION ? 2 : 1, params, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 0))
        return rc;
    LANG_SCOPE(http_language(q->request));
    const char *known = pg_text(rows, 0, 1);
    _cleanup_text_ char *text = alloc_format(_("%s: \"%.64s\" is not known; there are %s"), param_name(p), value,
                                             known ? known : _("none yet"));
    bad_parameter(q, text);
    return 1;
}

static int check_names(struct query *q, struct pg *pg, struct fault *f)
{
    int rc = check_known(
        q, pg, PARAM_OPERATOR,
        "SELECT bool_or(name = $1), string_agg(DISTINCT name, ', ' ORDER BY name) FROM public_operator_name", f);
    if (rc == 0)
        rc = check_known(q, pg, PARAM_DEPARTMENT,
                         "SELECT bool_or(iso = $1), string_agg(iso, ', ' ORDER BY iso) FROM department", f);
    if (rc == 0)
        rc = check_known(
            q, pg, PARAM_VERSION,
            "SELECT bool_or(version = $1::int), string_agg(version::text, ', ' ORDER BY version) FROM "
            "(SELECT 0 AS version UNION SELECT version FROM public_version WHERE $2::int IS NULL OR year = "
            "$2::int) v",
            f);
    return rc;
}

/* 1 when it answered 400. */
static int check_asked(struct query *q, const struct endpoint *e, struct pg *pg, struct fault *f)
{
    LANG_SCOPE(http_language(q->request));
    int rc = check_names(q, pg, f);
    if (rc != 0 || !e->check || (rc = e->check(&q->selection, pg, f)) <= 0)
        return rc;
    bad_parameter(q, f->text);
    return 1;
}

static struct pg_pool *choose_pool(const struct query *q)
{
    switch (q->access.level) {
    case ACCESS_ANALYST:
        return q->api->analyst;
    case ACCESS_OWNER:
        return q->api->owner;
    default:
        return q->api->answers;
    }
}

/* What is asked for, over a connection of its kind: 1 when it answered 400. *ret is the caller's to start or free. */
static int open_answer(struct query *q, const struct endpoint *e, struct answer **ret, struct fault *f)
{
    struct answer *a = alloc_zero(1, sizeof *a);
    a->pool = choose_pool(q);
    int rc = pg_pool_take(a->pool, PG_TAKE_WAIT_MS, &a->pg, f);
    if (rc == 0)
        pg_watch(a->pg, http_socket(q->request));
    if (rc == 0)
        rc = check_asked(q, e, a->pg, f);
    if (rc != 0) {
        answer_free(a);
        return rc;
    }
    a->encoder.format = q->format;
    a->page = q->selection.page;
    a->gather = a->page.limit > 0 && a->page.limit <= PAGE_ROWS_WHOLE ? SIZE_MAX : 0;
    a->place = e->place;
    a->encoder.columns = e->columns;
    a->encoder.count = e->column_count ? e->column_count : FIGURE_COLUMNS;
    a->row = e->row;
    if (e->table && a->encoder.format == ENCODE_CSV)
        a->encoder.columns = a->extra = e->table(&q->params, &a->encoder.count);
    *ret = a;
    return 0;
}

/* A page that is sent before it is whole: where it ends is asked before, of the rows that will be sent. */
static int look_ahead(struct query *q, struct answer *a, struct fault *f)
{
    const struct selection *s = &q->selection;
    _cleanup_text_ char *sql = alloc_format("SELECT * FROM (%s) AS page OFFSET %zu", s->sql.data, a->page.limit - 1);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_run(a->pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f);
    if (rc == 0)
        rc = pg_query(a->pg, sql, s->count, s->values, &rows, f);
    if (rc == 0 && pg_rows_count(rows) > 1)
        a->place(rows, a->page.next);
    return rc;
}

/* Takes a over. The answer's header says where it goes on. */
static int start_answer(struct query *q, const struct endpoint *e, struct answer *a, struct fault *f)
{
    const struct selection *s = &q->selection;
    const bool is_page = a->page.limit > 0, ahead = is_page && a->place && a->gather < SIZE_MAX;
    int rc = ahead ? look_ahead(q, a, f) : 0;
    char next[PAGE_AFTER_SIZE];
    if (rc < 0) {
        answer_free(a);
        return rc;
    }
    memcpy(next, a->page.next, sizeof next);
    if (e->make && !s->everybody)
        rc = e->make(a, s, q->api->ingest, q->reply, f);
    else
        rc = answer_start(a, s->sql.data, s->count, s->values, q->reply, f);
    if (rc < 0 || !is_page)
        return rc;
    if (!ahead && !a->ended)
        page_next_counted(&a->page); /* there may be none: who follows it learns that */
    link_next(q, ahead ? next : a->page.next);
    return 0;
}

/* The same text has the same answer, whoever of its level asks; an owner's is about one probe. */
static char *question(const struct query *q)
{
    struct buf text = {0};
    buf_addf(&text, "%s %d %d", http_path(q->request), (int)q->format, q->access.level);
    for (enum param p = 0; p < PARAM_COUNT; p++)
        if (q->params.values[p] && p != PARAM_FORMAT && p != PARAM_KEY)
            buf_addf(&text, " %s=%zu:%s", param_name(p), strlen(q->params.values[p]), q->params.values[p]);
    return buf_take(&text);
}

/* Makes the whole of it, for all who wait; of one that is too long, what comes first. */
static int tell_all(struct query *q, const struct endpoint *e, struct answer *a, struct share_question *asked,
                    struct fault *f)
{
    struct share *share = q->api->share;
    size_t room = share_room(share);
    if (a->gather < SIZE_MAX)
        a->gather = room;
    int rc = start_answer(q, e, a, f);
    if (rc < 0 || !a->ended || a->waiting.len > room) {
        share_leave(share, asked, rc == 0);
        return rc;
    }
    share_tell(share, asked, &a->waiting, a->page.next, q->reply);
    answer_free(a);
    return 0;
}

/* Takes a over. Who waits for another's answer has no connection in the hand. */
static int run_shared(struct query *q, const struct endpoint *e, struct answer *a, struct fault *f)
{
    const struct timespec until = wake_after_ms(PG_TAKE_WAIT_MS);
    _cleanup_text_ char *text = question(q);
    struct share_question *asked;
    while (!share_ask(q->api->share, text, &asked)) {
        q->reply->content_type = encode_media_type(a->encoder.format);
        answer_free(a);
        char next[PAGE_AFTER_SIZE];
        int rc = share_wait(q->api->share, asked, &until, next, q->reply);
        if (rc == 0) {
            link_next(q, next);
            return 0;
        }
        if (rc == -ETIMEDOUT)
            return fault_set(f, -EBUSY, _("the same was asked before, and its answer has not come yet"));
        bool alone = rc == -EFBIG;
        rc = open_answer(q, e, &a, f);
        if (rc != 0 || alone)
            return rc == 0 ? start_answer(q, e, a, f) : rc;
    }
    return tell_all(q, e, a, asked, f);
}

/* 1 when it answered 400. */
static int run(struct query *q, const struct endpoint *e, struct fault *f)
{
    struct answer *a;
    int rc = open_answer(q, e, &a, f);
    if (rc != 0)
        return rc;
    q->selection.everybody = q->access.level == ACCESS_PUBLIC;
    if (q->selection.everybody || !e->make)
        e->select(&q->selection);
    return q->selection.everybody || e->make ? run_shared(q, e, a, f) : start_answer(q, e, a, f);
}

/* Whatever else is asked for, the answer is about the owner's probe. */
static int own_probe(struct query *q, bool *ret_answered)
{
    const char *asked = q->params.values[PARAM_PROBE];
    *ret_answered = asked && strcmp(asked, q->access.probe) != 0;
    if (*ret_answered)
        return http_problem(q->request, q->reply, 403, "other-probe", N_("That probe is not yours"),
                            N_("this secret is for probe %s; leave `probe` out"), q->access.probe);
    q->params.values[PARAM_PROBE] = q->access.probe;
    return 0;
}

static int allow(struct query *q, const struct endpoint *e, bool *ret_answered, struct fault *f)
{
    *ret_answered = true;
    if (e->key == KEY_NONE) {
        *ret_answered = false;
        return 0;
    }
    const char *secret = access_bearer(http_header(q->request, "Authorization"));
    if (!secret && q->params.values[PARAM_KEY]) {
        secret = q->params.values[PARAM_KEY];
        http_reply_header(q->request, "Referrer-Policy", "no-referrer");
    }
    if (secret)
        http_reply_header(q->request, "Cache-Control", "no-store");
    int rc = access_of(q->api->ingest, secret, http_language(q->request), &q->access, f);
    if (rc == -EACCES)
        return key_wanted(q, f->text);
    if (rc < 0)
        return rc;
    if (q->access.level == ACCESS_OWNER)
        return own_probe(q, ret_answered);
    if (q->access.level == ACCESS_PUBLIC && e->key == KEY_NEEDED)
        return key_wanted(q, N_("send Authorization: Bearer imk_…; the collector's team makes keys with "
                                "`internetmetre-collector key create NAME`"));
    const char *why = q->access.level == ACCESS_PUBLIC && e->wants_key ? e->wants_key(&q->params) : NULL;
    if (why)
        return key_wanted(q, why);
    *ret_answered = false;
    return 0;
}

static int read_params(struct query *q, const struct endpoint *e, struct fault *f)
{
    LANG_SCOPE(http_language(q->request));
    int rc = params_read(q->request, e->params, &q->params, f);
    return rc < 0 ? rc : selection_open(&q->selection, &q->params, e->place != NULL, f);
}

/* The client has gone, and nobody reads it, or it asked for more than is made in
 * the time that an answer has. */
static int failed(struct query *q, int rc, const struct fault *f)
{
    if (rc == -ECANCELED)
        return http_problem(q->request, q->reply, 503, "gone", N_("Not available right now"),
                            N_("the client has gone"));
    if (rc == -ESTALE)
        return http_problem(q->request, q->reply, 409, "moved", N_("The rows have changed"),
                            N_("figures were made anew since the page before, and its rows are not where they were; "
                               "begin again without `after`"));
    if (rc != -ETIMEDOUT)
        return http_failed(q->request, q->reply, rc, f);
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", HTTP_RETRY_AFTER_S);
    http_reply_header(q->request, "Retry-After", seconds);
    return http_problem(
        q->request, q->reply, 504, "timeout", N_("The answer took too long"),
        N_("it was ended; ask for less at once (`from`, `to`, `check`, `metric`, `year`, `limit`; fewer words in "
           "`group`), or come again later"));
}

int query_answer(struct http_request *request, struct http_reply *reply)
{
    const struct endpoint *e = endpoint_of(request);
    struct query q = {.request = request, .reply = reply, .api = http_context(request)};
    struct fault f = {0};
    bool answered;
    if (read_params(&q, e, &f) < 0)
        return bad_parameter(&q, f.text);
    if (choose_format(&q) < 0)
        return http_problem(request, reply, 406, "accept", N_("Nothing that is here is wanted"),
                            N_("Accept refuses application/json, application/x-ndjson and text/csv alike; take one of "
                               "them back, or say `format`"));
    int rc = allow(&q, e, &answered, &f);
    if (rc == 0 && !answered)
        rc = run(&q, e, &f);
    if (rc == 0 && reply->stream.read && !q.params.values[PARAM_FORMAT])
        http_reply_header(request, "Vary", "Accept"); /* no problem's does */
    selection_free(&q.selection);
    return rc < 0 ? failed(&q, rc, &f) : 0;
}
