#include "collector/figure/closing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "common/form.h"
#include "common/lang.h"

int closing_take(struct pg *pg, struct pg_rows **ret, struct fault *f)
{
    return pg_query(pg, "SELECT years_take()", 0, NULL, ret, f);
}

int closing_follow(struct pg *pg, unsigned patience_s, struct fault *f)
{
    _cleanup_text_ char *patience = alloc_format("%u s", patience_s);
    return pg_query(pg, "SELECT closed_follow($1::interval)", 1, (const char *const[]){patience}, NULL, f);
}

/* ---- closing one ---- */

/* How often the figures are made when results of that year come meanwhile. */
#define TRIES 5

static int refuse_closed(struct pg *pg, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT version, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM public_version "
                      "WHERE latest AND year = $1::int",
                      1, &year, &rows, f);
    if (rc < 0)
        return rc;
    return fault_set(f, -EPERM, _("%s is closed already, version %s of %s is its last; late results make the next one"),
                     year, pg_text(rows, 0, 0), pg_text(rows, 0, 1));
}

static int refuse(struct pg *pg, const char *word, const char *year, struct fault *f)
{
    if (!strcmp(word, "closed"))
        return refuse_closed(pg, year, f);
    if (!strcmp(word, "early"))
        return fault_set(f, -EPERM, _("%s is not over; it can be closed from %d-01-01 (UTC) on"), year, atoi(year) + 1);
    if (!strcmp(word, "lifted"))
        return fault_set(
            f, -EPERM,
            _("publication_floor = no: figures without a floor are never closed; take that line out of the "
              "configuration, start serve again, and close %s then"),
            year);
    if (!strcmp(word, "empty"))
        return fault_set(
            f, -EPERM,
            _("there is no figure of %s, nothing was closed; those of a simulated country are in no version"), year);
    return fault_set(f, -EPERM, _("results of %s come faster than its figures are made; close it when they have come"),
                     year);
}

/* The database's word, or NULL; the caller frees. */
static int ask(struct pg *pg, const char *sql, int count, const char *const *params, char **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, count, params, &rows, f);
    if (rc == 0)
        *ret = pg_text(rows, 0, 0) ? alloc_text(pg_text(rows, 0, 0)) : NULL;
    return rc;
}

static int try_close(struct pg *pg, const char *year, const char *by, char **ret, struct fault *f)
{
    int rc = rollup_run_shown(pg, f);
    if (rc == 0)
        rc = refresh_run(pg, f);
    return rc < 0 ? rc : ask(pg, "SELECT year_close($1::int, $2)", 2, (const char *const[]){year, by}, ret, f);
}

int closing_close(struct pg *pg, const char *year, const char *by, struct fault *f)
{
    _cleanup_text_ char *word = NULL;
    int rc = ask(pg, "SELECT year_refusal($1::int)", 1, &year, &word, f);
    if (rc < 0 || word) /* before the work of making days */
        return rc < 0 ? rc : refuse(pg, word, year, f);
    for (int n = 0; rc == 0 && n < TRIES && (!word || !strcmp(word, "stale")); n++) {
        free(TAKE(word));
        rc = try_close(pg, year, by, &word, f);
    }
    return rc < 0 || !strcmp(word, "done") ? rc : refuse(pg, word, year, f);
}

/* ---- why ---- */

static const struct {
    const char *word, *text;
} reasons[] = {
    {"late", N_("late results")},
    {"again", N_("results read again")},
    {"operator", N_("operators named")},
    {"surroundings", N_("surroundings of probes corrected")},
    {"standing", N_("probes that count now, or no longer")},
    {"method", N_("another method version")},
    {"floor", N_("the publication floor")},
    {"imported", N_("figures imported or taken back")},
    {"compared", N_("compared with the year before")},
    {"asked", N_("made again by hand")},
};

void closing_reasons(const char *words, struct buf *out)
{
    const char *at = words;
    for (size_t len; (len = form_next_word(&at)) > 0;) {
        const char *word = at - len;
        size_t r = 0;
        while (r < COUNT(reasons) && (strlen(reasons[r].word) != len || memcmp(reasons[r].word, word, len) != 0))
            r++;
        buf_add_text(out, out->len ? ", " : "");
        if (r < COUNT(reasons))
            buf_add_text(out, _(reasons[r].text));
        else /* of a newer program */
            buf_add(out, word, len);
    }
}
