/* The command `indicators`: the year's figures as CSV or JSON, and how one of
 * them is made. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/format/encode.h"
#include "collector/figure/crowd.h"
#include "collector/figure/figure.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/figure/weight.h"
#include "common/conf.h"
#include "common/lang.h"
#include "common/output.h"

/* ---- the figures ---- */

/* No more of a long answer than somebody reads. */
static int flush(struct buf *out, struct fault *f)
{
    fwrite(out->data ? out->data : "", 1, out->len, stdout);
    buf_clear(out);
    return ferror(stdout) ? output_flush(f) : 0;
}

static int print_year(struct pg *pg, const char *year, enum encode_format format, struct fault *f)
{
    struct encoder e = {.format = format, .columns = figure_columns, .count = figure_column_count};
    _cleanup_(buf_free) struct buf out = {0};
    _cleanup_text_ char *columns = figure_select();
    _cleanup_text_ char *sql = alloc_format(
        "SELECT %s FROM public_indicator WHERE left(period, 4) = $1 ORDER BY " FIGURE_ORDER, columns);
    const struct pg_rows *row = NULL;
    int rc = pg_stream_start(pg, sql, 1, &year, f);
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

/* ---- how one is made ---- */

static void print_definition(const struct indicator *i)
{
    enum lang lang = lang_current();
    printf("%s  %s\n\n%s\n\n", i->id, i->name[lang], i->definition[lang]);
    printf(_("unit             %s\n"), i->unit[lang]);
    printf(_("status           %s, method version %d\n"), i->status, i->method);
    printf("%s", _("statistics       "));
    for (size_t s = 0; s < i->statistic_count; s++)
        printf("%s%s", s ? ", " : "", i->statistics[s].name);
    printf("\n");
    if (!i->measured) {
        printf(_("source           imported: internetmetre-collector import csv FILE\n"));
        return;
    }
    printf(_("interval         95 %%, bootstrap over probes, %d replicates, seed %" PRIu64 "; none below %d probes\n"),
           STAT_REPLICATES, indicator_seed(i), STAT_BOOTSTRAP_CLUSTERS_MIN);
    printf(_("publication      from %d networks, %d probes and %d days of measurement on, and where no difference of "
             "figures tells "
             "of fewer; hidden cells count in the larger ones\n"),
           FLOOR_NETWORKS, FLOOR_PROBES, FLOOR_DAYS);
    printf(_("weights          a probe the days expected of it, no day with a value more than %d; none more than a "
             "fifth; what "
             "one person confirmed, no more than all others; in a mean, the largest probe at most %d times all but the "
             "two largest\n"),
           WEIGHT_DAY_MOST, WEIGHT_MEAN_TIMES);
    printf(_("\nSQL, $1 the first day, $2 the day after the last:\n\n%s\n"), i->sql);
}

/* A figure that is hidden has none. */
static const char *count_text(const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    return text ? text : "-";
}

/* The samples that stand behind it, by year, country and source. */
static int print_inputs(struct pg *pg, const struct indicator *i, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg,
        "SELECT DISTINCT ON (period, country, source) period, country, source, n_samples, n_failed, n_days, "
        "n_probes, n_silent, n_networks FROM indicator_value WHERE indicator = $1 AND geo IS NULL AND operator IS NULL "
        "AND technology IS NULL AND family IS NULL ORDER BY period, country, source, n_samples DESC NULLS LAST",
        1, (const char *const[]){i->id}, &rows, f);
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

/* Of what its figures speak, edition by edition. */
static int print_editions(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT period, country, source, speaks_of, array_to_string(missing_fr, ' ; '), "
                      "array_to_string(missing_en, '; ') FROM public_edition ORDER BY period, country, source",
                      0, NULL, &rows, f);
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

static int print_explained(struct pg *pg, const struct indicator *i, struct fault *f)
{
    int rc = print_inputs(pg, i, f);
    return rc == 0 && i->measured ? print_editions(pg, f) : rc;
}

/* ---- the command ---- */

static int check_indicator(const char *text, struct fault *f)
{
    if (indicator_find(text))
        return 0;
    return fault_set(f, -EINVAL, _("no indicator; there are: %s"), indicator_ids());
}

static int check_year(const char *text, struct fault *f)
{
    int64_t year;
    if (strlen(text) == 4 && conf_parse_int(text, &year) == 0 && year >= 1900 && year <= 2100)
        return 0;
    return fault_set(f, -EINVAL, _("a year of four digits is wanted"));
}

static const char *const formats[] = {"csv", "json", NULL};

static const struct option options[] = {
    {"year", N_("YEAR"), N_("the year whose figures are printed"), .check = check_year, .verb = ""},
    {"format", "csv|json", N_("how; without it, csv"), OPTION_WORD, .choices = formats, .verb = ""},
    {0},
};

static const struct verb verbs[] = {{"explain", 1, 1, check_indicator}, {""}, {0}};

static int print(const struct session *s, struct fault *f)
{
    const struct indicator *explain = s->data;
    const char *word = invocation_text(s->in, "format");
    enum encode_format format = ENCODE_CSV;
    int rc = rollup_run(s->pg, f);
    if (rc == 0)
        rc = refresh_run(s->pg, f);
    if (rc == 0 && word)
        rc = encode_format_parse(word, &format);
    if (rc < 0)
        return rc;
    return explain ? print_explained(s->pg, explain, f) : print_year(s->pg, invocation_text(s->in, "year"), format, f);
}

static int run(const struct invocation *in)
{
    const struct indicator *explain = in->arg_count > 0 ? indicator_find(in->args[0]) : NULL;
    if (!explain && !invocation_text(in, "year"))
        return invocation_wrong(in, "%s", _("--year is missing; or name an indicator: explain ID"));
    if (explain)
        print_definition(explain);
    return session_do(in, print, explain);
}

const struct command command_indicators = {
    .name = "indicators",
    .usage = N_("--year YEAR [--format csv|json]\nexplain ID"),
    .help = N_("Print the year's figures, or how a figure is made and from how much."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
