#include "common/sign.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/lang.h"

static void free_pkey(EVP_PKEY **p)
{
    EVP_PKEY_free(*p);
}

static void free_md(EVP_MD_CTX **p)
{
    EVP_MD_CTX_free(*p);
}

void random_bytes(void *ret, size_t len)
{
    uint8_t *p = ret;
    while (len > 0) {
        ssize_t n = getrandom(p, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            abort(); /* without randomness no key is safe */
        p += n;
        len -= (size_t)n;
    }
}

static int derive_public(struct sign_key *key)
{
    _cleanup_(free_pkey)
        EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->secret, SIGN_SECRET_SIZE);
    size_t len = SIGN_PUBLIC_SIZE;
    return pkey && EVP_PKEY_get_raw_public_key(pkey, key->public, &len) == 1 ? 0 : -EBADMSG;
}

int sign_key_from(const uint8_t secret[static SIGN_SECRET_SIZE], struct sign_key *ret)
{
    struct sign_key key;
    memcpy(key.secret, secret, sizeof key.secret);
    int r = derive_public(&key);
    if (r == 0)
        *ret = key;
    sign_key_wipe(&key);
    return r;
}

int sign_key_new(struct sign_key *ret)
{
    uint8_t secret[SIGN_SECRET_SIZE];
    random_bytes(secret, sizeof secret);
    int r = sign_key_from(secret, ret);
    OPENSSL_cleanse(secret, sizeof secret);
    return r;
}

void sign_key_wipe(struct sign_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

int sign_key_read(const char *path, struct sign_key *ret, struct fault *f)
{
    struct stat st;
    if (stat(path, &st) == 0 && (st.st_mode & 077))
        return fault_set(f, -EPERM, _("%s: others can read this key; run chmod 600 %s"), path, path);
    _cleanup_(buf_free) struct buf text = {0};
    int r = file_read(path, 256, &text, f);
    if (r < 0)
        return r;
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
        text.len--;
    struct sign_key key;
    r = base64_read(text.data, text.len, key.secret, sizeof key.secret);
    if (r == 0)
        r = derive_public(&key);
    OPENSSL_cleanse(text.data, text.cap);
    if (r < 0)
        return fault_set(f, -EBADMSG, _("%s: is not a key file (one line of 44 base64 characters)"), path);
    *ret = key;
    sign_key_wipe(&key);
    return 0;
}

int sign_key_write(const char *path, const struct sign_key *key, struct fault *f)
{
    char text[46];
    base64_write(key->secret, sizeof key->secret, text);
    strcat(text, "\n");
    int r = file_write_atomic(path, text, strlen(text), 0600, f);
    OPENSSL_cleanse(text, sizeof text);
    return r;
}

/* Ed25519 signs in one call over contiguous bytes: domain and bytes joined. */
static uint8_t *join(const char *domain, const void *bytes, size_t len, size_t *ret_len)
{
    size_t prefix = strlen(domain);
    uint8_t *joined = alloc_zero(prefix + len, 1);
    memcpy(joined, domain, prefix);
    if (len)
        memcpy(joined + prefix, bytes, len);
    *ret_len = prefix + len;
    return joined;
}

static void free_bytes(uint8_t **p)
{
    free(*p);
}

void sign_make(const struct sign_key *key, const char *domain, const void *bytes, size_t len,
               uint8_t ret_sig[static SIGN_SIZE])
{
    size_t joined_len, sig_len = SIGN_SIZE;
    _cleanup_(free_bytes) uint8_t *joined = join(domain, bytes, len, &joined_len);
    _cleanup_(free_pkey)
        EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->secret, SIGN_SECRET_SIZE);
    _cleanup_(free_md) EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (!pkey || !md || EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) != 1 ||
        EVP_DigestSign(md, ret_sig, &sig_len, joined, joined_len) != 1)
        abort(); /* a valid key and memory are all this needs */
}

bool sign_check(const uint8_t public[static SIGN_PUBLIC_SIZE], const char *domain, const void *bytes, size_t len,
                const uint8_t sig[static SIGN_SIZE])
{
    size_t joined_len;
    _cleanup_(free_bytes) uint8_t *joined = join(domain, bytes, len, &joined_len);
    _cleanup_(free_pkey) EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, SIGN_PUBLIC_SIZE);
    _cleanup_(free_md) EVP_MD_CTX *md = EVP_MD_CTX_new();
    return pkey && md && EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) == 1 &&
           EVP_DigestVerify(md, sig, SIGN_SIZE, joined, joined_len) == 1;
}

void hash_make(const char *domain, const void *bytes, size_t len, uint8_t ret_hash[static HASH_SIZE])
{
    _cleanup_(free_md) EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (!md || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1 || EVP_DigestUpdate(md, domain, strlen(domain)) != 1 ||
        EVP_DigestUpdate(md, bytes, len) != 1 || EVP_DigestFinal_ex(md, ret_hash, NULL) != 1)
        abort();
}

const char *hash_text(const uint8_t hash[static HASH_SIZE], char ret_text[static HASH_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_SIZE; i++) {
        ret_text[2 * i] = digits[hash[i] >> 4];
        ret_text[2 * i + 1] = digits[hash[i] & 15];
    }
    ret_text[2 * HASH_SIZE] = '\0';
    return ret_text;
}

int hash_parse(const char *text, size_t len, uint8_t ret_hash[static HASH_SIZE])
{
    uint8_t hash[HASH_SIZE];
    if (len != 2 * HASH_SIZE)
        return -EINVAL;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return -EINVAL;
        hash[i / 2] = (uint8_t)(i % 2 ? hash[i / 2] | digit : digit << 4);
    }
    memcpy(ret_hash, hash, HASH_SIZE);
    return 0;
}

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

void probe_id_make(const uint8_t public[static SIGN_PUBLIC_SIZE], char ret_id[static PROBE_ID_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", public, SIGN_PUBLIC_SIZE, hash);
    for (unsigned i = 0; i < PROBE_ID_SIZE - 1; i++) {
        unsigned bit = i * 5;
        unsigned pair = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        ret_id[i] = base32[pair >> (11 - bit % 8) & 31];
    }
    ret_id[PROBE_ID_SIZE - 1] = '\0';
}

bool probe_id_valid(const char *text, size_t len)
{
    if (len != PROBE_ID_SIZE - 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!text[i] || !strchr(base32, text[i]))
            return false;
    }
    return true;
}

void base64_write(const void *bytes, size_t len, char *ret_text)
{
    EVP_EncodeBlock((unsigned char *)ret_text, bytes, (int)len);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Strict: canonical padding and no bits set behind the last octet, so that one
 * value has one text. */
int base64_read(const char *text, size_t text_len, void *ret_bytes, size_t len)
{
    if (text_len != 4 * ((len + 2) / 3))
        return -EINVAL;
    size_t pad = (3 - len % 3) % 3;
    uint8_t *out = alloc_zero(len, 1);
    uint32_t bits = 0;
    size_t n = 0;
    int r = 0;
    for (size_t i = 0; i < text_len && r == 0; i++) {
        bool padding = i >= text_len - pad;
        int digit = padding ? (text[i] == '=' ? 0 : -1) : base64_digit(text[i]);
        if (digit < 0)
            r = -EINVAL;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 != 3)
            continue;
        for (int shift = 16; shift >= 0; shift -= 8) {
            uint8_t octet = (uint8_t)(bits >> shift);
            if (n < len)
                out[n++] = octet;
            else if (octet)
                r = -EINVAL;
        }
        bits = 0;
    }
    if (r == 0)
        memcpy(ret_bytes, out, len);
    free(out);
    return r;
}
