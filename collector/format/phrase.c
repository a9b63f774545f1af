#include "collector/format/phrase.h"

#include <string.h>

#include "common/buf.h"

const char *phrase(const struct words *w, const char *name)
{
    const char *text = json_string_value(json_object_get(w->texts, name));
    return text ? text : "";
}

char *phrase_fill(const char *pattern, json_t *values)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    while (*pattern) {
        size_t len = strcspn(pattern, "{"), name = 0;
        buf_add(&out, pattern, len);
        pattern += len;
        if (!*pattern)
            break;
        name = strcspn(pattern, "}");
        const json_t *value = json_object_getn(values, pattern + 1, name ? name - 1 : 0);
        if (value)
            buf_add_text(&out, json_string_value(value));
        else
            buf_add(&out, pattern, name + (pattern[name] == '}'));
        pattern += name + (pattern[name] == '}');
    }
    json_decref(values);
    return buf_take(&out);
}

void phrase_set(json_t *object, const char *name, const char *pattern, json_t *values)
{
    _cleanup_text_ char *text = phrase_fill(pattern, values);
    json_object_set_new(object, name, json_string(text));
}

void phrase_number(const struct words *w, json_t *object, const char *name, double value, int decimals)
{
    char text[NUMBER_TEXT_SIZE];
    json_object_set_new(object, name, json_string(lang_number(w->lang, value, decimals, text)));
}

char *phrase_statistic(const struct words *w, const char *statistic)
{
    const json_t *names = json_object_get(w->texts, "statistic");
    const char *known = json_string_value(json_object_get(names, statistic));
    if (known)
        return alloc_text(known);
    return phrase_fill(json_string_value(json_object_get(names, "percentile")), json_pack("{s:s}", "n", statistic + 1));
}

char *phrase_count(const struct words *w, int64_t n, const char *one, const char *many)
{
    char number[NUMBER_TEXT_SIZE];
    return phrase_fill(phrase(w, lang_single(w->lang, (double)n) ? one : many),
                       json_pack("{s:s}", "n", lang_number(w->lang, (double)n, 0, number)));
}

char *phrase_step(enum lang lang, int64_t low)
{
    char from[NUMBER_TEXT_SIZE], to[NUMBER_TEXT_SIZE];
    int64_t magnitude = 1;
    if (low == 1)
        return alloc_text("1");
    while (low >= 10 * magnitude)
        magnitude *= 10;
    int64_t end = low / magnitude == 1 ? 2 * magnitude : low / magnitude == 2 ? 5 * magnitude : 10 * magnitude;
    return alloc_format("%s–%s", lang_number(lang, (double)low, 0, from), lang_number(lang, (double)end - 1, 0, to));
}
