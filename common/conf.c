#include "common/conf.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <ini.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/limits.h"

/* ---- values ---- */

static int parse_scaled(const char *text, const char *const *units, const int64_t *scales, int64_t *ret)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || !isdigit((unsigned char)*text)) /* strtoll skips spaces and takes signs */
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
    if (errno || *end || !isdigit((unsigned char)text[*text == '-']))
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

void conf_add_word(struct buf *out, const char *word)
{
    buf_addf(out, "%s%s", out->len ? ", " : "", word);
}

/* The choices of a key and its words, after what stands in out. */
static void add_words(const struct conf_key *key, struct buf *out)
{
    for (size_t i = 0; key->choices && key->choices[i]; i++)
        conf_add_word(out, key->choices[i]);
    if (key->words)
        key->words(out);
}

/* What a key accepts, for messages, help and the sample. */
static const char *allowed(const struct conf_key *key, struct buf *out)
{
    char low[32], high[32];
    switch (key->type) {
    case CONF_TEXT:
        buf_add_text(out, _("text"));
        break;
    case CONF_URL:
        buf_add_text(out, _("an address such as https://example.org"));
        break;
    case CONF_LISTEN:
        buf_add_text(out, _("ADDRESS:PORT such as 127.0.0.1:8080, [::1]:8080 or :8080"));
        add_words(key, out);
        break;
    case CONF_ADDRESSES:
        buf_add_text(out, _("addresses such as 192.0.2.1 or 2001:db8::1, between spaces"));
        break;
    case CONF_PATH:
        buf_add_text(out, _("a path that begins with /"));
        break;
    case CONF_DOMAIN:
        buf_add_text(out, _("a domain name such as example.org"));
        break;
    case CONF_BOOL:
        buf_add_text(out, _("yes or no"));
        break;
    case CONF_CHOICE:
    case CONF_WORD:
    case CONF_WORDS:
        add_words(key, out);
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

static int not_allowed(const struct conf_key *key, const char *value, size_t len, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    return fault_set(f, -EINVAL, _("%s = %.*s: not allowed; allowed: %s"), key->name, (int)len, value,
                     allowed(key, &text));
}

static bool is_text(const struct conf_key *key)
{
    return key->type >= CONF_TEXT;
}

static bool is_one_of(const struct conf_key *key, const char *word, size_t len)
{
    _cleanup_(buf_free) struct buf known = {0};
    add_words(key, &known);
    size_t n;
    for (const char *at = known.data ? known.data : ""; (n = form_next_word(&at)) > 0;)
        if (n == len && memcmp(at - n, word, n) == 0)
            return true;
    return false;
}

/* A text is stored as it stands, and judged when all of them are read. */
static int set_value(const struct conf_key *key, void *target, const char *text)
{
    void *member = (char *)target + key->offset;
    int64_t n = 0;
    int r = -EINVAL;
    if (is_text(key)) {
        free(*(char **)member);
        *(char **)member = *text ? alloc_text(text) : NULL;
        return 0;
    }
    if (key->type == CONF_BOOL)
        return conf_parse_bool(text, member);
    if (key->type == CONF_CHOICE) {
        for (int i = 0; key->choices[i]; i++)
            if (strcmp(key->choices[i], text) == 0) {
                *(int *)member = i;
                return 0;
            }
        return -EINVAL;
    }
    if (key->type == CONF_INT)
        r = conf_parse_int(text, &n);
    else if (key->type == CONF_DURATION)
        r = conf_parse_duration(text, &n);
    else
        r = conf_parse_bytes(text, &n);
    if (r < 0 || n < key->min || n > key->max)
        return -EINVAL;
    *(int64_t *)member = n;
    return 0;
}

/* One word of a list, or the whole of another text. */
static bool has_form(const struct conf_key *key, const char *text, size_t len)
{
    switch (key->type) {
    case CONF_URL:
        return form_url(text);
    case CONF_LISTEN:
        return form_listen(text) || is_one_of(key, text, len);
    case CONF_ADDRESSES:
        return form_address(text, len);
    case CONF_PATH:
        return *text == '/';
    case CONF_DOMAIN:
        return form_name(text, len);
    case CONF_WORD:
    case CONF_WORDS:
        return is_one_of(key, text, len);
    default:
        return form_text(text);
    }
}

static int check_text(const struct conf_key *key, const char *text, struct fault *f)
{
    bool list = key->type == CONF_WORDS || key->type == CONF_ADDRESSES;
    size_t len;
    if (!text)
        return key->preset && !list ? not_allowed(key, "", 0, f) : 0;
    if (!list)
        return has_form(key, text, strlen(text)) ? 0 : not_allowed(key, text, strlen(text), f);
    for (const char *at = text; (len = form_next_word(&at)) > 0;)
        if (!has_form(key, at - len, len))
            return not_allowed(key, at - len, len, f);
    return 0;
}

static int check_value(const struct conf_key *key, const void *target, struct fault *f)
{
    int r = is_text(key) ? check_text(key, *(char *const *)((const char *)target + key->offset), f) : 0;
    return r == 0 && key->check ? key->check(target, f) : r;
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

static bool has_prefix(const struct conf_table *table, const char *section)
{
    return table->section_prefix && strncmp(section, table->section_prefix, strlen(table->section_prefix)) == 0;
}

static const struct conf_key *key_find(const struct conf_table *table, const char *section, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (same_section(table->keys[i].section, section) && strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    return NULL;
}

/* Without the checks that wait for the other keys. *ret_key is NULL in a section
 * outside the table. */
static int set_key(const struct conf_table *table, void *target, const char *section, const char *name,
                   const char *value, const struct conf_key **ret_key, struct fault *f)
{
    *ret_key = NULL;
    if (section && has_prefix(table, section))
        return table->section(target, section + strlen(table->section_prefix), name, value, f);
    const struct conf_key *key = key_find(table, section, name);
    if (!key)
        return unknown_key(table, section, name, f);
    if (set_value(key, target, value) < 0)
        return not_allowed(key, value, strlen(value), f);
    *ret_key = key;
    return 0;
}

int conf_set(const struct conf_table *table, void *target, const char *section, const char *name, const char *value,
             struct fault *f)
{
    const struct conf_key *key;
    int r = set_key(table, target, section, name, value, &key, f);
    return r == 0 && key ? check_value(key, target, f) : r;
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
    int *lines;      /* of each key of the table, 0 when it is not in the file */
    struct buf seen; /* "\nSECTION\tKEY\t" and its line, of all of them */
};

/* inih takes what follows " ;" for a comment; without its blank, which a document has of its own, it is none. */
static void keep_semicolons(char *line)
{
    char *to = line;
    for (const char *at = line; *at; at++) {
        if (*at == ';')
            while (to > line && (to[-1] == ' ' || to[-1] == '\t'))
                to--;
        *to++ = *at;
    }
    *to = '\0';
}

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
    if (reading->table->prose)
        keep_semicolons(line);
    return line;
}

/* Of two lines with the same key one would count in silence. */
static int keep_place(struct reading *r, const char *section, const char *name)
{
    _cleanup_text_ char *place = alloc_format("\n%s\t%s\t", section, name);
    const char *first = r->seen.data ? strstr(r->seen.data, place) : NULL;
    if (first)
        return fault_set(r->f, -EINVAL, _("%s stands twice, first in line %d; keep one"), name,
                         atoi(first + strlen(place)));
    buf_addf(&r->seen, "%s%d", place, r->line);
    return 0;
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    const struct conf_key *key;
    if (reading->result < 0)
        return 0;
    if (reading->table->line)
        reading->table->line(reading->target, reading->line);
    reading->result = set_key(reading->table, reading->target, *section ? section : NULL, name, value, &key,
                              reading->f);
    if (reading->result == 0 && !reading->table->prose)
        reading->result = keep_place(reading, section, name);
    if (reading->result < 0)
        fault_prefix(reading->f, _("%s, line %d: "), reading->path, reading->line);
    else if (key)
        reading->lines[key - reading->table->keys] = reading->line;
    return reading->result == 0;
}

/* The checks that no single line decides. */
static int check_all(const struct reading *reading)
{
    for (size_t i = 0; i < reading->table->count; i++) {
        int r = reading->lines[i] ? check_value(&reading->table->keys[i], reading->target, reading->f) : 0;
        if (r < 0) {
            fault_prefix(reading->f, _("%s, line %d: "), reading->path, reading->lines[i]);
            return r;
        }
    }
    return 0;
}

/* inih is silent on a section without keys and on what follows the bracket. */
static int check_section(const struct conf_table *table, const char *line, size_t len, struct fault *f)
{
    const char *close = memchr(line, ']', len);
    if (!close)
        return 0; /* inih refuses it */
    const char *rest = close + 1 + strspn(close + 1, " \t\r");
    if (rest < line + len && *rest != ';' && *rest != '#')
        return fault_set(f, -EINVAL, _("something stands behind the section; write each key on its own line"));
    _cleanup_text_ char *section = alloc_text_n(line + 1, (size_t)(close - line) - 1);
    if (has_prefix(table, section))
        return 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->keys[i].section && same_section(table->keys[i].section, section))
            return 0;
    return unknown_key(table, section, "", f);
}

/* Two of them would be one in silence. */
static int check_once(const char *line, size_t len, const char *text, struct fault *f)
{
    int number = 1;
    for (const char *at = text; at < line; number++) {
        if (!strncmp(at, line, len) && (at[len] == '\n' || at[len] == '\r'))
            return fault_set(f, -EINVAL, _("%.*s stands twice, first in line %d; give each a name of its own"),
                             (int)len, line, number);
        at = strchrnul(at, '\n');
        at += *at == '\n';
    }
    return 0;
}

static int check_sections(const struct conf_table *table, const char *path, const char *text, struct fault *f)
{
    int number = 1;
    for (const char *line = text; *line; number++) {
        const char *end = strchrnul(line, '\n');
        int r = *line == '[' ? check_section(table, line, (size_t)(end - line), f) : 0;
        if (r == 0 && *line == '[' && table->prose)
            r = check_once(line, strcspn(line, "\r\n"), text, f);
        if (r < 0) {
            fault_prefix(f, _("%s, line %d: "), path, number);
            return r;
        }
        line = *end ? end + 1 : end;
    }
    return 0;
}

/* What inih would split or join in silence. */
static int check_lines(const struct conf_table *table, const char *path, const char *text, struct fault *f)
{
    int number = 1;
    for (const char *line = text; *line; number++) {
        const char *end = strchrnul(line, '\n');
        if (end - line > CONF_LINE_MAX)
            return fault_set(f, -EINVAL,
                             table->prose
                                 ? _("%s, line %d: longer than %d bytes; go on in another line of the same key")
                                 : _("%s, line %d: longer than %d bytes; shorten it"),
                             path, number, CONF_LINE_MAX);
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
    r = check_lines(table, path, text.data, f);
    if (r == 0 && table->prose) /* else what stands twice would be a value that does not fit */
        r = check_sections(table, path, text.data, f);
    if (r < 0)
        return r;
    struct reading reading = {.table = table, .target = target, .path = path, .rest = text.data, .f = f};
    reading.lines = alloc_zero(table->count, sizeof *reading.lines);
    int line = ini_parse_stream(next_line, &reading, on_key, &reading);
    if (reading.result < 0)
        r = reading.result;
    else if (line > 0)
        r = fault_set(f, -EINVAL, _("%s, line %d: neither \"key = value\" nor \"[section]\" nor \"# comment\""), path,
                      line);
    else
        r = line < 0 ? fault_set(f, -EIO, _("%s: cannot be read"), path) : check_sections(table, path, text.data, f);
    if (r == 0)
        r = check_all(&reading);
    buf_free(&reading.seen);
    free(reading.lines);
    return r;
}

static bool same_value(const struct conf_key *key, const void *a, const void *b)
{
    const char *x = (const char *)a + key->offset, *y = (const char *)b + key->offset;
    if (is_text(key)) {
        const char *one = *(char *const *)x, *other = *(char *const *)y;
        return strcmp(one ? one : "", other ? other : "") == 0;
    }
    size_t size = key->type == CONF_BOOL ? sizeof(bool) : key->type == CONF_CHOICE ? sizeof(int) : sizeof(int64_t);
    return memcmp(x, y, size) == 0;
}

void conf_changed(const struct conf_table *table, const void *before, const void *after, struct buf *out)
{
    for (size_t i = 0; i < table->count; i++)
        if (!table->keys[i].reloadable && !same_value(&table->keys[i], before, after))
            conf_add_word(out, table->keys[i].name);
}

void conf_free(const struct conf_table *table, void *target)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!is_text(&table->keys[i]))
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

#define COMMENT_OCTETS 100 /* a screen; far below CONF_LINE_MAX */

static void print_comment(const char *text, FILE *out)
{
    for (size_t len; *text; text += len + strspn(text + len, " ")) {
        len = strlen(text);
        if (len > COMMENT_OCTETS) {
            const char *space = memrchr(text, ' ', COMMENT_OCTETS);
            len = space ? (size_t)(space - text) : strcspn(text, " ");
        }
        fprintf(out, "# %.*s\n", (int)len, text);
    }
}

void conf_print_sample(const struct conf_table *table, FILE *out)
{
    const char *section = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct conf_key *key = &table->keys[i];
        _cleanup_(buf_free) struct buf text = {0}, hint = {0};
        if (!same_section(key->section, section))
            fprintf(out, "[%s]\n", key->section);
        section = key->section;
        print_comment(_(key->help), out);
        buf_addf(&hint, "(%s)", allowed(key, &text));
        print_comment(hint.data, out);
        fprintf(out, "#%s = %s\n\n", key->name, key->preset ? key->preset : "");
    }
}
