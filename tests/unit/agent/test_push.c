#include "tests/unit/check.h"

#include "agent/uplink/push.h"
#include "common/json.h"
#include "common/statement.h"

static struct identity identity;
static struct sign_key collector, stranger;
static uint8_t hash[HASH_SIZE], other_hash[HASH_SIZE];

/* An acknowledgement by `key`, for `probe`, of a list of hashes. */
static char *ack(const struct sign_key *key, const char *domain, const char *probe, const uint8_t *listed)
{
    char text[HASH_TEXT_SIZE];
    struct buf out = {0};
    _cleanup_json_ json_t *o = json_pack("{s:i, s:s, s:[s], s:[], s:i}", "ack", 1, "probe", probe, "stored",
                                         hash_text(listed, text), "heads", "problems", 0);
    statement_write(key, domain, o, &out);
    return buf_take(&out);
}

static enum push_verdict judge(enum outcome outcome, long status, const char *type, const char *body,
                               struct trouble *trouble)
{
    struct web_reply reply = {.outcome = outcome, .status = status, .retry_after_us = -1};
    snprintf(reply.content_type, sizeof reply.content_type, "%s", type);
    if (body)
        buf_add_text(&reply.body, body);
    struct ack ack = {0};
    enum push_verdict verdict = push_judge(&reply, &identity, hash, &ack, trouble);
    assert_int_equal(ack.json != NULL, verdict == PUSH_STORED);
    ack_free(&ack);
    buf_free(&reply.body);
    return verdict;
}

#define NDJSON  "application/x-ndjson"
#define PROBLEM "application/problem+json"

static void only_the_signed_word_stores(void **state)
{
    struct trouble trouble;
    char *good = ack(&collector, DOMAIN_ACK, identity.probe, hash);
    char *bad[] = {
        ack(&stranger, DOMAIN_ACK, identity.probe, hash),          /* somebody else's signature */
        ack(&collector, DOMAIN_TIME, identity.probe, hash),        /* another kind of statement */
        ack(&collector, DOMAIN_ACK, "aaaaaaaaaaaaaaaaaaaa", hash), /* for another probe */
        ack(&collector, DOMAIN_ACK, identity.probe, other_hash),   /* of another batch */
        strdup(""),
        strdup("OK"),
        strdup("<html>Please log in</html>"),
        strdup("{\"stored\":[]}\n{\"sig\":\"\"}\n"),
    };
    assert_int_equal(judge(OUTCOME_OK, 200, NDJSON, good, &trouble), PUSH_STORED);
    assert_int_equal(trouble.kind, TROUBLE_NONE);
    assert_int_equal(judge(OUTCOME_OK, 201, NDJSON, good, &trouble), PUSH_STORED);
    /* The signature counts, not what a proxy made of the headers. */
    assert_int_equal(judge(OUTCOME_OK, 200, "text/html", good, &trouble), PUSH_STORED);
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (judge(OUTCOME_OK, 200, NDJSON, bad[i], &trouble) != (i < 2 ? PUSH_STRANGER : PUSH_RETRY))
            fail_msg("row %zu was believed", i);
        assert_int_equal(trouble.kind, TROUBLE_FORGED);
        free(bad[i]);
    }
    assert_int_equal(judge(OUTCOME_OK, 200, NDJSON, NULL, &trouble), PUSH_RETRY);
    /* Every octet of a good one counts. */
    for (size_t i = 0, len = strlen(good); i < len; i++) {
        char was = good[i];
        good[i] = (char)(was ^ 1);
        enum push_verdict verdict = judge(OUTCOME_OK, 200, NDJSON, good, &trouble);
        if (i + 1 < len && verdict != PUSH_RETRY && verdict != PUSH_STRANGER)
            fail_msg("believed with byte %zu changed", i);
        good[i] = was;
    }
    assert_int_equal(judge(OUTCOME_OK, 302, NDJSON, good, &trouble), PUSH_RETRY);
    assert_int_equal(judge(OUTCOME_OK, 500, NDJSON, good, &trouble), PUSH_RETRY);
    free(good);
}

static void refusals_and_failures(void **state)
{
    static const char problem[] =
        "{\"type\":\"about:blank\",\"title\":\"Bad signature\",\"status\":400,\"detail\":\"by whom?\"}";
    static const struct {
        enum outcome outcome;
        long status;
        const char *type, *body;
        enum push_verdict verdict;
        const char *says;
    } rows[] = {
        {OUTCOME_OK, 400, PROBLEM, problem, PUSH_REJECTED, "400 Bad signature: by whom?"},
        {OUTCOME_OK, 400, PROBLEM "; charset=utf-8", problem, PUSH_REJECTED, "by whom?"},
        {OUTCOME_OK, 401, PROBLEM, problem, PUSH_REJECTED, "401"},
        {OUTCOME_OK, 403, PROBLEM, problem, PUSH_REJECTED, "403"},
        {OUTCOME_OK, 413, PROBLEM, problem, PUSH_REJECTED, "413"},
        {OUTCOME_OK, 422, PROBLEM, problem, PUSH_REJECTED, "422"},
        {OUTCOME_OK, 400, PROBLEM, "{}", PUSH_REJECTED, "400"},
        /* Not about this batch, or not by a collector. */
        {OUTCOME_OK, 404, PROBLEM, problem, PUSH_RETRY, "404"},
        {OUTCOME_OK, 408, PROBLEM, problem, PUSH_RETRY, "408"},
        {OUTCOME_OK, 429, PROBLEM, problem, PUSH_RETRY, "429"},
        {OUTCOME_OK, 500, PROBLEM, problem, PUSH_RETRY, "500"},
        {OUTCOME_OK, 503, PROBLEM, problem, PUSH_RETRY, "503"},
        {OUTCOME_OK, 400, "text/html", problem, PUSH_RETRY, "400"},
        {OUTCOME_OK, 403, "application/problem+jsonx", problem, PUSH_RETRY, "403"},
        {OUTCOME_OK, 403, PROBLEM, "<html>", PUSH_RETRY, "403"},
        {OUTCOME_OK, 403, PROBLEM, "[]", PUSH_RETRY, "403"},
        {OUTCOME_OK, 403, PROBLEM, "{\"title\":7}", PUSH_RETRY, "403"},
        {OUTCOME_OK, 403, PROBLEM, NULL, PUSH_RETRY, "403"},
        {OUTCOME_OK, 301, "text/html", "", PUSH_RETRY, "301"},
        {OUTCOME_TIMEOUT, 0, "", NULL, PUSH_RETRY, "does not answer in time"},
        {OUTCOME_REFUSED, 0, "", NULL, PUSH_RETRY, "refuses the connection"},
        {OUTCOME_DNS_ERROR, 0, "", NULL, PUSH_RETRY, "cannot be looked up"},
        {OUTCOME_TLS_ERROR, 0, "", NULL, PUSH_RETRY, "no secure connection"},
        {OUTCOME_RESET, 400, PROBLEM, problem, PUSH_RETRY, "was cut"}, /* an answer that was cut */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[FAULT_TEXT_MAX];
        struct trouble trouble;
        if (judge(rows[i].outcome, rows[i].status, rows[i].type, rows[i].body, &trouble) != rows[i].verdict)
            fail_msg("row %zu: another verdict", i);
        if (!strstr(trouble_text(&trouble, false, text), rows[i].says))
            fail_msg("row %zu says: %s", i, text);
    }
}

static void pauses_grow_with_full_jitter(void **state)
{
    const int64_t max = 600 * INT64_C(1000000);
    for (unsigned failures = 1; failures < 200; failures++) {
        int64_t bound = failures < 10 ? PUSH_RETRY_FIRST_US << (failures - 1) : max;
        if (bound > max)
            bound = max;
        assert_int_equal(push_delay_us(failures, max, -1, 0), 0);
        assert_int_equal(push_delay_us(failures, max, -1, (uint64_t)bound - 1), bound - 1);
        assert_int_equal(push_delay_us(failures, max, -1, (uint64_t)bound), 0);
        assert_in_range(push_delay_us(failures, max, -1, UINT64_MAX), 0, max);
    }
    /* What the collector asks for comes first, but not for ever. */
    assert_int_equal(push_delay_us(1, max, 30000000, 5), 30000005);
    assert_int_equal(push_delay_us(1, max, 0, 5), 5);
    assert_int_equal(push_delay_us(1, max, INT64_MAX, 5), PUSH_RETRY_AFTER_MAX_US + 5);
    assert_in_range(push_delay_us(50, 1000000, -1, 123456789), 0, 999999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_signed_word_stores),
        cmocka_unit_test(refusals_and_failures),
        cmocka_unit_test(pauses_grow_with_full_jitter),
    };
    if (sign_key_new(&identity.key) < 0 || sign_key_new(&collector) < 0 || sign_key_new(&stranger) < 0)
        return 1;
    probe_id_make(identity.key.public, identity.probe);
    memcpy(identity.keys[0], stranger.public, SIGN_PUBLIC_SIZE);
    identity.keys[0][0] ^= 1; /* a pinned key that signs nothing here */
    memcpy(identity.keys[1], collector.public, SIGN_PUBLIC_SIZE);
    identity.key_count = 2;
    hash_make("", "a", 1, hash);
    hash_make("", "b", 1, other_hash);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
