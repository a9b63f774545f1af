/* POST /api/v1/batches: a probe hands a sealed batch over.
 *
 *   probe      → the batch's file as it lies in the spool
 *                (Content-Type: application/vnd.internetmetre.batch)
 *   collector  ← 200 and a statement signed under DOMAIN_ACK, after COMMIT:
 *                {"ack":1,"probe":…,"stored":[hash],
 *                 "heads":[{"chain","seq","hash"}],     the highest held of each chain
 *                 "missing":[{"chain","from","to"}],    below it, and no gap explains it
 *                 "forks":[chain],                      two state directories share it
 *                 "seen":"192.0.2.0/24",                where the request came from, cut
 *                 "problems":N,"at":…}
 *              ← 4xx and a problem that names what is wrong with the envelope:
 *                nothing is stored, and sending the same again will not help
 *              ← 429, 503 and Retry-After: nothing is lost, come again
 *
 * A body is judged by its first octets as soon as the longest header has come:
 * from an unknown probe, or of other sizes than the header says, the rest is not
 * kept. Nothing is unpacked before the signature was found good.
 *
 * A batch that was stored before gets the same 200: the probe missed our
 * answer. Results that cannot be projected do not make an answer fail, nor does a
 * signed body that cannot be unpacked; they are counted in "problems". */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "collector/ledger/intake.h"
#include "collector/ledger/project.h"
#include "collector/http/seen.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/statement.h"
#include "common/stranger.h"

/* The log has it in one language. For a client of another what was found is
 * found again: only refusals pay for it. */
static void say(const struct http_request *request, enum verdict verdict, const char *probe, struct fault *f)
{
    LANG_SCOPE(http_language(request));
    _cleanup_(batch_free) struct batch again = {0};
    const struct buf *body = http_body(request);
    const char *bytes = body->data ? body->data : "";
    size_t total = http_body_total(request);
    if (verdict >= VERDICT_SIGNATURE)
        verify_say(verdict, probe, f);
    else if ((total > body->len ? verify_front(bytes, body->len, total, &again, f)
                                : verify_read(bytes, body->len, &again, f)) != verdict)
        fault_set(f, f->code, "%s", _(verdict_texts[verdict].title));
}

/* probe: whose batch it is, when it got that far. */
static int refuse(struct http_request *request, struct http_reply *reply, enum verdict verdict, const char *probe,
                  const struct fault *f)
{
    static struct log_limit limit = {.interval_us = 60 * INT64_C(1000000), .burst = 20};
    struct intake *intake = http_context(request);
    const struct verdict_text *text = &verdict_texts[verdict];
    intake->counters.refused[verdict]++;
    char seen[PREFIX_TEXT_SIZE];
    log_limited(&limit, LOG_WARN, "batch from %s refused (%s): %s; nothing is stored, the probe keeps it",
                seen_prefix(request, seen), text->slug, f->text);
    struct fault said = *f;
    if (http_language(request) != lang_current())
        say(request, verdict, probe, &said);
    return http_problem(request, reply, text->status, text->slug, text->title, "%s", said.text);
}

static json_t *heads_json(const struct ledger_entry *e)
{
    json_t *heads = json_array();
    for (size_t i = 0; i < e->head_count; i++)
        json_array_append_new(heads, json_pack("{s:s, s:I, s:s}", "chain", e->heads[i].chain, "seq",
                                               (json_int_t)e->heads[i].seq, "hash", e->heads[i].hash));
    return heads;
}

static json_t *missing_json(const struct ledger_entry *e)
{
    json_t *missing = json_array();
    for (size_t i = 0; i < e->hole_count; i++)
        json_array_append_new(missing, json_pack("{s:s, s:I, s:I}", "chain", e->holes[i].chain, "from",
                                                 (json_int_t)e->holes[i].first, "to", (json_int_t)e->holes[i].last));
    return missing;
}

static json_t *forks_json(const struct ledger_entry *e)
{
    json_t *forks = json_array();
    for (size_t i = 0; i < e->head_count; i++)
        if (e->heads[i].forked)
            json_array_append_new(forks, json_string(e->heads[i].chain));
    return forks;
}

static void write_ack(struct http_request *request, const struct ledger_entry *e, struct buf *out)
{
    const struct intake *intake = http_context(request);
    char hash[HASH_TEXT_SIZE], at[TIME_TEXT_SIZE];
    _cleanup_json_ json_t *ack = json_pack("{s:i, s:s, s:[s], s:o, s:o, s:o, s:s, s:I, s:s}", "ack", 1, "probe",
                                           e->batch->header.probe, "stored", hash_text(e->batch->envelope.hash, hash),
                                           "heads", heads_json(e), "missing", missing_json(e), "forks", forks_json(e),
                                           "seen", e->seen, "problems", (json_int_t)e->problems, "at",
                                           time_format(clock_wall_us(&clock_system), at));
    statement_write(&intake->identity->key, DOMAIN_ACK, ack, out);
}

static void count(struct intake *intake, const struct ledger_entry *e, size_t wire_len)
{
    intake->counters.bytes += wire_len;
    if (e->fate == LEDGER_KNOWN) {
        intake->counters.known++;
        return;
    }
    intake->counters.stored++;
    intake->counters.results += e->projection->results.count;
    intake->counters.problems += e->projection->problems.count;
}

/* *ret_verdict is VERDICT_FINE when it is held now. */
static int put(struct intake *intake, struct ledger_entry *entry, struct verified *by, enum verdict *ret_verdict,
               struct fault *f)
{
    *ret_verdict = VERDICT_FINE;
    int rc = store_put(intake->store, entry, f);
    if (rc < 0 || entry->fate != LEDGER_REVOKED)
        return rc;
    rc = verify_anew(intake->roster, entry->batch, ret_verdict, by, f);
    if (rc < 0 || *ret_verdict != VERDICT_FINE)
        return rc;
    entry->in_force = by->in_force;
    rc = store_put(intake->store, entry, f);
    if (rc == 0 && entry->fate == LEDGER_REVOKED)
        return fault_set(f, -EBUSY, _("the keys of probe %s have just changed"), entry->batch->header.probe);
    return rc;
}

static int store(struct http_request *request, struct http_reply *reply, struct batch *batch, struct verified *by)
{
    struct intake *intake = http_context(request);
    struct fault f = {0};
    _cleanup_(project_free) struct projection projection = {0};
    const struct project_names names = {intake->targets, intake->tasks};
    const struct project_time time = {.now_us = clock_wall_us(&clock_system)};
    char seen[PREFIX_TEXT_SIZE];
    int rc = project_batch(batch, by->probe_no, &names, &time, &projection, &f);
    const struct buf *body = http_body(request);
    struct ledger_entry entry = {.batch = batch,
                                 .probe_no = by->probe_no,
                                 .signer = by->signer,
                                 .in_force = by->in_force,
                                 .seen = seen_prefix(request, seen),
                                 .body = body->data,
                                 .body_len = body->len,
                                 .projection = &projection};
    enum verdict verdict;
    if (rc == 0)
        rc = put(intake, &entry, by, &verdict, &f);
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    if (verdict != VERDICT_FINE)
        return refuse(request, reply, verdict, batch->header.probe, &f);
    if (batch->has_rotate)
        roster_forget(intake->roster, batch->header.probe);
    count(intake, &entry, body->len);
    reply->content_type = "application/x-ndjson";
    write_ack(request, &entry, &reply->body);
    return 0;
}

static void free_batch(void *kept)
{
    batch_free(kept);
    free(kept);
}

static bool check_encoding(struct http_request *request, struct http_reply *reply)
{
    const char *encoding = http_header(request, "Content-Encoding");
    if (!encoding || !strcasecmp(encoding, "identity"))
        return true;
    http_problem(request, reply, 415, "content-encoding", N_("This Content-Encoding is not known"),
                 N_("\"%.40s\" is not known here; send the batch's file as it is"), encoding);
    return false;
}

/* A probe that sends again says which batch it is: one that is held already need
 * not come. What is answered is true whoever asks; a hash that is held is known
 * to those alone who have the batch. */
static int answer_held(struct http_request *request, struct http_reply *reply, struct batch *batch, int32_t probe_no,
                       struct fault *f)
{
    struct intake *intake = http_context(request);
    struct projection none = {0};
    enum roster_place place;
    const struct batch_header *h = &batch->header;
    const char *hash = http_header(request, BATCH_HASH_HEADER);
    if (!hash || hash_parse(hash, strlen(hash), batch->envelope.hash) < 0)
        return 0;
    int rc = roster_place(intake->roster, probe_no, h->chain, h->seq, batch->envelope.hash, &place, f);
    if (rc < 0 || place != ROSTER_PLACE_PROVEN)
        return rc;
    char seen[PREFIX_TEXT_SIZE];
    struct ledger_entry entry = {
        .batch = batch, .probe_no = probe_no, .seen = seen_prefix(request, seen), .projection = &none, .ask = true};
    rc = store_put(intake->store, &entry, f);
    if (rc < 0 || entry.fate != LEDGER_KNOWN)
        return rc;
    count(intake, &entry, 0);
    reply->content_type = "application/x-ndjson";
    write_ack(request, &entry, &reply->body);
    return 0;
}

/* The first octets: who speaks, how much is to come, and is it held already? */
static int judge_front(struct http_request *request, struct http_reply *reply)
{
    struct intake *intake = http_context(request);
    const struct buf *body = http_body(request);
    struct batch *batch = alloc_zero(1, sizeof *batch);
    struct fault f = {0};
    http_keep(request, batch, free_batch);
    if (!check_encoding(request, reply))
        return 0;
    int32_t probe_no = 0;
    enum verdict verdict = verify_front(body->data, body->len, http_body_total(request), batch, &f);
    int rc = verdict == VERDICT_FINE ? verify_probe(intake->roster, batch, &verdict, &probe_no, &f) : 0;
    if (rc == 0 && verdict == VERDICT_FINE)
        rc = answer_held(request, reply, batch, probe_no, &f);
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    return verdict == VERDICT_FINE ? 0 : refuse(request, reply, verdict, batch->header.probe, &f);
}

/* The whole body, whose first octets may have been judged. */
static enum verdict read_whole(struct http_request *request, struct fault *f)
{
    const struct buf *body = http_body(request);
    const char *bytes = body->data ? body->data : "";
    struct batch *batch = http_kept(request);
    if (batch)
        return verify_rest(batch, bytes, body->len, f);
    batch = alloc_zero(1, sizeof *batch);
    http_keep(request, batch, free_batch);
    return verify_read(bytes, body->len, batch, f);
}

static int receive_batch(struct http_request *request, struct http_reply *reply)
{
    struct intake *intake = http_context(request);
    struct fault f = {0};
    struct verified by;
    if (!check_encoding(request, reply))
        return 0;
    enum verdict verdict = read_whole(request, &f);
    struct batch *batch = http_kept(request);
    int rc = verdict == VERDICT_FINE ? verify_batch(intake->roster, batch, &verdict, &by, &f) : 0;
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    if (verdict != VERDICT_FINE)
        return refuse(request, reply, verdict, batch->header.probe, &f);
    return store(request, reply, batch, &by);
}

/* A network that had too much refused is not heard; what is heard is a stranger's. */
static int guard(http_handler handler, struct http_request *request, struct http_reply *reply)
{
    struct intake *intake = http_context(request);
    stranger_begins();
    int rc = strike_guard(intake->strikes, handler, request, reply);
    stranger_ends();
    return rc;
}

static int front(struct http_request *request, struct http_reply *reply)
{
    return guard(judge_front, request, reply);
}

static int receive(struct http_request *request, struct http_reply *reply)
{
    return guard(receive_batch, request, reply);
}

const struct http_route receive_routes[] = {
    {.method = "POST",
     .path = "/api/v1/batches",
     .handler = receive,
     .body_max = BATCH_WIRE_MAX,
     .size_slug = "too-large",
     .front = front,
     .front_len = ENVELOPE_FRONT_MAX},
    {0},
};
