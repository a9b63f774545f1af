#include "collector/probe/surroundings.h"

#include <errno.h>
#include <string.h>

#include "common/form.h"
#include "common/lang.h"
#include "common/line.h"

#define TEXT_MAX 200 /* octets, as when a probe enrols */

enum form {
    FORM_TEXT,
    FORM_WORD, /* one of a list that the program knows */
    FORM_FLAG,
    FORM_NAME, /* of a row; `sql` finds it: value, what it is called, is it the one that is meant */
};

static const struct choice flags[] = {{"yes", N_("yes"), {"oui"}}, {"no", N_("no"), {"non"}}, {0}};

static const struct key {
    const char *name, *column;
    enum form form;
    const struct choice *words;
    const char *sql;
} keys[] = {
    {"department", "department", FORM_NAME, NULL,
     "SELECT to_jsonb(iso), concat(iso, ' (', name, ')'), iso = upper($2) OR lower(name) = lower($2) AS hit "
     "FROM department WHERE country = $1 ORDER BY hit DESC, iso"},
    {"commune", "commune", FORM_TEXT, NULL, NULL},
    {"zone", "zone", FORM_WORD, line_zones, NULL},
    {"site", "site", FORM_WORD, line_sites, NULL},
    {"operator", "operator_no", FORM_NAME, NULL,
     "SELECT to_jsonb(operator_no), name, hit FROM operator, LATERAL (SELECT lower(name) = lower($2) AS hit) h "
     "WHERE country = $1 AND (hit OR state IN ('pack', 'accepted')) ORDER BY hit DESC, state = 'waits', name"},
    {"technology", "technology", FORM_WORD, line_technologies, NULL},
    {"tariff", "tariff", FORM_TEXT, NULL, NULL},
    {"metered", "metered", FORM_FLAG, flags, NULL},
    {"focal-point", "focal_point_no", FORM_NAME, NULL,
     "SELECT to_jsonb(focal_point_no), name, lower(name) = lower($2) AS hit FROM focal_point WHERE $1 <> '' "
     "ORDER BY hit DESC, name"},
};

/* *ret_value is what stands behind the "=". */
static const struct key *find_key(const char *word, const char **ret_value)
{
    size_t len = strcspn(word, "=");
    for (size_t i = 0; word[len] && i < COUNT(keys); i++)
        if (strlen(keys[i].name) == len && memcmp(word, keys[i].name, len) == 0) {
            *ret_value = word + len + 1;
            return &keys[i];
        }
    return NULL;
}

static int refuse_key(const char *word, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t i = 0; i < COUNT(keys); i++)
        buf_addf(&known, "%s%s", i > 0 ? ", " : "", keys[i].name);
    return fault_set(f, -EINVAL, _("KEY=VALUE is wanted, with one of these keys: %s"), known.data);
}

int surroundings_check(const char *word, struct fault *f)
{
    const char *value;
    const struct key *key = find_key(word, &value);
    if (!key)
        return refuse_key(word, f);
    if (key->words && (*value || key->form == FORM_FLAG) && !choice_read(key->words, value)) {
        _cleanup_(buf_free) struct buf known = {0};
        choice_words(key->words, &known);
        return fault_set(f, -EINVAL, _("one of these is wanted: %s"), known.data);
    }
    if (strlen(value) > TEXT_MAX || !form_text(value))
        return fault_set(f, -EINVAL, _("a text of at most %d letters is wanted"), TEXT_MAX);
    return 0;
}

/* ---- the wish ---- */

static int read_country(struct pg *pg, const char *probe, char ret[static 4], struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT c.country FROM probe p JOIN probe_context c USING (probe_no) WHERE p.probe = $1 "
                      "ORDER BY c.valid_from DESC LIMIT 1",
                      1, &probe, &rows, f);
    if (rc == 0)
        snprintf(ret, 4, "%s", pg_rows_count(rows) > 0 ? pg_text(rows, 0, 0) : "");
    return rc;
}

/* The row's value and name; when none is meant, f lists those that are known. */
static int find_name(struct pg *pg, const struct key *key, const char *probe, const char *name, json_t **ret_value,
                     json_t **ret_shown, struct fault *f)
{
    char country[4];
    const char *const params[] = {country, name};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = read_country(pg, probe, country, f);
    if (rc == 0)
        rc = pg_query(pg, key->sql, 2, params, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) > 0 && pg_bool(rows, 0, 2)) {
        *ret_value = json_loads(pg_text(rows, 0, 0), JSON_DECODE_ANY, NULL);
        *ret_shown = json_string(pg_text(rows, 0, 1));
        return 0;
    }
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        buf_addf(&known, "%s%s", r > 0 ? ", " : "", pg_text(rows, r, 1));
    return fault_set(f, -EINVAL, _("%s=%s: not known here; known: %s"), key->name, name, known.data ? known.data : "-");
}

int surroundings_add(struct pg *pg, const char *probe, const char *word, json_t *wish, struct fault *f)
{
    const char *text;
    const struct key *key = find_key(word, &text);
    json_t *value = NULL, *shown = NULL;
    if (!key)
        return refuse_key(word, f);
    if (json_object_get(wish, key->name))
        return fault_set(f, -EINVAL, _("%s stands twice; leave one out"), key->name);
    if (*text && key->form == FORM_NAME) {
        int rc = find_name(pg, key, probe, text, &value, &shown, f);
        if (rc < 0)
            return rc;
    } else if (*text) {
        const char *meant = key->words ? choice_read(key->words, text) : text;
        value = key->form == FORM_FLAG ? json_boolean(strcmp(meant, "yes") == 0) : json_string(meant);
        shown = json_string(meant);
    }
    json_object_set_new(wish, key->name,
                        json_pack("{s:s, s:o, s:o}", "column", key->column, "value", value ? value : json_null(),
                                  "shown", shown ? shown : json_null()));
    return 0;
}
