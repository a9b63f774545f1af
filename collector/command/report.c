/* The command `report`: the yearly report as a document, a table and open data. */
#include <errno.h>
#include <string.h>

#include "collector/command/paper.h"
#include "collector/command/session.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/import/place.h"
#include "collector/report/report.h"
#include "common/lang.h"

struct shelf {
    const char *folder;
    bool no_png; /* which was said */
};

/* The document is printed as well, and a picture is made for those who take no SVG. */
static int keep(void *of, const char *name, const struct buf *bytes, struct fault *f)
{
    struct shelf *shelf = of;
    const char *ending = strrchr(name, '.');
    int rc = paper_write(shelf->folder, name, bytes, f);
    if (rc == 0 && !strcmp(name, "report.html"))
        rc = paper_write_pdf(shelf->folder, "report.pdf", bytes, f);
    if (rc == 0 && ending && !strcmp(ending, ".svg"))
        rc = paper_write_png(shelf->folder, name, bytes, &shelf->no_png, f);
    return rc;
}

static int write_year(const struct session *s, struct fault *f)
{
    const char *code = invocation_text(s->in, "lang"), *wanted = invocation_text(s->in, "country");
    const char *country = wanted ? wanted : s->context->settings.country, *config = s->context->config;
    const char *name = strrchr(config, '/');
    const int folder = name ? (int)(name + 1 - config) : 0;
    const struct language *language = language_find(code ? code : lang_code(lang_current()));
    _cleanup_text_ char *map = alloc_format("%.*s%s.geo.json", folder, config, country),
                        *chapters = alloc_format("%.*schapters/%s/%s", folder, config, invocation_text(s->in, "year"),
                                                 language->code);
    const struct report_order order = {
        .country = country,
        .map = map,
        .scratch = paper_scratch(),
        .chapters = strcmp(country, s->context->settings.country) ? NULL : chapters, /* authors write of their own */
        .year = invocation_text(s->in, "year"),
        .language = language,
    };
    struct shelf shelf = {.folder = invocation_text(s->in, "out")};
    int rc = rollup_run_shown(s->pg, f);
    if (rc == 0)
        rc = refresh_run(s->pg, f);
    return rc < 0 ? rc : report_write(s->pg, &order, keep, &shelf, f);
}

/* ---- the command ---- */

static int check_country(const char *text, struct fault *f)
{
    const struct place_country *place = strlen(text) == 2 ? place_country(text) : NULL;
    if (place && !place->neighbour)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.16s\" has no country pack; there are: %s"), text, place_packs());
}

static const char *const languages[] = {"fr", "en", NULL};

static const struct option options[] = {
    {"year", N_("YEAR"), N_("the year"), OPTION_YEAR},
    {"lang", "fr|en", N_("in which language; without it, yours"), OPTION_WORD, .choices = languages},
    {"country", "CC", N_("of which country; without it, the collector's"), .check = check_country},
    {"out", N_("DIR"), N_("the folder that the report goes to; it is made where it is missing"), OPTION_FILE},
    {0},
};

static int run(const struct invocation *in)
{
    const char *missing = !invocation_text(in, "year") ? "year" : !invocation_text(in, "out") ? "out" : NULL;
    return missing ? invocation_wrong(in, _("--%s is missing"), missing) : session_do(in, write_year, NULL);
}

const struct command command_report = {
    .name = "report",
    .usage = N_("--year YEAR --out DIR [--lang fr|en] [--country CC]"),
    .help = N_("Write the report of a year: report.html, one file that asks nobody for anything; report.pdf, where "
               "WeasyPrint is installed; figures/, its pictures as SVG, and as PNG where rsvg-convert is installed; "
               "indicators.csv, where each number of the document stands; indicators.xlsx, the same as a workbook; and "
               "datapackage.json, which describes it as open data."),
    .options = options,
    .run = run,
};
