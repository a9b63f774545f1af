#include "collector/report/edition.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/nearest.h"
#include "common/conf.h"
#include "common/file.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

/* ---- what a value may be ---- */

/* "2049-3630", whose last character is a sum of the others (ISO 3297). */
static bool is_issn(const char *text)
{
    int sum = 0;
    if (strlen(text) != 9 || text[4] != '-')
        return false;
    for (int n = 0, weight = 8; n < 8; n++) {
        if (n == 4)
            continue;
        if (!isdigit((unsigned char)text[n]))
            return false;
        sum += (text[n] - '0') * weight--;
    }
    const int check = (11 - sum % 11) % 11;
    return check == 10 ? text[8] == 'X' : text[8] == '0' + check;
}

static bool is_doi(const char *text)
{
    const char *slash = strchr(text, '/');
    return !strncmp(text, "10.", 3) && slash && slash[1] && !strchr(text, ' ');
}

/* Of a file that lies beside: nothing leads to another folder. */
static bool is_file(const char *text)
{
    return *text && *text != '.' && !strpbrk(text, "/\\");
}

static bool is_any(const char *text)
{
    return *text != '\0';
}

static bool is_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

static bool is_addressee(const char *text)
{
    static const char *const words[] = {"state", "regulator", "operators", "chapter", "donors", NULL};
    return is_of(text, words);
}

static bool is_outcome(const char *text)
{
    static const char *const words[] = {"done", "begun", "not-done", "dropped", NULL};
    return is_of(text, words);
}

/* ---- the keys ---- */

static const struct key {
    const char *kind, *name;
    bool needed;
    bool (*fits)(const char *text);
    const char *example; /* of what is meant, for messages */
} keys[] = {
    {"edition", "issn", false, is_issn, "2049-3630"},
    {"edition", "doi", false, is_doi, "10.5281/zenodo.1234567"},
    {"edition", "publisher", false, is_any, "ISOC Bénin"},
    {"edition", "contact", false, is_any, "rapport@example.org"},
    {"edition", "published", false, form_day, "2027-03-01"},
    {"edition", "embargo", false, form_day, "2027-03-01"},
    {"edition", "volunteers", false, is_any, "A. Dossou, Lycée de Parakou"},
    {"funder", "gave", true, is_any, "40 000 EUR"},
    {"conflict", "text", true, is_any, "…"},
    {"erratum", "date", true, form_day, "2027-04-12"},
    {"erratum", "wrong", true, is_any, "…"},
    {"erratum", "right", true, is_any, "…"},
    {"request", "of", true, is_any, "ARCEP"},
    {"request", "asked", true, form_day, "2026-10-05"},
    {"request", "answer", false, is_any, "…"},
    {"questionnaire", "link", false, form_link, "https://example.org/questions.pdf"},
    {"questionnaire", "file", false, is_file, "menages.pdf"},
    {"recommendation", "to", true, is_addressee, "state|regulator|operators|chapter|donors"},
    {"recommendation", "text", true, is_any, "…"},
    {"recommendation", "figures", true, is_any, "PER5.p50.Littoral, ACC1"},
    {"outcome", "became", true, is_outcome, "done|begun|not-done|dropped"},
    {"outcome", "why", true, is_any, "…"},
};

static bool is_kind(const char *kind, size_t len)
{
    for (size_t k = 0; k < COUNT(keys); k++)
        if (strlen(keys[k].kind) == len && !strncmp(keys[k].kind, kind, len))
            return true;
    return false;
}

/* "[edition], [funder NAME], …" */
static int unknown_section(const char *section, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t k = 0; k < COUNT(keys); k++)
        if (!k || strcmp(keys[k].kind, keys[k - 1].kind) != 0)
            buf_addf(&known, "%s[%s%s]", k ? ", " : "", keys[k].kind, k ? _(" NAME") : "");
    return fault_set(f, -EINVAL, _("unknown section [%.60s]; known: %s"), section, known.data);
}

static const struct key *find_key(const char *kind, const char *name, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t k = 0; k < COUNT(keys); k++) {
        if (strcmp(keys[k].kind, kind) != 0)
            continue;
        if (!strcmp(keys[k].name, name))
            return &keys[k];
        conf_add_word(&known, keys[k].name);
    }
    fault_set(f, -EINVAL, _("unknown key \"%s\"; known here: %s"), name, known.data);
    return NULL;
}

/* ---- reading ---- */

struct reading {
    struct edition e;
    int line;
    size_t count;
};

static void take_line(void *target, int line)
{
    ((struct reading *)target)->line = line;
}

/* The section that a line stands in, made where it is the first of it. NULL, and why. */
static json_t *take_section(struct reading *r, const char *section, struct fault *f)
{
    const size_t len = strcspn(section, " ");
    const char *name = section + len + strspn(section + len, " ");
    const bool alone = !strncmp(section, "edition", len);
    if (!is_kind(section, len) || alone != !*name || !form_text(section)) {
        unknown_section(section, f);
        return NULL;
    }
    _cleanup_text_ char *kind = alloc_text_n(section, len);
    json_t *list = json_object_get(r->e.kinds, kind), *found = (json_t *)edition_find(&r->e, kind, name);
    if (found)
        return found;
    if (r->count++ == EDITION_ENTRIES_MAX) {
        fault_set(f, -EINVAL, _("more than %d sections; take some away"), EDITION_ENTRIES_MAX);
        return NULL;
    }
    if (!list)
        json_object_set_new(r->e.kinds, kind, list = json_array());
    json_array_append_new(list, json_pack("{s:s, s:i}", "name", name, "line", r->line));
    return json_array_get(list, json_array_size(list) - 1);
}

static int take_key(void *target, const char *section, const char *name, const char *value, struct fault *f)
{
    struct reading *r = target;
    json_t *of = take_section(r, section, f);
    if (!of)
        return -EINVAL;
    _cleanup_text_ char *kind = alloc_text_n(section, strcspn(section, " "));
    const struct key *key = find_key(kind, name, f);
    if (!key)
        return -EINVAL;
    if (!form_text(value))
        return fault_set(f, -EINVAL, _("%s: a character in it is not seen, or it is no UTF-8; type it anew"), name);
    const char *before = json_string_value(json_object_get(of, name));
    _cleanup_text_ char *whole = before ? alloc_format("%s %s", before, value) : alloc_text(value);
    if (strlen(whole) > EDITION_TEXT_MAX)
        return fault_set(f, -EINVAL, _("%s: longer than %d bytes; write a chapter of it"), name, EDITION_TEXT_MAX);
    if (!key->fits(whole))
        return fault_set(f, -EINVAL, _("%s = %.60s: not allowed; what is meant is such as %s"), name, whole,
                         key->example);
    json_object_set_new(of, name, json_string(whole));
    return 0;
}

/* Has each all that it needs? */
static int check_whole(const struct edition *e, struct fault *f)
{
    for (size_t k = 0; k < COUNT(keys); k++) {
        size_t n;
        const json_t *of;
        json_array_foreach(edition_list(e, keys[k].kind), n, of)
        {
            if (!keys[k].needed || json_object_get(of, keys[k].name))
                continue;
            const char *name = json_string_value(json_object_get(of, "name"));
            return fault_set(f, -EINVAL, _("%s, line %d: [%s %s] lacks %s; add a line such as: %s = %s"), e->path,
                             (int)json_integer_value(json_object_get(of, "line")), keys[k].kind, name, keys[k].name,
                             keys[k].name, keys[k].example);
        }
    }
    return 0;
}

static int read_file(struct reading *r, struct fault *f)
{
    static const struct conf_table table = {
        .section_prefix = "", .section = take_key, .prose = true, .line = take_line};
    int rc = conf_read(&table, r->e.path, r, f);
    return rc < 0 ? rc : check_whole(&r->e, f);
}

int edition_read(const char *folder, struct edition *ret, struct fault *f)
{
    struct reading r = {0};
    _cleanup_(buf_free) struct buf text = {0};
    *ret = (struct edition){0};
    _cleanup_text_ char *path = folder ? alloc_format("%s/%s", folder, EDITION_NAME) : NULL;
    struct fault none;
    int rc = path ? file_read_itself(path, CONF_BYTES_MAX, &text, &none) : -ENOENT;
    r.e.kinds = json_object();
    if (rc != -ENOENT) {
        if (rc < 0)
            fault_set(f, rc, "%s", none.text);
        r.e.path = TAKE(path);
        rc = rc < 0 ? rc : read_file(&r, f);
        if (rc < 0) {
            edition_free(&r.e);
            return rc;
        }
    }
    *ret = r.e;
    return 0;
}

char *edition_before(const char *folder)
{
    const char *language = folder ? strrchr(folder, '/') : NULL;
    if (!language || language - folder < 5 || language[-5] != '/' || strspn(language - 4, "0123456789") != 4)
        return NULL;
    return alloc_format("%.*s%04d%s", (int)(language - folder - 4), folder, atoi(language - 4) - 1, language);
}

int edition_check(const struct edition *e, const struct edition *before, struct fault *f)
{
    size_t n, o;
    const json_t *outcome, *old;
    json_array_foreach(edition_list(e, "outcome"), n, outcome)
    {
        struct nearest near = {.word = json_string_value(json_object_get(outcome, "name"))};
        if (edition_find(before, "recommendation", near.word))
            continue;
        json_array_foreach(edition_list(before, "recommendation"), o, old)
            nearest_offer(&near, json_string_value(json_object_get(old, "name")));
        _cleanup_text_ char *list = nearest_text(&near);
        const int line = (int)json_integer_value(json_object_get(outcome, "line"));
        if (!near.count)
            return fault_set(f, -EINVAL,
                             _("%s, line %d: the edition of the year before has no recommendations; write "
                               "them into its %s, or take [outcome %s] away"),
                             e->path, line, EDITION_NAME, near.word);
        return fault_set(f, -EINVAL, _("%s, line %d: %s has no [recommendation %s]; nearest: %s"), e->path, line,
                         before->path, near.word, list);
    }
    return 0;
}

void edition_free(struct edition *e)
{
    free(e->path);
    json_decref(e->kinds);
    *e = (struct edition){0};
}

/* ---- what it holds ---- */

const json_t *edition_list(const struct edition *e, const char *kind)
{
    return json_object_get(e->kinds, kind);
}

const char *edition_text(const struct edition *e, const char *key)
{
    return json_string_value(json_object_get(json_array_get(edition_list(e, "edition"), 0), key));
}

const json_t *edition_find(const struct edition *e, const char *kind, const char *name)
{
    size_t n;
    const json_t *of;
    json_array_foreach(edition_list(e, kind), n, of)
    {
        if (!strcmp(json_string_value(json_object_get(of, "name")), name))
            return of;
    }
    return NULL;
}

const char *edition_day(const json_t *section, const char *key, const struct words *w,
                        char ret_text[static DATE_TEXT_SIZE])
{
    const char *given = json_string_value(json_object_get(section, key));
    int32_t day;
    *ret_text = '\0';
    return given && date_read(given, &day) == 0 ? date_long(w, day, ret_text) : ret_text;
}
