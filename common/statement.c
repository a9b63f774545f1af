#include "common/statement.h"

#include <errno.h>
#include <string.h>

#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

void statement_write(const struct sign_key *key, const char *domain, const json_t *object, struct buf *out)
{
    size_t start = out->len;
    _cleanup_text_ char *text = json_text(object);
    buf_add_text(out, text);
    buf_add_char(out, '\n');
    uint8_t sig[SIGN_SIZE];
    char sig_text[SIGN_TEXT_SIZE];
    sign_make(key, domain, out->data + start, out->len - start, sig);
    base64_write(sig, sizeof sig, sig_text);
    buf_addf(out, "{\"sig\":\"%s\"}\n", sig_text);
}

int statement_read(const uint8_t (*publics)[SIGN_PUBLIC_SIZE], size_t count, const char *domain, const char *text,
                   size_t len, json_t **ret, struct fault *f)
{
    const char *newline = memchr(text, '\n', len);
    if (!newline)
        return fault_set(f, -EBADMSG, _("not a signed statement: it has one line, two are wanted"));
    size_t first = (size_t)(newline - text) + 1;
    size_t rest = len - first;
    if (rest > 0 && text[len - 1] == '\n')
        rest--;

    _cleanup_json_ json_t *trailer = NULL;
    const char *sig_text;
    uint8_t sig[SIGN_SIZE];
    if (json_read(text + first, rest, 256, 2, &trailer, f) < 0 ||
        json_get_text(trailer, "sig", 128, &sig_text, f) < 0 ||
        base64_read(sig_text, strlen(sig_text), sig, sizeof sig) < 0)
        return fault_set(f, -EBADMSG, _("not a signed statement: the second line is no {\"sig\":\"…\"}"));

    bool valid = false;
    for (size_t i = 0; i < count && !valid; i++)
        valid = sign_check(publics[i], domain, text, first, sig);
    if (!valid)
        return fault_set(f, -EKEYREJECTED, _("the signature is not by a known key"));
    return json_read(text, first - 1, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, ret, f);
}
