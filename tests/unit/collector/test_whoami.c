#include "collector/target/whoami.h"
#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#define HEAD  "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
#define ZONE  "\6whoami\5essai\0"
#define QTAIL "\0\1" /* class IN */

static struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = 0x3930};

static struct whoami *zone(void)
{
    struct whoami *w = NULL;
    struct fault f;
    assert_int_equal(whoami_new("whoami.essai", &w, &f), 0);
    from.sin_addr.s_addr = htonl(0xc6336407); /* 198.51.100.7 */
    return w;
}

static size_t ask(struct whoami *w, const void *bytes, size_t len, bool tcp, uint8_t *ret)
{
    struct whoami_query q = {
        .bytes = bytes, .len = len, .from = (struct sockaddr *)&from, .tcp = tcp, .now_s = 1795260000};
    return whoami_answer(w, &q, ret);
}

static void answers(void **state)
{
    static const uint8_t query[] = HEAD "\2x1\6WhoAmI" ZONE "\0\1" QTAIL;
    uint8_t out[WHOAMI_ANSWER_MAX];
    struct whoami *w = zone();
    size_t len = ask(w, query, sizeof query - 1, false, out);
    assert_int_equal(len, sizeof query - 1 + 16);
    assert_memory_equal(out, "\x12\x34\x85\0\0\1\0\1\0\0\0\0", 12);
    assert_memory_equal(out + 12, query + 12, sizeof query - 13); /* letters as they were spelled */
    assert_memory_equal(out + len - 16, "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\xc6\x33\x64\7", 16);
    whoami_free(w);
}

/* Whatever is asked, an answer by UDP is at most WHOAMI_RATIO times as long,
 * and bytes that are no query get none. */
static void never_amplifies(void **state)
{
    static const uint8_t query[] = HEAD "\7pad4096" ZONE "\0\x10" QTAIL;
    uint8_t out[WHOAMI_ANSWER_MAX];
    struct whoami *w = zone();
    size_t size = sizeof query - 1, len = ask(w, query, size, false, out);
    assert_true(len > 0 && len <= size * WHOAMI_RATIO);
    assert_true(out[2] & 2); /* TC */
    len = ask(w, query, size, true, out);
    assert_in_range(len, 4080, 4100);
    assert_false(out[2] & 2);
    whoami_free(w);
}

static void is_silent(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"", 0},
        {"\x12\x34\1\0\0\1\0\0\0\0\0", 11},
        {"\x12\x34\x81\0\0\1\0\0\0\0\0\0" ZONE "\0\1\0\1", 29},         /* an answer */
        {"\x12\x34\x28\0\0\1\0\0\0\0\0\0" ZONE "\0\1\0\1", 29},         /* UPDATE */
        {"\x12\x34\1\0\0\0\0\0\0\0\0\0", 12},                           /* no question */
        {"\x12\x34\1\0\0\2\0\0\0\0\0\0" ZONE "\0\1\0\1\0\0\1\0\1", 34}, /* two */
        {"\x12\x34\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1", 18},           /* a name that points at itself */
    };
    uint8_t out[WHOAMI_ANSWER_MAX];
    struct whoami *w = zone();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ask(w, rows[i].bytes, rows[i].len, false, out), 0);
    whoami_free(w);
}

static void survives_changes(void **state)
{
    static const uint8_t query[] = HEAD "\1a\6whoami" ZONE "\0\x10" QTAIL "\0\0\x29\4\xd0\0\0\x80\0\0\x17\0\x0a\0\x08"
                                        "12345678\0\x08\0\7\0\1\x18\0\xc0\0\2";
    uint8_t bytes[sizeof query - 1], out[WHOAMI_ANSWER_MAX];
    struct whoami *w = zone();
    for (size_t at = 0; at < sizeof bytes; at++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(bytes, query, sizeof bytes);
            bytes[11] = 1;
            bytes[at] = (uint8_t)value;
            assert_true(ask(w, bytes, sizeof bytes, false, out) <= sizeof bytes * WHOAMI_RATIO);
        }
    }
    whoami_free(w);
}

static void counts_beacons(void **state)
{
    static const uint8_t query[] = HEAD "\4Bj3k\6beacon" ZONE "\0\1" QTAIL;
    static const uint8_t bare[] = HEAD "\6beacon" ZONE "\0\1" QTAIL;
    uint8_t out[WHOAMI_ANSWER_MAX];
    char label[64];
    struct whoami *w = zone();
    assert_true(ask(w, bare, sizeof bare - 1, false, out) > 0);
    assert_int_equal(whoami_beacons(w, label), 0);
    assert_true(ask(w, query, sizeof query - 1, false, out) > 0);
    assert_int_equal(whoami_beacons(w, label), 1);
    assert_string_equal(label, "bj3k");
    whoami_free(w);
}

static void refuses_zones(void **state)
{
    struct whoami *w = NULL;
    struct fault f;
    assert_int_equal(whoami_new("a..b", &w, &f), -EINVAL);
    assert_null(w);
    whoami_free(NULL);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(answers),          cmocka_unit_test(never_amplifies), cmocka_unit_test(is_silent),
        cmocka_unit_test(survives_changes), cmocka_unit_test(counts_beacons),  cmocka_unit_test(refuses_zones),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
