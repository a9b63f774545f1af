#include "tests/unit/check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/sign.h"

/* RFC 8032 section 7.1, test 1: domain "" makes it plain Ed25519. */
static void known_answers(void **state)
{
    static const char secret[] = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    static const char public[] = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    struct sign_key key;
    assert_int_equal(base64_read(secret, 44, key.secret, 32), 0);
    const char *dir = scratch_dir();
    char path[128];
    snprintf(path, sizeof path, "%s/key", dir);
    struct fault f;
    assert_int_equal(sign_key_write(path, &key, &f), 0);
    struct sign_key read;
    assert_int_equal(sign_key_read(path, &read, &f), 0);
    char text[45];
    base64_write(read.public, 32, text);
    assert_string_equal(text, public);
    static const uint8_t want[SIGN_SIZE] = {
        0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72, 0x90, 0x86, 0xe2, 0xcc, 0x80, 0x6e, 0x82, 0x8a,
        0x84, 0x87, 0x7f, 0x1e, 0xb8, 0xe5, 0xd9, 0x74, 0xd8, 0x73, 0xe0, 0x65, 0x22, 0x49, 0x01, 0x55,
        0x5f, 0xb8, 0x82, 0x15, 0x90, 0xa3, 0x3b, 0xac, 0xc6, 0x1e, 0x39, 0x70, 0x1c, 0xf9, 0xb4, 0x6b,
        0xd2, 0x5b, 0xf5, 0xf0, 0x59, 0x5b, 0xbe, 0x24, 0x65, 0x51, 0x41, 0x43, 0x8e, 0x7a, 0x10, 0x0b,
    };
    uint8_t sig[SIGN_SIZE];
    sign_make(&read, "", "", 0, sig);
    assert_memory_equal(sig, want, SIGN_SIZE);
    assert_true(sign_check(read.public, "", "", 0, sig));

    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(sign_key_read(path, &read, &f), -EPERM);
    assert_non_null(strstr(f.text, "chmod 600"));
    assert_int_equal(file_write_atomic(path, "short\n", 6, 0600, &f), 0);
    assert_int_equal(sign_key_read(path, &read, &f), -EBADMSG);
    unlink(path);
    rmdir(dir);
}

static void domains_do_not_mix(void **state)
{
    struct sign_key key;
    uint8_t sig[SIGN_SIZE];
    assert_int_equal(sign_key_new(&key), 0);
    sign_make(&key, DOMAIN_BATCH, "x", 1, sig);
    assert_true(sign_check(key.public, DOMAIN_BATCH, "x", 1, sig));
    assert_false(sign_check(key.public, DOMAIN_ACK, "x", 1, sig));
    assert_false(sign_check(key.public, DOMAIN_BATCH, "y", 1, sig));
    for (int i = 0; i < SIGN_SIZE; i++) {
        sig[i] ^= 1;
        assert_false(sign_check(key.public, DOMAIN_BATCH, "x", 1, sig));
        sig[i] ^= 1;
    }
}

static void hashes_and_names(void **state)
{
    uint8_t hash[HASH_SIZE], back[HASH_SIZE];
    char text[HASH_TEXT_SIZE], id[PROBE_ID_SIZE];
    hash_make("a", "bc", 2, hash); /* FIPS 180-2: SHA-256 of "abc" */
    assert_string_equal(hash_text(hash, text), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(hash_parse(text, 64, back), 0);
    assert_memory_equal(hash, back, HASH_SIZE);
    assert_int_equal(hash_parse(text, 63, back), -EINVAL);
    text[5] = 'A';
    assert_int_equal(hash_parse(text, 64, back), -EINVAL);

    /* base32 (Python's) of SHA-256 of 32 zero octets, first 20 characters */
    static const uint8_t zero[32];
    probe_id_make(zero, id);
    assert_string_equal(id, "mzuhvlpymk6xo3epygfy");
    assert_true(probe_id_valid(id, 20));
    assert_false(probe_id_valid(id, 19));
    assert_false(probe_id_valid("mzuhvlpymk6xo3epygf1", 20));
}

static void base64_is_strict(void **state)
{
    uint8_t out[4];
    assert_int_equal(base64_read("Zm8=", 4, out, 2), 0);
    assert_memory_equal(out, "fo", 2);
    assert_int_equal(base64_read("Zm9=", 4, out, 2), -EINVAL); /* bits behind the end */
    assert_int_equal(base64_read("Zm8", 3, out, 2), -EINVAL);
    assert_int_equal(base64_read("Zm8=", 4, out, 3), -EINVAL);
    assert_int_equal(base64_read("Z=8=", 4, out, 2), -EINVAL);
    assert_int_equal(base64_read("Zm9v", 4, out, 3), 0);
    assert_int_equal(base64_read("Zm-v", 4, out, 3), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(domains_do_not_mix),
        cmocka_unit_test(hashes_and_names),
        cmocka_unit_test(base64_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
