#include "common/json.h"

#include <errno.h>
#include <string.h>

#include "common/lang.h"
#include "common/scan.h"
#include "common/stranger.h"

int json_read(const char *text, size_t len, size_t max_len, unsigned max_depth, json_t **ret, struct fault *f)
{
    if (len > max_len)
        return fault_set(f, -E2BIG, _("JSON of %zu bytes, at most %zu are allowed"), len, max_len);
    stranger_read(STRANGER_JSON, len);
    /* jansson's own depth limit is 2048; ours is checked before it recurses. */
    struct scan s;
    scan_start(&s, text, len, max_depth);
    enum scan_token token;
    do
        token = scan_next(&s);
    while (token != SCAN_END && token != SCAN_BAD);
    if (token == SCAN_BAD)
        return fault_set(f, strcmp(s.error, scan_too_deep) == 0 ? -ELOOP : -EBADMSG, _("JSON, byte %zu: %s"),
                         (size_t)(s.at - s.text) + 1, _(s.error));
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value)
        return fault_set(f, -EBADMSG, _("JSON, line %d column %d: %s"), error.line, error.column, error.text);
    *ret = value;
    return 0;
}

static const char *type_word(const json_t *value)
{
    static const char *const words[] = {
        [JSON_OBJECT] = N_("an object"), [JSON_ARRAY] = N_("an array"),
        [JSON_STRING] = N_("a string"),  [JSON_INTEGER] = N_("an integer"),
        [JSON_REAL] = N_("a fraction"),  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",          [JSON_NULL] = "null",
    };
    return value ? _(words[json_typeof(value)]) : _("missing");
}

/* The member, or NULL when absent or null. */
static const json_t *lookup(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

int json_get_text(const json_t *object, const char *name, size_t max_len, const char **ret, struct fault *f)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return fault_set(f, -EBADMSG, _("\"%s\" is %s, a string is wanted"), name, type_word(value));
    size_t len = json_string_length(value);
    if (len > max_len)
        return fault_set(f, -EBADMSG, _("\"%s\" has %zu bytes, at most %zu are allowed"), name, len, max_len);
    *ret = json_string_value(value);
    return 0;
}

int json_get_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *ret, struct fault *f)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value))
        return fault_set(f, -EBADMSG, _("\"%s\" is %s, an integer is wanted"), name, type_word(value));
    int64_t n = json_integer_value(value);
    if (n < min || n > max)
        return fault_set(f, -EBADMSG, _("\"%s\" is %lld, %lld to %lld are allowed"), name, (long long)n, (long long)min,
                         (long long)max);
    *ret = n;
    return 0;
}

int json_get_bool(const json_t *object, const char *name, bool *ret, struct fault *f)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_boolean(value))
        return fault_set(f, -EBADMSG, _("\"%s\" is %s, true or false is wanted"), name, type_word(value));
    *ret = json_is_true(value);
    return 0;
}

int json_get_text_or(const json_t *object, const char *name, size_t max_len, const char *other, const char **ret,
                     struct fault *f)
{
    if (lookup(object, name))
        return json_get_text(object, name, max_len, ret, f);
    *ret = other;
    return 0;
}

int json_get_int_or(const json_t *object, const char *name, int64_t min, int64_t max, int64_t other, int64_t *ret,
                    struct fault *f)
{
    if (lookup(object, name))
        return json_get_int(object, name, min, max, ret, f);
    *ret = other;
    return 0;
}

int json_get_bool_or(const json_t *object, const char *name, bool other, bool *ret, struct fault *f)
{
    if (lookup(object, name))
        return json_get_bool(object, name, ret, f);
    *ret = other;
    return 0;
}

char *json_text(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!text)
        abort(); /* values that we built are always printable */
    return text;
}
