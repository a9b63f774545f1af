#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/vrp.h"

/* As rpki-client and StayRTR print it, and Routinator: "json", "jsonext". */
static const char plain[] =
    "{\"metadata\":{\"buildtime\":\"2026-11-29T00:00:00Z\",\"roas\":3},\"roas\":["
    "{\"asn\":28683,\"prefix\":\"41.85.160.0/19\",\"maxLength\":24,\"ta\":\"afrinic\",\"expires\":1796000000},"
    "{\"asn\":\"AS37424\",\"prefix\":\"2c0f:f9f8::/32\",\"maxLength\":48,\"ta\":\"afrinic\"},"
    "{\"asn\":\"0\",\"prefix\":\"10.0.0.0/8\"}],\"bgpsec_keys\":[],\"aspas\":[]}";
static const char extended[] =
    "{\"roas\":[{\"asn\":\"AS4294967295\",\"prefix\":\"192.0.2.0/"
    "24\",\"maxLength\":24,\"source\":[{\"type\":\"roa\",\"uri\":"
    "\"rsync://rpki.example/"
    "a.roa\",\"tal\":\"afrinic\",\"validity\":{\"notBefore\":\"2026-01-01T00:00:00Z\",\"notAfter\":"
    "\"2027-01-01T00:00:00Z\"},\"chainValidity\":{\"notBefore\":\"x\"},\"stale\":\"y\"}]}],\"routerKeys\":[{\"asn\":"
    "\"AS1\"}],"
    "\"aspas\":[{\"customer\":\"AS1\",\"providers\":[\"AS2\"]}]}";

static void reads_what_relying_parties_print(void **state)
{
    /* Length, family, bits, is_cidr, size, octets; length and maxLength; length and ASN. */
    static const char first[] = "\0\3\0\0\0\x08\2\x13\1\4\x29\x55\xa0\0\0\0\0\2\0\x18\0\0\0\x08\0\0\0\0\0\0\x70\x0b";
    static const char third[] = "\0\3\0\0\0\x08\2\x08\1\4\x0a\0\0\0\0\0\0\2\0\x08\0\0\0\x08\0\0\0\0\0\0\0\0";
    static const char last[] = "\0\3\0\0\0\x08\2\x18\1\4\xc0\0\2\0\0\0\0\2\0\x18\0\0\0\x08\0\0\0\0\xff\xff\xff\xff";
    struct vrp_list list = {0};
    struct fault f = {0};
    if (vrp_read(plain, sizeof plain - 1, &list, &f) < 0)
        fail_msg("%s", f.text);
    const uint32_t *at = (const uint32_t *)(const void *)list.rows.offsets.data;
    assert_int_equal(list.payloads, 3);
    assert_memory_equal(list.rows.bytes.data, first, sizeof first - 1);
    assert_memory_equal(list.rows.bytes.data + at[2], third, sizeof third - 1);
    vrp_free(&list);
    list = (struct vrp_list){0};
    if (vrp_read(extended, sizeof extended - 1, &list, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(list.payloads, 1);
    assert_memory_equal(list.rows.bytes.data, last, sizeof last - 1);
    vrp_free(&list);
}

static void names_payload_and_cure(void **state)
{
#define GOOD "{\"asn\":1,\"prefix\":\"10.0.0.0/8\"},"
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "JSON"},
        {"[]", "the file has no list \"roas\"; give the JSON of a relying party"},
        {"{\"roas\":{}}", "the file has no list \"roas\""},
        {"{\"roas\":[]}", "the file holds no payload"},
        {"{\"roas\":[1]}", "payload 1: not an object"},
        {"{\"roas\":[" GOOD "{\"prefix\":\"10.0.0.0/8\"}]}", "payload 2: \"asn\" is no AS number; it is a number"},
        {"{\"roas\":[{\"asn\":-1,\"prefix\":\"10.0.0.0/8\"}]}", "payload 1: \"asn\" is no AS number"},
        {"{\"roas\":[{\"asn\":4294967296,\"prefix\":\"10.0.0.0/8\"}]}", "payload 1: \"asn\" is no AS number"},
        {"{\"roas\":[{\"asn\":\"ASx\",\"prefix\":\"10.0.0.0/8\"}]}", "payload 1: \"asn\" is no AS number"},
        {"{\"roas\":[{\"asn\":1.5,\"prefix\":\"10.0.0.0/8\"}]}", "payload 1: \"asn\" is no AS number"},
        {"{\"roas\":[{\"asn\":1}]}", "payload 1: \"prefix\" is no prefix"},
        {"{\"roas\":[{\"asn\":1,\"prefix\":\"10.0.0.0\"}]}", "payload 1: \"prefix\" is no prefix"},
        {"{\"roas\":[{\"asn\":1,\"prefix\":\"10.0.0.0/33\"}]}", "payload 1: \"33\" is no length of a prefix"},
        {"{\"roas\":[{\"asn\":1,\"prefix\":\"10.0.0.1/8\"}]}", "payload 1: 10.0.0.1 is not the first address of a /8"},
        {"{\"roas\":[{\"asn\":1,\"prefix\":\"10.0.0.0/8\",\"maxLength\":7}]}", "payload 1: \"maxLength\""},
        {"{\"roas\":[{\"asn\":1,\"prefix\":\"10.0.0.0/8\",\"maxLength\":33}]}", "payload 1: \"maxLength\""},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct vrp_list list = {0};
        struct fault f = {0};
        assert_int_equal(vrp_read(rows[r].text, strlen(rows[r].text), &list, &f), -EBADMSG);
        if (strncmp(f.text, rows[r].says, strlen(rows[r].says)) != 0)
            fail_msg("row %zu: %s", r, f.text);
        vrp_free(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_relying_parties_print),
        cmocka_unit_test(names_payload_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
