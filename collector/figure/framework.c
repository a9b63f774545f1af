#include "collector/figure/framework.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/lang.h"

#define EDITION_LETTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool framework_edition(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= 20 && strspn(text, EDITION_LETTERS ".-") == len && strspn(text, EDITION_LETTERS) > 0;
}

/* ---- which one ---- */

int framework_find(struct pg *pg, const char *country, const char *edition, struct framework *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT framework_no, country, edition, adopted_at IS NOT NULL FROM framework_find($1, $2)",
                      2, (const char *const[]){country, edition}, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0)
        return edition
                   ? fault_set(f, -ENOENT,
                               _("there is no edition %s of the framework of %s; `framework list` shows all, "
                                 "`framework open %s` opens it"),
                               edition, country, edition)
                   : fault_set(f, -ENOENT,
                               _("the framework of %s has no edition yet; open one: framework open EDITION"), country);
    snprintf(ret->number, sizeof ret->number, "%s", pg_text(rows, 0, 0));
    snprintf(ret->country, sizeof ret->country, "%s", pg_text(rows, 0, 1));
    snprintf(ret->edition, sizeof ret->edition, "%s", pg_text(rows, 0, 2));
    ret->adopted = pg_bool(rows, 0, 3);
    return 0;
}

static int refuse_frozen(const struct framework *w, struct fault *f)
{
    return fault_set(f, -EPERM,
                     _("edition %s is adopted and frozen, nothing was changed; changes belong to the next edition: "
                       "framework open EDITION"),
                     w->edition);
}

int framework_find_open(struct pg *pg, const char *country, const char *edition, struct framework *ret, struct fault *f)
{
    struct framework w;
    int rc = framework_find(pg, country, edition, &w, f);
    if (rc == 0 && w.adopted)
        return refuse_frozen(&w, f);
    if (rc == 0)
        *ret = w;
    return rc;
}

/* ---- what an edition keeps of an indicator ---- */

static void set_both(json_t *object, const char *member, char *const text[2], const char *cctld)
{
    for (int lang = 0; lang < 2; lang++) {
        _cleanup_text_ char *key = alloc_format("%s_%s", member, lang_code(lang));
        _cleanup_text_ char *told = text[lang] ? indicator_in(text[lang], cctld) : NULL;
        json_object_set_new(object, key, told ? json_string(told) : json_null());
    }
}

json_t *framework_indicator(const struct indicator *i, const char *cctld)
{
    _cleanup_text_ char *kinds = indicator_kinds(i);
    json_t *words = json_array();
    const char *word;
    for (size_t n = 0; (word = indicator_dimension(i, n)) != NULL; n++)
        json_array_append_new(words, json_string(word));
    json_t *kept = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:i}", "indicator", i->id, "status", i->status, "nature",
                             i->nature, "kind", kinds, "measured_by", i->check, "dimensions", words, "method_version",
                             i->method);
    set_both(kept, "name", i->name, cctld);
    set_both(kept, "unit", i->unit, cctld);
    set_both(kept, "definition", i->definition, cctld);
    set_both(kept, "waits", i->waits, cctld);
    return kept;
}

/* The domain of a country, without a dot; NULL where none is known. The caller frees. */
static int read_cctld(struct pg *pg, const char *country, char **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT cctld FROM country WHERE iso = $1 AND cctld IS NOT NULL", 1, &country, &rows, f);
    if (rc == 0 && pg_rows_count(rows))
        *ret = alloc_text(pg_text(rows, 0, 0));
    return rc;
}

/* All that this program has, as JSON text in a country's words; the caller frees. */
static int all_indicators(struct pg *pg, const char *country, char **ret, struct fault *f)
{
    size_t count;
    const struct indicator *list = indicator_all(&count);
    _cleanup_json_ json_t *array = json_array();
    _cleanup_text_ char *cctld = NULL;
    int rc = read_cctld(pg, country, &cctld, f);
    for (size_t n = 0; rc == 0 && n < count; n++)
        json_array_append_new(array, framework_indicator(&list[n], cctld));
    if (rc == 0)
        *ret = json_text(array);
    return rc;
}

int framework_differs(struct pg *pg, const struct framework *w, struct pg_rows **ret, struct fault *f)
{
    _cleanup_text_ char *indicators = NULL;
    int rc = all_indicators(pg, w->country, &indicators, f);
    return rc < 0
               ? rc
               : pg_query(pg, "SELECT indicator, array_to_string(what, ' ') FROM framework_differs($1::int, $2::jsonb)",
                          2, (const char *const[]){w->number, indicators}, ret, f);
}

/* ---- changing one ---- */

/* Asks the database, which answers with a word. */
static int ask(struct pg *pg, const char *sql, int count, const char *const *params, char ret_word[static 16],
               struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, count, params, &rows, f);
    if (rc == 0)
        snprintf(ret_word, 16, "%s", pg_text(rows, 0, 0));
    return rc;
}

int framework_open(struct pg *pg, const char *country, const char *edition, const char *by, const char *until,
                   struct fault *f)
{
    _cleanup_text_ char *indicators = NULL;
    char word[16] = "";
    int rc = all_indicators(pg, country, &indicators, f);
    if (rc == 0)
        rc = ask(pg, "SELECT framework_open($1, $2, $3, $4::date, $5::jsonb)", 5,
                 (const char *const[]){country, edition, by, until, indicators}, word, f);
    if (rc < 0 || !strcmp(word, "done"))
        return rc;
    if (!strcmp(word, "past"))
        return fault_set(f, -EINVAL, _("%s is over; give people time to speak: three to six months are usual"), until);
    if (!strcmp(word, "exists"))
        return fault_set(f, -EPERM, _("there is an edition %s of %s already; give the new one another name"), edition,
                         country);
    return fault_set(f, -EPERM,
                     _("an edition of %s is open already; adopt it before another is opened: framework show"), country);
}

/* The refusals that are the same for every change. */
static int refuse(const struct framework *w, const char *word, const char *indicator, struct fault *f)
{
    if (!strcmp(word, "frozen"))
        return refuse_frozen(w, f);
    return fault_set(f, -ENOENT, _("%s is not in edition %s; see: framework show"), indicator, w->edition);
}

int framework_propose(struct pg *pg, const struct framework *w, const struct indicator *i, const char *by,
                      bool *ret_again, struct fault *f)
{
    _cleanup_text_ char *cctld = NULL;
    char word[16] = "";
    int rc = read_cctld(pg, w->country, &cctld, f);
    if (rc < 0)
        return rc;
    _cleanup_json_ json_t *one = framework_indicator(i, cctld);
    _cleanup_text_ char *text = json_text(one);
    rc = ask(pg, "SELECT framework_propose($1::int, $2::jsonb, $3)", 3, (const char *const[]){w->number, text, by},
             word, f);
    if (rc < 0)
        return rc;
    *ret_again = !strcmp(word, "again");
    return *ret_again || !strcmp(word, "done") ? 0 : refuse(w, word, i->id, f);
}

int framework_retire(struct pg *pg, const struct framework *w, const char *indicator, const char *why, struct fault *f)
{
    char word[16] = "";
    int rc = ask(pg, "SELECT framework_retire($1::int, $2, $3)", 3, (const char *const[]){w->number, indicator, why},
                 word, f);
    return rc < 0 || !strcmp(word, "done") ? rc : refuse(w, word, indicator, f);
}

int framework_rate(struct pg *pg, const struct framework *w, const struct framework_rating *r, struct fault *f)
{
    const char *const params[] = {w->number, r->indicator, r->rater, r->score, r->why, r->source, r->day};
    char word[16] = "";
    int rc = ask(pg, "SELECT framework_rate($1::int, $2, $3, $4::int, $5, $6, coalesce($7::date, current_date))",
                 COUNT(params), params, word, f);
    if (rc < 0 || !strcmp(word, "done"))
        return rc;
    if (!strcmp(word, "quantitative"))
        return fault_set(f, -EPERM, _("%s is quantitative: its figures are measured or imported, not rated"),
                         r->indicator);
    if (!strcmp(word, "retired"))
        return fault_set(f, -EPERM, _("%s is retired; propose it again before it is rated: framework propose %s"),
                         r->indicator, r->indicator);
    if (!strcmp(word, "two"))
        return fault_set(f, -EPERM,
                         _("two others have rated %s already; each of the two can say it anew under the same name: "
                           "framework show"),
                         r->indicator);
    return refuse(w, word, r->indicator, f);
}

int framework_answer(struct pg *pg, const struct framework *w, const char *number, const char *verdict,
                     const char *text, const char *by, struct fault *f)
{
    char word[16] = "";
    int rc = ask(pg, "SELECT framework_answer($1::int, $2::int, $3, $4, $5)", 5,
                 (const char *const[]){w->number, number, verdict, text, by}, word, f);
    if (rc < 0 || !strcmp(word, "done"))
        return rc;
    if (!strcmp(word, "frozen"))
        return refuse_frozen(w, f);
    return fault_set(f, -ENOENT, _("there is no comment %s in edition %s; see: framework comments"), number,
                     w->edition);
}

int framework_unname(struct pg *pg, const struct framework *w, const char *number, bool whole, const char *by,
                     struct fault *f)
{
    char word[16] = "";
    int rc = ask(pg, "SELECT framework_unname($1::int, $2::int, $3, $4)", 4,
                 (const char *const[]){w->number, number, whole ? "true" : "false", by}, word, f);
    if (rc < 0 || !strcmp(word, "done") || !strcmp(word, "nobody"))
        return rc;
    return fault_set(f, -ENOENT, _("there is no comment %s in edition %s; see: framework comments"), number,
                     w->edition);
}

/* ---- adopting it ---- */

static const struct {
    const char *kind, *text; /* in the order in which they are told */
} lacks[] = {
    {"voice", N_("nobody has said anything yet")},
    {"until", N_("comments are asked for until ")},
    {"answer", N_("comments without an answer: ")},
    {"rating", N_("without two raters: ")},
};

int framework_lacking(struct pg *pg, const struct framework *w, const char *between, struct buf *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const size_t start = out->len;
    int rc = pg_query(pg, "SELECT kind, string_agg(what, ', ') FROM framework_lacking($1::int) GROUP BY kind", 1,
                      (const char *const[]){w->number}, &rows, f);
    for (size_t k = 0; rc == 0 && k < COUNT(lacks); k++)
        for (size_t r = 0; r < pg_rows_count(rows); r++)
            if (!strcmp(pg_text(rows, r, 0), lacks[k].kind)) {
                buf_add_text(out, out->len > start ? between : "");
                buf_addf(out, "%s%s", _(lacks[k].text), pg_text(rows, r, 1));
            }
    return rc;
}

static int refuse_lacking(struct pg *pg, const struct framework *w, struct fault *f)
{
    _cleanup_(buf_free) struct buf what = {0};
    int rc = framework_lacking(pg, w, "; ", &what, f);
    if (rc < 0)
        return rc;
    return fault_set(f, -EPERM,
                     _("edition %s is not adopted, something is missing: %.200s%s (framework show); give --reason "
                       "TEXT to adopt it all the same, which is printed with the edition"),
                     w->edition, what.data ? what.data : "", what.len > 200 ? "…" : "");
}

int framework_adopt(struct pg *pg, const struct framework *w, const char *by, const char *reason, struct fault *f)
{
    char word[16] = "";
    int rc = ask(pg, "SELECT framework_adopt($1::int, $2, $3)", 3, (const char *const[]){w->number, by, reason}, word,
                 f);
    if (rc < 0 || !strcmp(word, "done"))
        return rc;
    if (!strcmp(word, "lacking"))
        return refuse_lacking(pg, w, f);
    if (!strcmp(word, "empty"))
        return fault_set(f, -EPERM, _("every indicator of edition %s is retired; propose one first"), w->edition);
    return refuse_frozen(w, f);
}
