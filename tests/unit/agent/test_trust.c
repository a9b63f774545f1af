/* Walks recorded from knot, as tests/net/zones.py writes its zones; the seeds of
 * the fuzzer are the same files. */
#include "agent/dns/trust.h"
#include "common/file.h"
#include "tests/fuzz/trust_case.h"
#include "tests/unit/check.h"

#include <errno.h>

#define ZONE_DS ". IN DS 1 13 2 59371E3BA2ED160FB98108A0303AC85F5FDDF1FB34B77D7DF6C9664D16653FF5\n"

static struct buf load(const char *name)
{
    struct buf bytes = {0};
    struct fault f;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", SEEDS, name);
    assert_int_equal(file_read(path, 1 << 20, &bytes, &f), 0);
    return bytes;
}

static void reaches_verdicts(void **state)
{
    static const struct {
        const char *seed;
        enum trust_verdict verdict;
        const char *link, *reason;
        unsigned zones;
    } rows[] = {
        {"answer", TRUST_SECURE, "", "", 3},
        {"nxdomain", TRUST_SECURE, "", "", 3},
        {"nodata", TRUST_SECURE, "", "", 3},
        {"alias", TRUST_SECURE, "", "", 6},
        {"wildcard", TRUST_SECURE, "", "", 3},
        {"empty", TRUST_SECURE, "", "", 3},
        {"nsec3-nxdomain", TRUST_SECURE, "", "", 3},
        {"nsec3-wildcard", TRUST_SECURE, "", "", 3},
        {"insecure", TRUST_INSECURE, "DS plain.essai.", "unsigned_delegation", 2},
        {"expired", TRUST_BOGUS, "A www.expired.essai.", "rrsig_expired", 3},
        {"future", TRUST_BOGUS, "A www.future.essai.", "rrsig_not_yet_valid", 3},
        {"wrong-ds", TRUST_BOGUS, "DS wrongds.essai.", "ds_mismatch", 2},
        {"no-nsec", TRUST_BOGUS, "TXT www.nonsec.essai.", "denial_missing", 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf bytes = load(rows[i].seed);
        struct trust *t = NULL;
        struct trust_report report;
        assert_int_equal(trust_case_walk((uint8_t *)bytes.data, bytes.len, &t), 0);
        trust_result(t, &report);
        assert_string_equal(report.reason, rows[i].reason);
        assert_string_equal(report.link, rows[i].link);
        assert_int_equal(report.verdict, rows[i].verdict);
        assert_int_equal(report.zones, rows[i].zones);
        trust_free(t);
        buf_free(&bytes);
    }
}

/* Whichever octet of the answers changes, a secure name never stays secure by
 * an answer that the signatures do not cover, and nothing crashes. What may
 * change without harm: headers, TTLs, letters' case, names in OPT. */
static void survives_changes(void **state)
{
    struct buf bytes = load("answer");
    const char *address = memmem(bytes.data, bytes.len, "\xc0\0\2\1", 4); /* 192.0.2.1 */
    assert_non_null(address);
    size_t from = strlen(bytes.data) + 1;
    for (size_t at = from; at < bytes.len; at++) {
        struct trust *t = NULL;
        struct trust_report report;
        bytes.data[at] ^= 0x55;
        if (trust_case_walk((uint8_t *)bytes.data, bytes.len, &t) == 0) {
            trust_result(t, &report);
            if (bytes.data + at >= address && bytes.data + at < address + 4)
                assert_int_equal(report.verdict, TRUST_BOGUS);
            trust_free(t);
        }
        bytes.data[at] ^= 0x55;
    }
    buf_free(&bytes);
}

static void survives_cuts(void **state)
{
    struct buf bytes = load("nsec3-nxdomain");
    for (size_t len = 0; len < bytes.len; len++) {
        struct trust *t = NULL;
        struct trust_report report;
        if (trust_case_walk((uint8_t *)bytes.data, len, &t) < 0)
            continue;
        trust_result(t, &report);
        assert_int_equal(report.verdict, TRUST_INDETERMINATE);
        assert_string_equal(report.reason, "timeout");
        trust_free(t);
    }
    buf_free(&bytes);
}

static void refuses(void **state)
{
    static const struct {
        const char *anchor, *name, *type;
    } rows[] = {
        {ZONE_DS, "a..b", "A"},           {ZONE_DS, "a", "NOTYPE"},         {"", "a", "A"},
        {"; nothing\n", "a", "A"},        {". IN A 192.0.2.1\n", "a", "A"}, {ZONE_DS "bj. IN DS 1 13 2 00\n", "a", "A"},
        {". IN DS nonsense\n", "a", "A"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trust *t = NULL;
        struct fault f = {0};
        assert_int_equal(trust_new(rows[i].anchor, rows[i].name, rows[i].type, TRUST_CASE_NOW, &t, &f), -EINVAL);
        assert_null(t);
    }
}

static void reads_the_compiled_anchor(void **state)
{
    struct trust *t = NULL;
    struct fault f = {0};
    const char *name, *type;
    assert_int_equal(trust_new(trust_root_anchor(), "nic.bj", "A", TRUST_CASE_NOW, &t, &f), 0);
    assert_true(trust_next(t, &name, &type));
    assert_string_equal(name, "nic.bj.");
    assert_string_equal(type, "A");
    trust_free(t);
}

static void stays_below_its_anchor(void **state)
{
    struct trust *t = NULL;
    struct trust_report report;
    struct fault f = {0};
    const char *name, *type;
    assert_int_equal(trust_new("bj. IN DS 1 13 2 00\n", "nic.tg", "A", TRUST_CASE_NOW, &t, &f), 0);
    assert_false(trust_next(t, &name, &type));
    trust_result(t, &report);
    assert_int_equal(report.verdict, TRUST_INSECURE);
    assert_string_equal(report.reason, "outside_anchor");
    trust_free(t);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(reaches_verdicts),
        cmocka_unit_test(survives_changes),
        cmocka_unit_test(survives_cuts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(reads_the_compiled_anchor),
        cmocka_unit_test(stays_below_its_anchor),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
