#include "collector/report/shortfall.h"

#include <string.h>

#include "common/buf.h"

#define BEGINS "failed: "

static const char *text(const json_t *texts, const char *name)
{
    const char *found = json_string_value(json_object_get(texts, name));
    return found ? found : "";
}

static void add_word(const json_t *words, const char *word, size_t len, struct buf *out)
{
    _cleanup_text_ char *name = alloc_text_n(word, len);
    const char *known = json_string_value(json_object_get(words, name));
    buf_add_text(out, known ? known : name);
}

/* "gaming: latency, loss" becomes "gaming (latency, loss)". */
static void add_use(const json_t *texts, const char *use, size_t len, struct buf *out)
{
    const char *end = use + len, *colon = memchr(use, ':', len), *between = " (";
    add_word(json_object_get(texts, "use"), use, colon ? (size_t)(colon - use) : len, out);
    for (const char *at = colon ? colon + 1 : end; at < end; between = ", ") {
        at += strspn(at, " ,");
        size_t word = strcspn(at, ",;");
        buf_add_text(out, between);
        add_word(json_object_get(texts, "measure"), at, word, out);
        at += word;
    }
    buf_add_text(out, colon ? ")" : "");
}

char *shortfall_say(const json_t *texts, const char *note)
{
    if (!note || strncmp(note, BEGINS, sizeof BEGINS - 1) != 0)
        return NULL;
    const char *at = note + sizeof BEGINS - 1;
    if (!strcmp(at, "none"))
        return alloc_text(text(texts, "none"));
    struct buf out = {0};
    buf_addf(&out, "%s ", text(texts, "some"));
    for (const char *from = at; *at; at += strspn(at, "; ")) {
        size_t len = strcspn(at, ";");
        buf_add_text(&out, at > from ? text(texts, "between") : "");
        add_use(texts, at, len, &out);
        at += len;
    }
    return buf_take(&out);
}
