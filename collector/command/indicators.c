/* The command `indicators`: the year's figures as CSV or JSON, how one of them
 * is made, and the closing of a year. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/catalogue.h"
#include "collector/command/follow.h"
#include "collector/command/framework.h"
#include "collector/command/session.h"
#include "collector/format/encode.h"
#include "collector/db/user.h"
#include "collector/figure/closing.h"
#include "collector/disclosure/crowd.h"
#include "collector/figure/figure.h"
#include "collector/figure/goal.h"
#include "collector/figure/interval.h"
#include "collector/figure/rank.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/figure/weight.h"
#include "collector/import/place.h"
#include "common/conf.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/output.h"

static int update(struct pg *pg, struct fault *f)
{
    int rc = rollup_run_shown(pg, f);
    return rc < 0 ? rc : refresh_run(pg, f);
}

/* ---- the figures ---- */

/* No more of a long answer than somebody reads. */
static int flush(struct buf *out, struct fault *f)
{
    fwrite(out->data ? out->data : "", 1, out->len, stdout);
    buf_clear(out);
    return ferror(stdout) ? output_flush(f) : 0;
}

static int print_rows(struct pg *pg, const char *sql, int count, const char *const *params, struct encoder e,
                      struct fault *f)
{
    _cleanup_(buf_free) struct buf out = {0};
    const struct pg_rows *row = NULL;
    int rc = pg_stream_start(pg, sql, count, params, f);
    encode_open(&e, &out);
    while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row) {
        const char *values[ENCODE_COLUMNS_MAX];
        for (size_t i = 0; i < e.count; i++)
            values[i] = pg_text(row, 0, (int)i);
        encode_row(&e, values, &out);
        rc = flush(&out, f);
    }
    encode_close(&e, &out);
    return rc < 0 ? rc : flush(&out, f);
}

static enum encode_format chosen_format(const struct invocation *in)
{
    const char *word = invocation_text(in, "format");
    return word && !strcmp(word, "json") ? ENCODE_JSON : ENCODE_CSV;
}

static bool as_table(const struct invocation *in)
{
    const char *word = invocation_text(in, "format");
    return word && !strcmp(word, "table");
}

/* Is there such a version of the year? */
static int check_version(struct pg *pg, const char *year, const char *version, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg, "SELECT max(version), coalesce(bool_or(version = $2::int), false) FROM public_version WHERE year = $1::int",
        2, (const char *const[]){year, version}, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 1))
        return rc;
    const char *last = pg_text(rows, 0, 0);
    return last ? fault_set(f, -ENOENT, _("there is no version %s of %s, the last is %s"), version, year, last)
                : fault_set(f, -ENOENT, _("%s is not closed: it has no versions, its figures are provisional"), year);
}

/* To the side, so that who reads the figures by a program has them alone. */
static int say_none(struct pg *pg, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT EXISTS (SELECT FROM public_indicator WHERE left(period, 4) = $1)", 1, &year, &rows,
                      f);
    if (rc == 0 && !pg_bool(rows, 0, 0))
        log_info(_("no figure of %s: nothing was measured, or too little to publish (%d lines that count, %d days of "
                   "measurement); see: probe list"),
                 year, FLOOR_PROBES, FLOOR_DAYS);
    return rc;
}

static int print(const struct session *s, struct fault *f)
{
    const char *const params[] = {invocation_text(s->in, "year"), invocation_text(s->in, "country"),
                                  invocation_text(s->in, "edition")};
    _cleanup_text_ char *columns = figure_select();
    _cleanup_text_ char *sql = alloc_format(
        "SELECT %s FROM %s WHERE left(period, 4) = $1 AND ($2::text IS NULL OR country = $2)%s ORDER BY " FIGURE_ORDER,
        columns, params[2] ? "public_indicator_version" : "public_indicator", params[2] ? " AND version = $3" : "");
    int rc = update(s->pg, f);
    if (rc == 0 && as_table(s->in) && !params[2])
        return catalogue_year(s, params[0], params[1], f);
    if (rc == 0)
        rc = params[2] ? check_version(s->pg, params[0], params[2], f) : say_none(s->pg, params[0], f);
    return rc < 0 ? rc
                  : print_rows(s->pg, sql, params[2] ? 3 : 2, params,
                               (struct encoder){chosen_format(s->in), figure_columns, FIGURE_COLUMNS, false}, f);
}

static int list(const struct session *s, struct fault *f)
{
    const char *format = invocation_text(s->in, "format");
    int rc = update(s->pg, f);
    return rc < 0 ? rc : catalogue_list(s, format ? format : "table", f);
}

/* ---- goals ---- */

static int goals(const struct session *s, struct fault *f)
{
    const char *year = invocation_text(s->in, "year");
    _cleanup_text_ char *select = goal_select();
    _cleanup_text_ char *sql = alloc_format("%s$1::int)", select);
    int rc = update(s->pg, f);
    return rc < 0 ? rc
                  : print_rows(s->pg, sql, 1, &year,
                               (struct encoder){chosen_format(s->in), goal_columns, GOAL_COLUMNS, false}, f);
}

/* ---- how one is made ---- */

static void print_intervals(const struct indicator *i)
{
    for (size_t s = 0; s < i->statistic_count; s++) {
        const struct statistic *statistic = &i->statistics[s];
        unsigned lines = (unsigned)interval_lines(&statistic->what);
        if (statistic->what.kind == STAT_MEAN)
            printf(_("interval         %s: 95 %%, studentised bootstrap over lines, %d replicates, seed %" PRIu64
                     "; from %u lines of equal weight on\n"),
                   statistic->name, STAT_REPLICATES, indicator_seed(i), lines);
        else
            printf(_("interval         %s: 95 %%, order statistics of what lines say; from %u lines on\n"),
                   statistic->name, lines);
    }
}

/* Where figures come from that are not measured, or not yet. */
static void print_sources(const struct indicator *i)
{
    if (!i->measured && !i->calculated && i->kinds != KIND_IMPORTED)
        printf(_("no data          %s\n"), catalogue_why(i, lang_current()));
    if (indicator_importable(i))
        printf(_("source           imported: internetmetre-collector import csv FILE\n"));
}

static void print_definition(const struct indicator *i, const char *country)
{
    enum lang lang = lang_current();
    _cleanup_text_ char *cctld = catalogue_cctld(country), *kinds = catalogue_kinds(i);
    _cleanup_text_ char *dimensions = indicator_dimensions(i);
    _cleanup_text_ char *name = indicator_in(i->name[lang], cctld);
    _cleanup_text_ char *definition = indicator_in(i->definition[lang], cctld);
    printf("%s  %s\n\n%s\n\n", i->id, name, definition);
    printf(_("unit             %s\n"), i->unit[lang]);
    printf(_("status           %s, method version %d\n"), catalogue_status(i), i->method);
    printf(_("kind             %s\n"), kinds);
    if (*dimensions)
        printf(_("by               %s\n"), dimensions);
    printf("%s", _("statistics       "));
    for (size_t s = 0; s < i->statistic_count; s++)
        printf("%s%s", s ? ", " : "", i->statistics[s].name);
    printf("\n");
    if (i->derived) {
        printf(_("source           other figures, as they are published\n\nSQL, $1 the year:\n\n%s\n"), i->sql);
        return;
    }
    print_sources(i);
    if (i->calculated)
        printf(
            _("source           calculated from imported inputs: internetmetre-collector import plans|market|economy "
              "FILE\n\nSQL, $1 the year:\n\n%s\n"),
            i->sql);
    if (!i->measured)
        return;
    if (i->targets)
        printf(_("targets          the set \"%s\" of the country's pack; its versions: GET /api/v1/indicators, "
                 "target_set\n"),
               i->targets);
    if (i->objects) {
        printf(_("publication      each object counts from %d networks, %d households and %d days of tests on; each "
                 "household has a voice of it, and what most of them say is its word\n\nSQL, $1 the first day, $2 the "
                 "day after the last:\n\n%s\n"),
               FLOOR_NETWORKS, FLOOR_PROBES, FLOOR_DAYS, i->sql);
        return;
    }
    print_intervals(i);
    printf(_("publication      from %d networks, %d probes and %d days of measurement on, and where no difference of "
             "figures tells "
             "of fewer, nor mostly of one where it is a mean; hidden cells count in the larger ones\n"),
           FLOOR_NETWORKS, FLOOR_PROBES, FLOOR_DAYS);
    printf(
        _("weights          a line the days expected of it, no day with a value more than %d; none more than a "
          "fifth; what "
          "one person confirmed, no more than all others; in a mean, the country's two largest lines each at most %d "
          "times all but these two\n"),
        WEIGHT_DAY_MOST, WEIGHT_MEAN_TIMES);
    printf(
        _("ranks            of %s, among operators and among departments: two differ where a permutation test of their "
          "lines says so, of %d draws at least, and in all of them together is wrong at most %d times in a hundred "
          "(Holm)\n"),
        indicator_main(i)->name, RANK_DRAWS_MIN, (int)(RANK_WRONG * 100 + 0.5));
    printf(_("change           of %s, over lines common to both years, all of the same weight, or else over published "
             "cells; 95 %%, bootstrap over lines\n"),
           indicator_main(i)->name);
    printf(_("\nSQL, $1 the first day, $2 the day after the last:\n\n%s\n"), i->sql);
}

/* A figure that is hidden has none. */
static const char *count_text(const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    return text ? text : "-";
}

/* What a figure of the collector's country is calculated from, and what is missing for it. */
static int print_calculated(struct pg *pg, const struct indicator *i, const char *country, const char *year,
                            struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT * FROM calculated_input($1, $2, $3::int)", 3,
                      (const char *const[]){i->id, country, year}, &rows, f);
    if (rc < 0)
        return rc;
    printf(_("calculated in %s from:\n"), country);
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (pg_text(rows, r, 3))
            printf(_("  %s %s: %s: %s; %s, retrieved %s, import %s\n"), pg_text(rows, r, 0), pg_text(rows, r, 1),
                   pg_text(rows, r, 2), pg_text(rows, r, 3), pg_text(rows, r, 4), pg_text(rows, r, 5),
                   pg_text(rows, r, 6));
        else
            printf(_("  %s %s: missing, so nothing is calculated that needs it\n"), pg_text(rows, r, 0),
                   pg_text(rows, r, 1));
    return 0;
}

/* The samples that stand behind it, by year, country and source; year NULL: of all. */
static int print_inputs(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg,
        "SELECT DISTINCT ON (period, country, source) period, country, source, n_samples, n_failed, n_days, "
        "n_probes, n_silent, n_networks FROM indicator_value WHERE indicator = $1 AND geo IS NULL AND operator IS NULL "
        "AND technology IS NULL AND family IS NULL AND zone IS NULL AND ($2::text IS NULL OR left(period, 4) = $2) "
        "ORDER BY period, "
        "country, source, n_samples DESC NULLS LAST",
        2, (const char *const[]){i->id, year}, &rows, f);
    if (rc < 0)
        return rc;
    printf("%s", pg_rows_count(rows) ? _("inputs:\n") : _("inputs: none yet\n"));
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (i->measured)
            printf(
                _("  %s %s %s: samples %s, without a result %s, probe-days %s, probes %s, of these silent %s, networks "
                  "%s\n"),
                pg_text(rows, r, 0), pg_text(rows, r, 1), pg_text(rows, r, 2), count_text(rows, r, 3),
                count_text(rows, r, 4), count_text(rows, r, 5), count_text(rows, r, 6), count_text(rows, r, 7),
                count_text(rows, r, 8));
        else
            printf("  %s %s %s\n", pg_text(rows, r, 0), pg_text(rows, r, 1), pg_text(rows, r, 2));
    return 0;
}

/* What the figure of a year is counted from, object by object. */
static int print_objects(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    _cleanup_text_ char *sql = alloc_format("SELECT country, source, object, lines, good_lines, networks, days, counts "
                                            "FROM object_word(%d, %d, %d) ORDER BY country, source, object",
                                            FLOOR_PROBES, FLOOR_NETWORKS, FLOOR_DAYS);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = refresh_voices(pg, i, year, f);
    if (rc == 0)
        rc = pg_query(pg, sql, 0, NULL, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        printf(_("  %s %s %s: households %s, for which it is good %s, networks %s, days %s%s\n"), pg_text(rows, r, 0),
               pg_text(rows, r, 1), pg_text(rows, r, 2), pg_text(rows, r, 3), pg_text(rows, r, 4), pg_text(rows, r, 5),
               pg_text(rows, r, 6), pg_bool(rows, r, 7) ? "" : _("; too few to count"));
    int ended = pg_run(pg, "ROLLBACK", rc < 0 ? NULL : f);
    return rc < 0 ? rc : ended;
}

/* As functions/excluded.sql has them. */
static const char *why_text(const char *why)
{
    static const struct {
        const char *why, *text;
    } words[] = {
        {"waits", N_("of probes that nobody confirmed")},
        {"young", N_("of probes younger than seven days")},
        {"refused", N_("of probes that the team took out")},
        {"other_line", N_("on another line than the declared one")},
        {"late", N_("come after retention had taken their month")},
        {"clock", N_("of a time that nobody knows")},
        {"out_of_range", N_("with a number that cannot be")},
        {"malformed", N_("not written as results are")},
        {"unknown_check", N_("of checks that this version does not know")},
        {"unknown_metric", N_("with metrics that this version does not know")},
    };
    for (size_t w = 0; w < COUNT(words); w++)
        if (!strcmp(words[w].why, why))
            return _(words[w].text);
    return why;
}

/* What was measured in the year and is in no figure. */
static int print_excluded(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT why, n_probes, n_days, n_results FROM excluded($1::int, $2)", 2,
                      (const char *const[]){year, i->check}, &rows, f);
    if (rc < 0)
        return rc;
    printf("%s", pg_rows_count(rows) ? _("left out, besides what the floor hides or is too young:\n")
                                     : _("left out, besides what the floor hides or is too young: nothing\n"));
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (!strcmp(pg_text(rows, r, 0), "late"))
            printf(_("  probe-days %s: %s, of any check, of probes: %s\n"), why_text("late"), pg_text(rows, r, 2),
                   pg_text(rows, r, 1));
        else if (pg_text(rows, r, 2))
            printf(_("  probe-days %s: %s, of probes: %s\n"), why_text(pg_text(rows, r, 0)), pg_text(rows, r, 2),
                   pg_text(rows, r, 1));
        else
            printf(_("  results %s: %s, of any check, of probes: %s\n"), why_text(pg_text(rows, r, 0)),
                   pg_text(rows, r, 3), pg_text(rows, r, 1));
    return 0;
}

/* Of what its figures speak, edition by edition; year NULL: of all. */
static int print_editions(struct pg *pg, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg,
        "SELECT period, country, source, speaks_of, array_to_string(missing_fr, ' ; '), "
        "array_to_string(missing_en, '; ') FROM public_edition WHERE $1::text IS NULL OR left(period, 4) = "
        "$1 ORDER BY period, country, source",
        1, &year, &rows, f);
    if (rc == 0 && pg_rows_count(rows))
        printf("%s", _("speaks of:\n"));
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        const char *period = pg_text(rows, r, 0), *country = pg_text(rows, r, 1), *source = pg_text(rows, r, 2);
        if (!strcmp(pg_text(rows, r, 3), "country"))
            printf(_("  %s %s %s: the country\n"), period, country, source);
        else
            printf(_("  %s %s %s: the measured lines; for the country this is missing: %s\n"), period, country, source,
                   pg_text(rows, r, lang_current() == LANG_FR ? 4 : 5));
    }
    return rc;
}

/* ---- closing a year ---- */

/* The versions of closed years, or of one, in which the indicator has a figure; NULL for all. */
static int print_versions(struct pg *pg, const char *year, const char *indicator, struct fault *f)
{
    static const char sql[] = "SELECT c.year, c.version, to_char(c.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), "
                              "c.closed_by, c.changed, "
                              "array_to_string(c.why, ' ') FROM closed_version c WHERE ($1::int IS NULL OR c.year = "
                              "$1::int) AND ($2::text IS "
                              "NULL OR EXISTS (SELECT FROM closed_figure v WHERE (v.year, v.version) = (c.year, "
                              "c.version) AND v.indicator = $2)) "
                              "ORDER BY 1, 2";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 2, (const char *const[]){year, indicator}, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0 && !indicator)
        printf("%s", _("no version yet: the figures are provisional\n"));
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        _cleanup_(buf_free) struct buf why = {0};
        const char *by = pg_text(rows, r, 3);
        printf(_("%s version %s of %s UTC: "), pg_text(rows, r, 0), pg_text(rows, r, 1), pg_text(rows, r, 2));
        closing_reasons(pg_text(rows, r, 5), &why);
        if (by)
            printf(_("closed by %s\n"), by);
        else
            printf(_("figures changed: %s (%s)\n"), pg_text(rows, r, 4), why.data);
    }
    return 0;
}

static int explain(const struct session *s, struct fault *f)
{
    const struct indicator *i = indicator_find(s->in->args[0]);
    if (!i) /* a chapter's own, which PostgreSQL refused just now */
        return fault_set(f, -EINVAL, _("%s: its file is faulty"), s->in->args[0]);
    const char *year = invocation_text(s->in, "year");
    if (invocation_flag(s->in, "verify") && !indicator_made(i) && !indicator_counted(i) && !indicator_derived(i) &&
        !indicator_calculated(i))
        return fault_set(
            f, -EINVAL, _("%s is neither measured nor calculated: there is nothing that its figures could follow from"),
            i->id);
    int rc = update(s->pg, f);
    if (rc == 0)
        rc = print_inputs(s->pg, i, year, f);
    if (rc == 0 && i->objects && year)
        rc = print_objects(s->pg, i, year, f);
    if (rc == 0 && i->calculated && year)
        rc = print_calculated(s->pg, i, s->context->settings.country, year, f);
    if (rc == 0 && i->measured && year)
        rc = print_excluded(s->pg, i, year, f);
    if (rc == 0 && i->measured)
        rc = print_editions(s->pg, year, f);
    if (rc == 0)
        rc = print_versions(s->pg, year, i->id, f);
    if (rc == 0)
        rc = framework_print_of(s, i->id, f);
    return rc < 0 || !invocation_flag(s->in, "verify") ? rc : follow_tell(s, year, i, f);
}

static int verify(const struct session *s, struct fault *f)
{
    int rc = update(s->pg, f);
    return rc < 0 ? rc : follow_tell(s, invocation_text(s->in, "year"), NULL, f);
}

static int close_year(const struct session *s, struct fault *f)
{
    const char *year = invocation_text(s->in, "year"), *by = invocation_text(s->in, "by");
    _cleanup_text_ char *asking = user_asking();
    int rc = closing_close(s->pg, year, by ? by : asking, f);
    return rc < 0 ? rc : print_versions(s->pg, year, NULL, f);
}

static int versions(const struct session *s, struct fault *f)
{
    int rc = update(s->pg, f);
    return rc < 0 ? rc : print_versions(s->pg, invocation_text(s->in, "year"), NULL, f);
}

#define CHANGES_SQL                                                                                                    \
    "SELECT indicator, period, statistic, country, geo, operator, technology, family, zone, sex, age_group, plan, "    \
    "item, source, change, old_value, new_value, unit, old_floor, new_floor, old_method, new_method, "                 \
    "array_to_string(why, ' ') FROM closed_changes($1::int, $2::int, $3::int) ORDER BY " FIGURE_ORDER

static const struct encode_column change_columns[] = {
    {"indicator", ENCODE_TEXT},    {"period", ENCODE_TEXT},      {"statistic", ENCODE_TEXT},
    {"country", ENCODE_TEXT},      {"geo", ENCODE_TEXT},         {"operator", ENCODE_TEXT},
    {"technology", ENCODE_TEXT},   {"family", ENCODE_TEXT},      {"zone", ENCODE_TEXT},
    {"sex", ENCODE_TEXT},          {"age_group", ENCODE_TEXT},   {"plan", ENCODE_TEXT},
    {"item", ENCODE_TEXT},         {"source", ENCODE_TEXT},      {"change", ENCODE_TEXT},
    {"old_value", ENCODE_NUMBER},  {"new_value", ENCODE_NUMBER}, {"unit", ENCODE_TEXT},
    {"old_floor", ENCODE_TEXT},    {"new_floor", ENCODE_TEXT},   {"old_method", ENCODE_NUMBER},
    {"new_method", ENCODE_NUMBER}, {"why", ENCODE_TEXT},
};

/* The newer version without --to is the last, the older one without --from the one before it. */
static int span(const struct session *s, const char *year, int *ret_from, int *ret_to, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->pg, "SELECT max(version) FROM public_version WHERE year = $1::int", 1, &year, &rows, f);
    if (rc < 0)
        return rc;
    int to = (int)invocation_number(s->in, "to", pg_int(rows, 0, 0));
    int from = (int)invocation_number(s->in, "from", to - 1);
    if (from >= to && to > 1)
        return fault_set(f, -EINVAL, _("version %d is not older than version %d; exchange the two"), from, to);
    *ret_from = to > 1 ? from : to; /* the first has none before it: nothing is listed */
    *ret_to = to;
    return 0;
}

static int compare(const struct session *s, struct fault *f)
{
    const char *year = invocation_text(s->in, "year");
    int from = 0, to = 0, rc = update(s->pg, f);
    if (rc == 0)
        rc = span(s, year, &from, &to, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *older = alloc_format("%d", from), *newer = alloc_format("%d", to);
    rc = check_version(s->pg, year, newer, f);
    if (rc == 0)
        rc = check_version(s->pg, year, older, f);
    return rc < 0 ? rc
                  : print_rows(s->pg, CHANGES_SQL, 3, (const char *const[]){year, older, newer},
                               (struct encoder){chosen_format(s->in), change_columns, COUNT(change_columns), false}, f);
}

/* ---- the command ---- */

static const char *const languages[] = {"fr", "en", NULL};
static const char *const formats[] = {"table", "csv", "json", NULL};

/* Of a neighbour there is what others say of it. */
static int check_country(const char *text, struct fault *f)
{
    if (strlen(text) == 2 && place_country(text))
        return 0;
    return fault_set(f, -EINVAL, _("\"%.16s\" is no country here; there are: %s; and of their neighbours: %s"), text,
                     place_packs(), place_neighbours());
}

static const struct option options[] = {
    {"year", N_("YEAR"), N_("the year"), OPTION_YEAR, .verb = " close compare explain goals verify versions"},
    {"verify", NULL, N_("make its figures of the year again from the ledger, and say whether they are equal"),
     .verb = "explain"},
    {"format", "table|csv|json",
     N_("how: table is for people, of the year and of list; without it, csv, and of list table"), OPTION_WORD,
     .choices = formats, .verb = " compare goals list"},
    {"edition", "N", N_("a version of a closed year; without it, its last"), OPTION_NUMBER, 1, 999999, .verb = ""},
    {"country", "CC",
     N_("of which country, or neighbour of one; without it, a table is of the collector's, and csv and json are of "
        "all"),
     .check = check_country, .verb = ""},
    {"by", N_("NAME"), N_("who closes it; without it, the user who gives the command"), .max = 100, .verb = "close"},
    {"from", "N", N_("the older version; without it, the one before"), OPTION_NUMBER, 1, 999999, .verb = "compare"},
    {"to", "N", N_("the newer version; without it, the last"), OPTION_NUMBER, 1, 999999, .verb = "compare"},
    {"consultation", NULL, N_("the framework as a document, and the form for comments on it"), .verb = "export"},
    {"out", N_("DIR"), N_("the folder that these go to; it is made where it is missing"), OPTION_FILE,
     .verb = "export"},
    {"framework", N_("EDITION"), N_("which edition of the framework; without it, the open one, or else the last"),
     .check = framework_check, .verb = "export"},
    {"lang", "fr|en", N_("in which language; without it, yours"), OPTION_WORD, .choices = languages, .verb = "export"},
    {0},
};

static const struct verb verbs[] = {{"list", DEED(list)},        {"explain", 1, 1, DEED(explain)},
                                    {"close", DEED(close_year)}, {"versions", DEED(versions)},
                                    {"goals", DEED(goals)},      {"verify", DEED(verify)},
                                    {"compare", DEED(compare)},  {"export", DEED(framework_export)},
                                    {"", DEED(print)},           {0}};

static int run(const struct invocation *in)
{
    bool explains = invocation_verb(in, "explain");
    if (invocation_verb(in, "export"))
        return framework_export_run(in);
    bool any_year = (explains && !invocation_flag(in, "verify")) || invocation_verb(in, "versions") ||
                    invocation_verb(in, "list");
    if (as_table(in) && (!*in->verb->name ? invocation_text(in, "edition") != NULL : !invocation_verb(in, "list")))
        return invocation_wrong(in, "%s", _("--format table is of list, and of a year as it stands; take csv or json"));
    if (!any_year && !invocation_text(in, "year"))
        return invocation_wrong(in, "%s",
                                invocation_verb(in, "")
                                    ? _("--year is missing; or name an indicator: explain ID")
                                    : _("--year is missing; a year of four digits is wanted, such as --year 2026"));
    /* Not before the configuration is known: a chapter's own stand beside it. */
    if (explains && !indicator_find(in->args[0]))
        return invocation_wrong(in, _("%s: no indicator; there are: %s"), in->args[0], indicator_ids());
    if (explains)
        print_definition(indicator_find(in->args[0]), in->context->settings.country); /* which needs no database */
    return session_run(in);
}

const struct command command_indicators = {
    .name = "indicators",
    .usage = N_("--year YEAR [--country CC] [--edition N] [--format table|csv|json]\n"
                "list [--format table|csv|json]\n"
                "explain ID [--year YEAR [--verify]]\n"
                "verify --year YEAR\n"
                "close --year YEAR [--by NAME]\n"
                "versions [--year YEAR]\n"
                "goals --year YEAR [--format csv|json]\n"
                "compare --year YEAR [--from N] [--to N] [--format csv|json]\n"
                "export --consultation --out DIR [--framework EDITION] [--lang fr|en]"),
    .help = N_(
        "Print the year's figures, the whole catalogue of indicators with what waits for data and why (list), or how a "
        "figure is made and from how much. A year that is closed keeps what was "
        "published: late results make another version, and what it changes and why is listed. `goals` says what was to "
        "be reached by when, and how the country stood at the end of the year: reached, on the way, late, or no data."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
