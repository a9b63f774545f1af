#include "agent/daemon/errand.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "agent/uplink/call.h"
#include "agent/probe/owner.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/scan.h"
#include "common/statement.h"

enum state {
    STATE_NEW,
    STATE_WRITING,    /* a letter is with the collector */
    STATE_DELIVERING, /* the batches that bring the key go first; then the letter once more */
    STATE_SENDING,    /* what waits goes out */
};

struct kind {
    const char *name;
    void (*begin)(struct errand *e);
    void (*answered)(struct errand *e, const struct web_reply *reply); /* of the letter */
};

struct errand {
    const struct errand_host *host;
    const struct kind *kind;
    const json_t *request;
    enum state state;
    enum lang lang;
    struct buf body; /* of the letter */
    struct web_transfer *transfer;
    struct sign_key key;     /* that signed an enrolment */
    bool delivered;          /* the key was offered to the collector before */
    int64_t acked, rejected; /* by the push, before */
    errand_done_fn done;
    void *user;
};

static void errand_free(struct errand *e)
{
    sign_key_wipe(&e->key);
    buf_free(&e->body);
    free(e);
}

static void end(struct errand *e, enum errand_end how, json_t *answer)
{
    errand_done_fn done = e->done;
    void *user = e->user;
    errand_free(e);
    done(user, how, answer);
}

static void fail(struct errand *e, const struct fault *f)
{
    end(e, ERRAND_DONE, errand_failed(f->code, f->text));
}

static const char *text_of(const struct errand *e, const char *name)
{
    return json_string_value(json_object_get(e->request, name));
}

static bool enrolled(const struct errand_host *host, struct fault *f)
{
    if (*host->uplink->identity->collector)
        return true;
    fault_set(f, -ENOENT, _("%s: this probe is not enrolled; run `internetmetre-agent enroll URL TOKEN`"),
              host->uplink->state_dir);
    return false;
}

/* ---- letters ---- */

static void on_reply(void *user, const struct web_reply *reply)
{
    struct errand *e = user;
    LANG_SCOPE(e->lang);
    e->transfer = NULL;
    e->kind->answered(e, reply);
}

/* The body is written by now. */
static void post(struct errand *e, const char *collector, const char *path)
{
    const struct uplink to = {.env = e->host->uplink->env, .url = collector};
    const struct call call = {.path = path, .body = &e->body, .done = on_reply, .user = e};
    struct fault f;
    e->state = STATE_WRITING;
    if (call_start(&to, &call, &e->transfer, &f) < 0)
        fail(e, &f);
}

/* ---- enroll ---- */

void errand_enrolment(json_t *request, const char *url, const char *pin, const struct enrolment *e)
{
    const struct {
        const char *name, *text;
    } members[] = {
        {"url", url},
        {"pin", pin},
        {"token", e->token},
        {"country", e->country},
        {"department", e->department},
        {"commune", e->commune},
        {"zone", e->zone},
        {"site", e->site},
        {"operator", e->carrier},
        {"technology", e->technology},
        {"tariff", e->tariff},
        {"contact", e->contact},
        {"replaces", e->replaces},
    };
    for (size_t i = 0; i < COUNT(members); i++)
        if (members[i].text)
            json_object_set_new(request, members[i].name, json_string(members[i].text));
    json_object_set_new(request, "metered", json_boolean(e->metered));
}

static int enrolment_read(const struct errand *e, struct enrolment *ret, struct fault *f)
{
    *ret = (struct enrolment){
        .token = text_of(e, "token"),
        .country = text_of(e, "country"),
        .department = text_of(e, "department"),
        .commune = text_of(e, "commune"),
        .zone = text_of(e, "zone"),
        .site = text_of(e, "site"),
        .carrier = text_of(e, "operator"),
        .technology = text_of(e, "technology"),
        .tariff = text_of(e, "tariff"),
        .contact = text_of(e, "contact"),
        .replaces = text_of(e, "replaces"),
        .metered = json_is_true(json_object_get(e->request, "metered")),
    };
    if (!text_of(e, "url") || !ret->token)
        return fault_set(f, -EBADMSG, _("an enrolment without \"url\" or \"token\""));
    return enroll_check(ret, f);
}

static void enroll_begin(struct errand *e)
{
    char url[COLLECTOR_URL_MAX + 1], secret[OWNER_TEXT_SIZE], owner[HASH_TEXT_SIZE], trusted[SIGN_TEXT_SIZE];
    struct enrolment wish;
    struct fault f;
    const struct identity *old = e->host->uplink->identity;
    if (enrolment_read(e, &wish, &f) < 0 || identity_url(text_of(e, "url"), url, &f) < 0 ||
        (*old->collector && enroll_again(old, e->host->uplink->state_dir, url, trusted, &f) < 0) ||
        identity_key(e->host->uplink->state_dir, &e->key, &f) < 0 ||
        owner_make(e->host->uplink->state_dir, secret, &f) < 0)
        return fail(e, &f);
    wish.owner = owner_hash(secret, owner);
    int64_t now = clock_wall_us(e->host->uplink->env->clock);
    enroll_request(&wish, &e->key, now, identity_turn(e->host->uplink->identity, now), &e->body);
    post(e, url, "/api/v1/probes");
}

/* What the collector said of itself joins what this probe is: its key may have
 * changed since it asked. */
static int enroll_keep(struct errand *e, struct identity *id, struct fault *f)
{
    struct identity *kept = e->host->uplink->identity;
    if (*kept->collector) {
        id->key = kept->key;
        id->was_count = kept->was_count;
        memcpy(id->was, kept->was, sizeof id->was);
    }
    id->enrolled_at_us = clock_wall_us(e->host->uplink->env->clock);
    id->turn = kept->turn;
    int r = identity_write(e->host->uplink->state_dir, id, f);
    if (r == 0)
        *kept = *id;
    return r;
}

static void enroll_answered(struct errand *e, const struct web_reply *reply)
{
    char seen[NETWORK_TEXT_MAX], secret[OWNER_TEXT_SIZE], trusted[SIGN_TEXT_SIZE];
    struct fault f;
    _cleanup_(identity_wipe) struct identity id = {0};
    const struct identity *old = e->host->uplink->identity;
    const char *pin = text_of(e, "pin");
    int r = identity_url(text_of(e, "url"), id.collector, &f);
    if (r == 0 && *old->collector)
        r = enroll_again(old, e->host->uplink->state_dir, id.collector, trusted, &f);
    if (r == 0 && *old->collector && !pin)
        pin = trusted;
    if (r == 0)
        r = call_judge(reply, true, &f);
    if (r == 0)
        r = enroll_answer(reply->body.data, reply->body.len, &e->key, pin, &id, seen, &f);
    if (r == 0)
        r = owner_make(e->host->uplink->state_dir, secret, &f);
    if (r < 0)
        return fail(e, &f);
    network_seen(e->host->network, seen); /* what the first results say of it is cut */
    if (enroll_keep(e, &id, &f) < 0)
        return fail(e, &f);
    _cleanup_text_ char *link = owner_link(id.collector, secret);
    end(e, ERRAND_ENROLLED, json_pack("{s:s, s:s, s:s}", "probe", id.probe, "collector", id.collector, "link", link));
}

/* ---- leave ---- */

static void leave_tell(struct errand *e)
{
    char at[TIME_TEXT_SIZE];
    struct identity *id = e->host->uplink->identity;
    int64_t now = clock_wall_us(e->host->uplink->env->clock);
    bool forget = json_is_true(json_object_get(e->request, "forget"));
    _cleanup_json_ json_t *wish = json_pack("{s:i, s:s, s:s, s:I, s:b}", "leave", 1, "probe", id->probe, "at",
                                            time_format(now, at), "turn", (json_int_t)identity_turn(id, now), "forget",
                                            forget);
    buf_clear(&e->body);
    statement_write(&id->key, DOMAIN_LEAVE, wish, &e->body);
    post(e, e->host->uplink->url, "/api/v1/leave");
}

static void leave_begin(struct errand *e)
{
    struct fault f;
    if (enrolled(e->host, &f))
        leave_tell(e);
    else
        fail(e, &f);
}

static int leave_confirmed(const struct identity *id, const struct web_reply *reply, struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    int64_t left;
    const char *probe;
    int r = statement_read(id->keys, id->key_count, DOMAIN_LEAVE, reply->body.data, reply->body.len, &object, f);
    if (r < 0 || (r = json_get_int(object, "left", 1, 1, &left, f)) < 0 ||
        (r = json_get_text(object, "probe", PROBE_ID_SIZE - 1, &probe, f)) < 0)
        return r;
    return strcmp(probe, id->probe) == 0 ? 0 : fault_set(f, -EBADMSG, _("the answer is for another probe"));
}

/* The collector does not know the key yet: the batch that brings it goes first. */
static bool leave_delivers(struct errand *e)
{
    struct fault f;
    if (e->delivered || !e->host->spool || spool_places_refill_keys(spool_places(e->host->spool), &f) < 0 ||
        !spool_places_keys_wait(spool_places(e->host->spool)))
        return false;
    e->delivered = true;
    e->state = STATE_DELIVERING;
    push_now(e->host->push);
    return true;
}

static void leave_answered(struct errand *e, const struct web_reply *reply)
{
    struct fault f;
    int r = call_judge(reply, true, &f);
    if (r == -EKEYREJECTED && leave_delivers(e))
        return;
    if (r == 0)
        r = leave_confirmed(e->host->uplink->identity, reply, &f);
    if (r < 0)
        fail(e, &f);
    else
        end(e, ERRAND_LEFT, json_object());
}

static void leave_news(struct errand *e)
{
    const struct push_state *push = push_state(e->host->push);
    char trouble[FAULT_TEXT_MAX];
    struct fault f;
    if (!spool_places_keys_wait(spool_places(e->host->spool)) || push_idle(e->host->push)) {
        leave_tell(e);
    } else if (push->failures > 0) {
        fault_set(&f, -EIO, _("the batch that brings this probe's new key has to arrive first: %.400s"),
                  trouble_text(&push->trouble, true, trouble));
        fail(e, &f);
    }
}

/* ---- push ---- */

static void push_begin(struct errand *e)
{
    struct fault f;
    if (!enrolled(e->host, &f) || (json_is_true(json_object_get(e->request, "rejected")) &&
                                   spool_places_unreject(spool_places(e->host->spool), &f) < 0))
        return fail(e, &f);
    e->state = STATE_SENDING;
    e->acked = push_state(e->host->push)->acked;
    e->rejected = push_state(e->host->push)->rejected;
    push_now(e->host->push);
}

static void push_end(struct errand *e)
{
    const struct push_state *push = push_state(e->host->push);
    char trouble[FAULT_TEXT_MAX];
    trouble_text(&push->trouble, true, trouble);
    end(e, ERRAND_DONE,
        json_pack("{s:I, s:I, s:I, s:s%}", "acked", (json_int_t)(push->acked - e->acked), "rejected",
                  (json_int_t)(push->rejected - e->rejected), "waiting",
                  (json_int_t)spool_waiting(e->host->spool)->count, "trouble", trouble,
                  scan_utf8(trouble, strlen(trouble))));
}

/* ---- rotate-key ---- */

/* The wish is written down, so that it outlives a power cut, and what is open
 * is sealed: the batch carries the new key under both signatures (rotation.h
 * tells how). With nothing open, the next batch does. */
static int rotate(struct errand *e, bool *ret_waited, struct fault *f)
{
    _cleanup_(sign_key_wipe) struct sign_key next = {0};
    _cleanup_text_ char *path = alloc_format("%s/key.next", e->host->uplink->state_dir);
    int r = 0;
    *ret_waited = access(path, F_OK) == 0 && sign_key_read(path, &next, f) == 0;
    if (!*ret_waited) {
        r = sign_key_new(&next);
        if (r < 0)
            return fault_set(f, r, _("cannot make a key: %s"), fault_errno(-r));
        r = sign_key_write(path, &next, f);
    }
    if (r == 0)
        r = spool_seal(e->host->spool, f);
    if (r == 0)
        push_kick(e->host->push);
    return r;
}

static void rotate_begin(struct errand *e)
{
    struct fault f;
    struct identity *id = e->host->uplink->identity;
    uint8_t before[SIGN_PUBLIC_SIZE];
    bool waited;
    memcpy(before, id->key.public, sizeof before);
    if (!enrolled(e->host, &f) || rotate(e, &waited, &f) < 0)
        return fail(e, &f);
    bool announced = memcmp(before, id->key.public, sizeof before) != 0;
    end(e, ERRAND_DONE, json_pack("{s:b, s:b}", "waited", waited, "announced", announced));
}

/* ---- what all of them do alike ---- */

static const struct kind kinds[] = {
    {"enroll", enroll_begin, enroll_answered},
    {"leave", leave_begin, leave_answered},
    {"push", push_begin, NULL},
    {"rotate-key", rotate_begin, NULL},
};

static const struct kind *kind_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const char *errand_name(const json_t *request)
{
    const struct kind *kind = kind_find(json_string_value(json_object_get(request, "errand")));
    return kind ? kind->name : "?";
}

struct errand *errand_new(const struct errand_host *host, const json_t *request, errand_done_fn done, void *user)
{
    struct errand *e = alloc_zero(1, sizeof *e);
    e->host = host;
    e->request = request;
    e->kind = kind_find(text_of(e, "errand"));
    e->lang = errand_lang(request);
    e->done = done;
    e->user = user;
    return e;
}

void errand_begin(struct errand *e)
{
    LANG_SCOPE(e->lang);
    if (e->kind)
        e->kind->begin(e);
    else
        end(e, ERRAND_DONE,
            errand_failed(-EBADMSG, _("the running agent is of another version; restart its service and try again")));
}

void errand_news(struct errand *e)
{
    if (!e || (e->state != STATE_SENDING && e->state != STATE_DELIVERING))
        return;
    LANG_SCOPE(e->lang);
    if (e->state == STATE_DELIVERING)
        leave_news(e);
    else if (push_idle(e->host->push) || push_state(e->host->push)->failures > 0)
        push_end(e);
}

bool errand_sends(const struct errand *e)
{
    return e->state == STATE_SENDING;
}

void errand_hurry(struct errand *e)
{
    push_end(e);
}

void errand_cancel(struct errand *e)
{
    if (!e)
        return;
    if (e->transfer)
        web_cancel(e->transfer);
    errand_free(e);
}

json_t *errand_request(const char *name)
{
    return json_pack("{s:s, s:s}", "errand", name, "lang", lang_code(lang_current()));
}

enum lang errand_lang(const json_t *request)
{
    return lang_accepted(json_string_value(json_object_get(request, "lang")));
}

json_t *errand_failed(int code, const char *text)
{
    return json_pack("{s:i, s:s%}", "code", code, "text", text, scan_utf8(text, strlen(text)));
}

int errand_judge(const json_t *answer, struct fault *f)
{
    int64_t code;
    const char *text = "";
    int r = json_get_int_or(answer, "code", INT_MIN, 0, 0, &code, f);
    if (r == 0)
        r = json_get_text_or(answer, "text", FAULT_TEXT_MAX, "", &text, f);
    return r < 0 || code == 0 ? r : fault_set(f, (int)code, "%s", text);
}
