/* The command `indicators`: the year's figures as CSV or JSON, and how one of
 * them is made. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/database.h"
#include "collector/encode.h"
#include "collector/figure.h"
#include "collector/refresh.h"
#include "collector/rollup.h"
#include "common/lang.h"
#include "common/log.h"

/* ---- the figures ---- */

static int flush(struct buf *out, struct fault *f)
{
    size_t written = fwrite(out->data ? out->data : "", 1, out->len, stdout);
    if (written != out->len)
        return fault_set(f, -EIO, "standard output: %s", strerror(errno));
    buf_clear(out);
    return 0;
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
    printf(_("interval         95 %%, bootstrap over probes, %d replicates, seed %" PRIu64
             "; the range below %d probes\n"),
           STAT_REPLICATES, indicator_seed(i), STAT_BOOTSTRAP_CLUSTERS_MIN);
    printf(_("publication      from %d networks and %d probe-days on; smaller cells count in the larger ones only\n"),
           STAT_FLOOR_NETWORKS, STAT_FLOOR_PROBE_DAYS);
    printf(_("\nSQL, $1 the first day, $2 the day after the last:\n\n%s\n"), i->sql);
}

/* The samples that stand behind it, by year, country and source. */
static int print_inputs(struct pg *pg, const struct indicator *i, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        pg,
        "SELECT DISTINCT ON (period, country, source) period, country, source, n_samples, n_days, n_probes, "
        "n_networks FROM indicator_value WHERE indicator = $1 AND geo IS NULL AND operator IS NULL "
        "AND technology IS NULL AND family IS NULL ORDER BY period, country, source",
        1, (const char *const[]){i->id}, &rows, f);
    if (rc < 0)
        return rc;
    printf("%s", pg_rows_count(rows) ? _("inputs:\n") : _("inputs: none yet\n"));
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (i->measured)
            printf(_("  %s %s %s: samples %s, probe-days %s, probes %s, networks %s\n"), pg_text(rows, r, 0),
                   pg_text(rows, r, 1), pg_text(rows, r, 2), pg_text(rows, r, 3), pg_text(rows, r, 4),
                   pg_text(rows, r, 5), pg_text(rows, r, 6));
        else
            printf("  %s %s %s\n", pg_text(rows, r, 0), pg_text(rows, r, 1), pg_text(rows, r, 2));
    return 0;
}

/* ---- the command ---- */

struct wanted {
    const char *year;
    const struct indicator *explain; /* instead of the year */
    enum encode_format format;
};

static int run(const struct context *c, const struct wanted *w, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_session(c, &d, &pg, f);
    if (rc == 0)
        rc = rollup_run(pg, f);
    if (rc == 0)
        rc = refresh_run(pg, f);
    if (rc < 0)
        return rc;
    return w->explain ? print_inputs(pg, w->explain, f) : print_year(pg, w->year, w->format, f);
}

static int parse(int argc, char **argv, struct wanted *ret)
{
    static const struct option options[] = {
        {"year", required_argument, NULL, 'y'}, {"format", required_argument, NULL, 'f'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'y' && strlen(optarg) == 4 && strspn(optarg, "0123456789") == 4) {
            ret->year = optarg;
        } else if (o == 'y') {
            log_error(_("--year %s: not a year of four digits"), optarg);
            return -EINVAL;
        } else if (o != 'f' || encode_format_parse(optarg, &ret->format) < 0 || ret->format == ENCODE_NDJSON) {
            if (o == 'f')
                log_error(_("--format %s: allowed are csv and json"), optarg);
            return -EINVAL;
        }
    }
    bool explain = optind < argc && !strcmp(argv[optind], "explain");
    if (argc != optind + (explain ? 2 : 0) || explain == (ret->year != NULL))
        return -EINVAL;
    if (!explain)
        return 0;
    ret->explain = indicator_find(argv[optind + 1]);
    if (!ret->explain)
        log_error(_("%s is no indicator; there are: %s"), argv[optind + 1], indicator_ids());
    return ret->explain ? 0 : -EINVAL;
}

static int command_run(const struct context *c, int argc, char **argv)
{
    struct wanted w = {.format = ENCODE_CSV};
    struct fault f = {0};
    if (parse(argc, argv, &w) < 0)
        return COMMAND_USAGE;
    if (w.explain)
        print_definition(w.explain);
    if (run(c, &w, &f) < 0) {
        log_error("%s", f.text);
        return 1;
    }
    return 0;
}

const struct command command_indicators = {
    .name = "indicators",
    .usage = N_("indicators --year YEAR [--format csv|json]\nindicators explain ID"),
    .help = N_("Print the year's figures, or how a figure is made and from how much."),
    .run = command_run,
};
