/* What people type and paste – tokens, addresses, names, days – as text: what is
 * accepted has the form that later readers rely on. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/probe/identity.h"
#include "agent/uplink/enroll.h"
#include "common/conf.h"
#include "common/form.h"

static void check_token(const char *text)
{
    struct enrolment e = {.token = text};
    struct fault f = {0};
    if (enroll_check(&e, &f) < 0) {
        if (!f.text[0])
            abort();
    } else if (strncmp(text, "imt_", 4) != 0 || !form_text(text)) {
        abort();
    }
}

/* An address that was taken is one still, and is taken as it is. */
static void check_url(const char *text)
{
    char url[COLLECTOR_URL_MAX + 1], again[COLLECTOR_URL_MAX + 1];
    struct fault f = {0};
    if (identity_url(text, url, &f) < 0) {
        if (!f.text[0])
            abort();
        return;
    }
    if (!form_url(url) || url[strlen(url) - 1] == '/' || identity_url(url, again, &f) < 0 || strcmp(url, again) != 0)
        abort();
}

static void check_words(const char *text)
{
    size_t n, sum = 0, len = strlen(text);
    for (const char *at = text; (n = form_next_word(&at)) > 0; sum += n)
        if (at > text + len || memchr(at - n, ' ', n) || memchr(at - n, ',', n))
            abort();
    if (sum > len)
        abort();
}

static void check_forms(const char *text)
{
    size_t len = strlen(text);
    int64_t number;
    bool yes;
    if (form_address(text, len) && form_name(text, len))
        abort();
    if ((form_name(text, len) && len > 254) || (form_day(text) && len != 10) || (form_listen(text) && !form_text(text)))
        abort();
    if (conf_parse_duration(text, &number) == 0 && number < 0)
        abort();
    if (conf_parse_bytes(text, &number) == 0 && number < 0)
        abort();
    (void)!conf_parse_int(text, &number);
    (void)!conf_parse_bool(text, &yes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = malloc(len + 1); /* of the exact size, so that a sanitizer sees one octet too many */
    if (!text)
        abort();
    memcpy(text, bytes, len);
    text[len] = '\0';
    check_token(text);
    check_url(text);
    check_words(text);
    check_forms(text);
    free(text);
    return 0;
}
