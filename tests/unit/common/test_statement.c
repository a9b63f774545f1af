#include "tests/unit/check.h"

#include <errno.h>

#include "common/json.h"
#include "common/statement.h"

static void signed_and_read_back(void **state)
{
    struct sign_key key, other;
    assert_int_equal(sign_key_new(&key), 0);
    assert_int_equal(sign_key_new(&other), 0);
    _cleanup_json_ json_t *object = json_pack("{s:i,s:s}", "ack", 1, "probe", "Bénin");
    struct buf out = {0};
    struct fault f;
    json_t *back = NULL;
    statement_write(&key, DOMAIN_ACK, object, &out);

    uint8_t publics[2][SIGN_PUBLIC_SIZE];
    memcpy(publics[0], other.public, SIGN_PUBLIC_SIZE);
    memcpy(publics[1], key.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(statement_read(publics, 2, DOMAIN_ACK, out.data, out.len, &back, &f), 0);
    assert_true(json_equal(back, object));
    json_decref(back);
    back = NULL;
    assert_int_equal(statement_read(publics, 1, DOMAIN_ACK, out.data, out.len, &back, &f), -EKEYREJECTED);
    assert_int_equal(statement_read(publics, 0, DOMAIN_ACK, out.data, out.len, &back, &f), -EKEYREJECTED);
    assert_int_equal(statement_read(publics, 2, DOMAIN_TIME, out.data, out.len, &back, &f), -EKEYREJECTED);
    for (size_t cut = 0; cut + 1 < out.len; cut++)
        assert_true(statement_read(publics, 2, DOMAIN_ACK, out.data, cut, &back, &f) < 0);
    for (size_t at = 0; at + 1 < out.len; at++) {
        out.data[at] ^= 1;
        assert_true(statement_read(publics, 2, DOMAIN_ACK, out.data, out.len, &back, &f) < 0);
        out.data[at] ^= 1;
    }
    assert_int_equal(statement_read(publics, 2, DOMAIN_ACK, "<html>ok</html>", 15, &back, &f), -EBADMSG);
    assert_null(back);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signed_and_read_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
