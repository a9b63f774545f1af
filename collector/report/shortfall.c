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

/* ---- as cells of a table ---- */

/* Of "gaming: latency, loss; online backup: upload" what stands behind one use; NULL: it is not among them. */
static const char *find_use(const char *failed, const char *use, size_t *ret_len)
{
    const size_t len = strlen(use);
    for (const char *at = failed; *at; at += strspn(at, "; ")) {
        const size_t whole = strcspn(at, ";");
        if (whole >= len && !strncmp(at, use, len) && (whole == len || at[len] == ':')) {
            *ret_len = whole == len ? 0 : whole - len - 1;
            return at + len + (whole > len);
        }
        at += whole;
    }
    return NULL;
}

static void add_signs(const json_t *texts, const char *at, size_t len, struct buf *out)
{
    const json_t *signs = json_object_get(texts, "sign"), *words = json_object_get(texts, "measure");
    for (const char *end = at + len; at < end;) {
        at += strspn(at, " ,");
        size_t word = strcspn(at, ",;");
        _cleanup_text_ char *name = alloc_text_n(at, word);
        const char *sign = text(signs, name), *full = text(words, name);
        buf_addf(out, "%s<abbr title=\"%s\">%s</abbr>", out->len ? " " : "", *full ? full : name, *sign ? sign : name);
        at += word;
    }
}

json_t *shortfall_cells(const json_t *texts, const char *note)
{
    if (!note || strncmp(note, BEGINS, sizeof BEGINS - 1) != 0)
        return NULL;
    json_t *cells = json_array(), *word;
    const char *use;
    json_object_foreach(json_object_get(texts, "use"), use, word)
    {
        _cleanup_(buf_free) struct buf cell = {0};
        size_t len = 0;
        const char *failed = find_use(note + sizeof BEGINS - 1, use, &len);
        if (failed)
            add_signs(texts, failed, len, &cell);
        json_array_append_new(cells, json_string(cell.len ? cell.data : text(texts, failed ? "failed" : "met")));
    }
    return cells;
}
