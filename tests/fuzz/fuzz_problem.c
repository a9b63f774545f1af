/* What comes instead of the collector's answer, from whoever stands between:
 * people read of it at a terminal and in a log, in either language. The first
 * octet chooses status and type. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/uplink/problem.h"
#include "agent/uplink/trouble.h"
#include "common/form.h"
#include "common/json.h"
#include "common/limits.h"

static void check_texts(const struct trouble *t)
{
    char text[FAULT_TEXT_MAX];
    for (int i = 0; i < 2; i++) {
        LANG_SCOPE(i ? LANG_FR : LANG_EN);
        /* Nothing that a terminal would obey. */
        if (!form_text(trouble_text(t, true, text)))
            abort();
        (void)trouble_lasts(t);
    }
}

/* Kept in status.json and read back it is the same. */
static void check_kept(const struct trouble *t)
{
    _cleanup_json_ json_t *json = trouble_json(t);
    struct trouble back;
    trouble_read(json, &back);
    if (back.kind != t->kind || back.status != t->status || strcmp(back.title, t->title) != 0 ||
        strcmp(back.detail, t->detail) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct {
        int status;
        const char *type;
    } heads[] = {
        {403, "application/problem+json"}, {503, "application/problem+json; charset=utf-8"}, {200, "text/html"}};
    if (len < 1)
        return 0;
    struct web_reply reply = {.outcome = OUTCOME_OK, .status = heads[*bytes % COUNT(heads)].status};
    struct trouble t;
    strcpy(reply.content_type, heads[*bytes % COUNT(heads)].type);
    buf_add(&reply.body, bytes + 1, len - 1);
    trouble_of(&reply, &t);
    check_texts(&t);
    check_kept(&t);
    buf_free(&reply.body);

    /* The same octets as a status.json that somebody else wrote. */
    _cleanup_json_ json_t *kept = NULL;
    struct fault f;
    if (json_read((const char *)bytes + 1, len - 1, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &kept, &f) == 0) {
        trouble_read(kept, &t);
        check_texts(&t);
    }
    return 0;
}
