#include "collector/format/language.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "schema/embedded.h"

#define FRENCH "fr"
#define SHARED "common" /* the file of what all pages share */

extern const struct embedded texts_files[]; /* generated */

static struct language *languages;
static const char **codes; /* of these */
static size_t language_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- what is built in ---- */

/* A file of ours that is broken is a program error. */
static json_t *read_texts(const struct embedded *e)
{
    json_error_t error;
    json_t *read = json_loadb(e->text, e->len, JSON_REJECT_DUPLICATES, &error);
    if (read)
        return read;
    log_error("collector/texts/%s, line %d: %s", e->path, error.line, error.text);
    abort();
}

static struct language *find(const char *code)
{
    for (size_t i = 0; i < language_count; i++)
        if (!strcmp(languages[i].code, code))
            return &languages[i];
    return NULL;
}

static struct language *find_or_add(const char *code)
{
    struct language *l = find(code);
    if (l)
        return l;
    languages = alloc_resize(languages, language_count + 1, sizeof *languages);
    l = &languages[language_count++];
    *l = (struct language){alloc_text(code), json_object()};
    return l;
}

/* Paths are "CODE/FILE.json", sorted. */
static void start(void)
{
    find_or_add(FRENCH);
    for (const struct embedded *e = texts_files; e->path; e++) {
        const char *file = strchr(e->path, '/') + 1, *end = strrchr(file, '.');
        _cleanup_text_ char *code = alloc_text_n(e->path, (size_t)(file - e->path - 1));
        _cleanup_text_ char *name = alloc_text_n(file, (size_t)(end - file));
        json_object_set_new(find_or_add(code)->texts, name, read_texts(e));
    }
    codes = alloc_zero(language_count, sizeof *codes);
    for (size_t i = 0; i < language_count; i++)
        codes[i] = languages[i].code;
}

const struct language *language_all(size_t *ret_count)
{
    pthread_once(&once, start);
    *ret_count = language_count;
    return languages;
}

const struct language *language_find(const char *code)
{
    pthread_once(&once, start);
    return find(code);
}

const struct language *language_accepted(const char *header)
{
    pthread_once(&once, start);
    return &languages[lang_choose(header, codes, language_count)];
}

const char *language_name(const struct language *l)
{
    const char *name = json_string_value(json_object_get(json_object_get(l->texts, SHARED), "name"));
    return name ? name : l->code;
}

/* ---- words ---- */

static bool same_shape(const json_t *a, const json_t *b)
{
    return a && json_typeof(a) == json_typeof(b) && (!json_is_array(a) || json_array_size(a) == json_array_size(b));
}

json_t *language_join(const json_t *own, const json_t *whole, size_t *ret_lacking)
{
    json_t *joined = json_object(), *text;
    const char *name;
    json_object_foreach((json_t *)whole, name, text)
    {
        json_t *mine = json_object_get(own, name);
        if (json_is_object(text)) {
            json_object_set_new(joined, name, language_join(mine, text, ret_lacking));
            continue;
        }
        bool has = same_shape(mine, text);
        *ret_lacking += !has;
        json_object_set(joined, name, has ? mine : text);
    }
    return joined;
}

void language_add(const struct language *l, const char *file, struct words *w)
{
    _cleanup_json_ json_t *joined = language_join(json_object_get(l->texts, file),
                                                  json_object_get(language_find(FRENCH)->texts, file), &w->lacking);
    json_object_update(w->texts, joined);
}

void language_words(const struct language *l, const char *file, struct words *ret)
{
    *ret = (struct words){.texts = json_object()};
    language_add(l, SHARED, ret);
    language_add(l, file, ret);
    ret->lang = strcmp(phrase(ret, "numbers"), "en") ? LANG_FR : LANG_EN;
}
