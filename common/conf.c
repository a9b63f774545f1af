#include "common/conf.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <ini.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/limits.h"

/* ---- values ---- */

static int parse_scaled(const char *text, const char *const *units, const int64_t *scales, int64_t *ret)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || n < 0)
        return -EINVAL;
    for (size_t i = 0; units[i]; i++) {
        if (strcmp(end, units[i]) == 0)
            return __builtin_mul_overflow(n, scales[i], ret) ? -ERANGE : 0;
    }
    return -EINVAL;
}

int conf_parse_duration(const char *text, int64_t *ret_us)
{
    static const char *const units[] = {"ms", "s", "m", "min", "h", "d", NULL};
    static const int64_t scales[] = {1000, 1000000, 60000000, 60000000, 3600000000, 86400000000};
    return parse_scaled(text, units, scales, ret_us);
}

int conf_parse_bytes(const char *text, int64_t *ret)
{
    static const char *const units[] = {"", "K", "M", "G", NULL};
    static const int64_t scales[] = {1, 1 << 10, 1 << 20, 1 << 30};
    return parse_scaled(text, units, scales, ret);
}

int conf_parse_bool(const char *text, bool *ret)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcasecmp(words[i], text) == 0) {
            *ret = i % 2;
            return 0;
        }
    }
    return -EINVAL;
}

int conf_parse_int(const char *text, int64_t *ret)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return -EINVAL;
    *ret = n;
    return 0;
}

static void format_duration(int64_t us, char *ret, size_t size)
{
    static const struct {
        int64_t us;
        const char *unit;
    } units[] = {{86400000000, "d"}, {3600000000, "h"}, {60000000, "m"}, {1000000, "s"}, {1000, "ms"}};
    for (size_t i = 0; i < COUNT(units); i++) {
        if (us >= units[i].us && us % units[i].us == 0) {
            snprintf(ret, size, "%" PRId64 "%s", us / units[i].us, units[i].unit);
            return;
        }
    }
    snprintf(ret, size, "%" PRId64 "ms", us / 1000);
}

static void format_bytes(int64_t n, char *ret, size_t size)
{
    static const char *const units[] = {"", "K", "M", "G"};
    size_t unit = 0;
    while (unit < 3 && n >= 1024 && n % 1024 == 0) {
        n /= 1024;
        unit++;
    }
    snprintf(ret, size, "%" PRId64 "%s", n, units[unit]);
}

/* What a key accepts, for messages, help and the sample. */
static const char *allowed(const struct conf_key *key, struct buf *out)
{
    char low[32], high[32];
    switch (key->type) {
    case CONF_TEXT:
        buf_add_text(out, _("text"));
        break;
    case CONF_BOOL:
        buf_add_text(out, _("yes or no"));
        break;
    case CONF_CHOICE:
        for (size_t i = 0; key->choices[i]; i++)
            buf_addf(out, "%s%s", i ? ", " : "", key->choices[i]);
        break;
    case CONF_INT:
        buf_addf(out, _("a whole number from %" PRId64 " to %" PRId64), key->min, key->max);
        break;
    case CONF_DURATION:
        format_duration(key->min, low, sizeof low);
        format_duration(key->max, high, sizeof high);
        buf_addf(out, _("a duration from %s to %s, such as 30s, 15m, 2h, 1d"), low, high);
        break;
    case CONF_BYTES:
        format_bytes(key->min, low, sizeof low);
        format_bytes(key->max, high, sizeof high);
        buf_addf(out, _("a size from %s to %s bytes, such as 512K, 20M, 1G"), low, high);
        break;
    }
    return out->data;
}

static int set_value(const struct conf_key *key, void *target, const char *text)
{
    void *member = (char *)target + key->offset;
    int64_t n = 0;
    int r = 0;
    switch (key->type) {
    case CONF_TEXT:
        free(*(char **)member);
        *(char **)member = alloc_text(text);
        return 0;
    case CONF_BOOL:
        return conf_parse_bool(text, member);
    case CONF_CHOICE:
        for (int i = 0; key->choices[i]; i++) {
            if (strcmp(key->choices[i], text) == 0) {
                *(int *)member = i;
                return 0;
            }
        }
        return -EINVAL;
    case CONF_INT:
        r = conf_parse_int(text, &n);
        break;
    case CONF_DURATION:
        r = conf_parse_duration(text, &n);
        break;
    case CONF_BYTES:
        r = conf_parse_bytes(text, &n);
        break;
    }
    if (r < 0 || n < key->min || n > key->max)
        return -EINVAL;
    *(int64_t *)member = n;
    return 0;
}

void conf_preset(const struct conf_table *table, void *target)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct conf_key *key = &table->keys[i];
        if (key->preset && set_value(key, target, key->preset) < 0)
            abort(); /* the table contradicts itself */
    }
}

/* ---- keys ---- */

static bool same_section(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static int unknown_key(const struct conf_table *table, const char *section, const char *name, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t i = 0; i < table->count; i++) {
        if (same_section(table->keys[i].section, section))
            buf_addf(&known, "%s%s", known.len ? ", " : "", table->keys[i].name);
    }
    if (known.len > 0)
        return fault_set(f, -EINVAL, _("unknown key \"%s\"; known here: %s"), name, known.data);
    for (size_t i = 0; i < table->count; i++) {
        const char *other = table->keys[i].section;
        if (other && (i == 0 || !same_section(other, table->keys[i - 1].section)))
            buf_addf(&known, "%s[%s]", known.len ? ", " : "", other);
    }
    if (table->section_prefix)
        buf_addf(&known, "%s[%sNAME]", known.len ? ", " : "", table->section_prefix);
    return fault_set(f, -EINVAL, _("unknown section [%s]; known: %s"), section, known.len ? known.data : _("none"));
}

int conf_set(const struct conf_table *table, void *target, const char *section, const char *name, const char *value,
             struct fault *f)
{
    if (section && table->section_prefix && strncmp(section, table->section_prefix, strlen(table->section_prefix)) == 0)
        return table->section(target, section + strlen(table->section_prefix), name, value, f);
    for (size_t i = 0; i < table->count; i++) {
        const struct conf_key *key = &table->keys[i];
        if (!same_section(key->section, section) || strcmp(key->name, name) != 0)
            continue;
        if (set_value(key, target, value) == 0)
            return 0;
        _cleanup_(buf_free) struct buf text = {0};
        return fault_set(f, -EINVAL, _("%s = %s: not allowed; allowed: %s"), name, value, allowed(key, &text));
    }
    return unknown_key(table, section, name, f);
}

/* ---- files ---- */

struct reading {
    const struct conf_table *table;
    void *target;
    const char *path;
    const char *rest; /* of the text: inih takes it line by line */
    struct fault *f;
    int line;
    int result;
};

/* fgets over the text, counting lines: Debian's inih does not tell them. */
static char *next_line(char *line, int size, void *user)
{
    struct reading *reading = user;
    const char *end = strchrnul(reading->rest, '\n');
    size_t len = (size_t)(end - reading->rest) + (*end == '\n');
    if (len == 0)
        return NULL;
    if (len >= (size_t)size)
        len = (size_t)size - 1; /* check_lines has refused such a file */
    memcpy(line, reading->rest, len);
    line[len] = '\0';
    reading->rest += len;
    reading->line++;
    return line;
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    if (reading->result < 0)
        return 0;
    reading->result = conf_set(reading->table, reading->target, *section ? section : NULL, name, value, reading->f);
    if (reading->result < 0)
        fault_prefix(reading->f, _("%s, line %d: "), reading->path, reading->line);
    return reading->result == 0;
}

/* What inih would split or join in silence. */
static int check_lines(const char *path, const char *text, struct fault *f)
{
    int number = 1;
    for (const char *line = text; *line; number++) {
        const char *end = strchrnul(line, '\n');
        if (end - line > CONF_LINE_MAX)
            return fault_set(f, -EINVAL, _("%s, line %d: longer than %d bytes"), path, number, CONF_LINE_MAX);
        size_t indent = strspn(line, " \t");
        if (indent > 0 && line + indent < end && !strchr("#;\r", line[indent]))
            return fault_set(f, -EINVAL, _("%s, line %d: begins with a space; write each key at the line's start"),
                             path, number);
        line = *end ? end + 1 : end;
    }
    return 0;
}

int conf_read(const struct conf_table *table, const char *path, void *target, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    int r = file_read(path, CONF_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    if (memchr(text.data, '\0', text.len))
        return fault_set(f, -EINVAL, _("%s: is not a text file"), path);
    r = check_lines(path, text.data, f);
    if (r < 0)
        return r;
    struct reading reading = {.table = table, .target = target, .path = path, .rest = text.data, .f = f};
    int line = ini_parse_stream(next_line, &reading, on_key, &reading);
    if (reading.result < 0)
        return reading.result;
    if (line > 0)
        return fault_set(f, -EINVAL, _("%s, line %d: neither \"key = value\" nor \"[section]\" nor \"# comment\""),
                         path, line);
    return line < 0 ? fault_set(f, -EIO, _("%s: cannot be read"), path) : 0;
}

void conf_free(const struct conf_table *table, void *target)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->keys[i].type != CONF_TEXT)
            continue;
        char **member = (char **)((char *)target + table->keys[i].offset);
        free(*member);
        *member = NULL;
    }
}

/* ---- printing ---- */

void conf_print_help(const struct conf_table *table, FILE *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct conf_key *key = &table->keys[i];
        _cleanup_(buf_free) struct buf text = {0};
        fprintf(out, "  %s%s%s%s\n", key->section ? "[" : "", key->section ? key->section : "",
                key->section ? "] " : "", key->name);
        fprintf(out, "      %s\n", _(key->help));
        fprintf(out, _("      %s; default: %s"), allowed(key, &text), key->preset ? key->preset : _("empty"));
        fprintf(out, "%s\n", key->reloadable ? _("; reread on SIGHUP") : "");
    }
}

void conf_print_sample(const struct conf_table *table, FILE *out)
{
    const char *section = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct conf_key *key = &table->keys[i];
        _cleanup_(buf_free) struct buf text = {0};
        if (!same_section(key->section, section))
            fprintf(out, "[%s]\n", key->section);
        section = key->section;
        fprintf(out, "# %s (%s)\n", _(key->help), allowed(key, &text));
        fprintf(out, "#%s = %s\n\n", key->name, key->preset ? key->preset : "");
    }
}
