/* The command `report`: the yearly report as a document, a table and open data. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/command/paper.h"
#include "collector/command/proof.h"
#include "collector/command/session.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/import/place.h"
#include "collector/report/beside.h"
#include "collector/report/document.h"
#include "collector/report/edition.h"
#include "collector/report/frozen.h"
#include "collector/report/period.h"
#include "collector/report/picture.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/progress.h"

struct made {
    char *name;
    struct buf bytes;
};

/* All of it is made before any of it is written: what fails or is ended in between leaves an earlier report whole, and
 * no document beside another's table. That of a thousand lines is some tens of MB. */
struct shelf {
    struct paper paper;
    struct made *made;
    size_t count;
    struct pg *pg;
    const char *year;
    const char *pictures; /* the folder that its pictures go to; NULL: it has none */
    bool freeze;
    json_t *inputs; /* of what is frozen; NULL: not read yet */
};

static void shelf_free(struct shelf *shelf)
{
    for (size_t m = 0; m < shelf->count; m++) {
        free(shelf->made[m].name);
        buf_free(&shelf->made[m].bytes);
    }
    free(shelf->made);
    json_decref(shelf->inputs);
}

/* Takes name over. */
static struct buf *place(struct shelf *shelf, char *name)
{
    shelf->made = alloc_resize(shelf->made, shelf->count + 1, sizeof *shelf->made);
    shelf->made[shelf->count] = (struct made){.name = name};
    return &shelf->made[shelf->count++].bytes;
}

/* What is frozen is read in the snapshot of the report itself. */
static int keep(void *of, const char *name, const struct buf *bytes, struct fault *f)
{
    struct shelf *shelf = of;
    buf_add(place(shelf, alloc_text(name)), bytes->data, bytes->len);
    return shelf->freeze && !shelf->inputs ? frozen_inputs(shelf->pg, shelf->year, &shelf->inputs, f) : 0;
}

/* What is mailed has no pages. */
static bool is_printed(const char *name)
{
    static const char html[] = ".html", mail[] = "-mail.html";
    const size_t len = strlen(name);
    return len >= strlen(html) && !strcmp(name + len - strlen(html), html) &&
           (len < strlen(mail) || strcmp(name + len - strlen(mail), mail) != 0);
}

/* A page that authors put beside the report stays as it is: printing it would read what it names. */
static bool is_theirs(const char *name)
{
    static const char folder[] = EDITION_QUESTIONNAIRES "/";
    return !strncmp(name, folder, strlen(folder));
}

/* Documents are printed as well, and a picture is made for those who take no SVG. That takes its time: by then the
 * report's snapshot holds nothing up in the database. */
static int print(struct shelf *shelf, struct fault *f)
{
    struct progress shown = {0};
    int rc = 0;
    for (size_t m = 0, count = shelf->count; rc == 0 && m < count; m++) {
        progress_show(&shown, _("files printed and drawn"), (int64_t)m, (int64_t)count);
        const char *name = shelf->made[m].name, *ending = strrchr(name, '.');
        const int stem = ending ? (int)(ending - name) : 0;
        const struct buf bytes = shelf->made[m].bytes; /* its array may move */
        if (is_theirs(name))
            continue;
        if (is_printed(name))
            rc = paper_make_pdf(&bytes, place(shelf, alloc_format("%.*s.pdf", stem, name)), f);
        else if (ending && !strcmp(ending, ".svg"))
            rc = paper_make_png(&shelf->paper, &bytes, place(shelf, alloc_format("%.*s.png", stem, name)), f);
    }
    progress_end(&shown);
    return rc;
}

static bool holds(const struct shelf *shelf, const char *name)
{
    for (size_t m = 0; m < shelf->count; m++)
        if (shelf->made[m].bytes.len && !strcmp(shelf->made[m].name, name))
            return true;
    return false;
}

/* What an earlier report in the folder had and this one has not: of another year, or of a figure that was withdrawn. */
static int clear(const struct shelf *shelf, struct fault *f)
{
    static const char *const endings[] = {"svg", "png"};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t m = 0; rc == 0 && m < shelf->count; m++)
        if (!shelf->made[m].bytes.len)
            rc = paper_remove(&shelf->paper, shelf->made[m].name, f);
    for (size_t n = 0; shelf->pictures && rc == 0 && n < count * PICTURE_COUNT * COUNT(endings); n++) {
        const size_t picture = n / COUNT(endings);
        _cleanup_text_ char *name = alloc_format("%s/%s-%s.%s", shelf->pictures, all[picture / PICTURE_COUNT].id,
                                                 picture_word((enum picture)(picture % PICTURE_COUNT)),
                                                 endings[n % COUNT(endings)]);
        if (!holds(shelf, name))
            rc = paper_remove(&shelf->paper, name, f);
    }
    return rc;
}

/* Sheets have the names that authors gave them: those of an earlier report are the ones that its page lists, and what
 * else lies beside them is none of ours. */
static int clear_sheets(const struct shelf *shelf, const char *page, struct fault *f)
{
    static const char folder[] = EDITION_QUESTIONNAIRES "/";
    int rc = 0;
    for (const char *at = page ? strstr(page, folder) : NULL; rc == 0 && at; at = strstr(at, folder)) {
        const size_t len = strlen(folder) + strcspn(at + strlen(folder), "/&<\"");
        _cleanup_text_ char *name = alloc_text_n(at, len);
        at += len;
        if (*at == '<' && len > strlen(folder) && !holds(shelf, name))
            rc = paper_remove(&shelf->paper, name, f);
    }
    return rc;
}

static void place_frozen(struct shelf *shelf, const struct report_order *order)
{
    _cleanup_json_ json_t *about = json_pack("{s:s, s:s, s:s}", "country", order->country, "year", order->year,
                                             "language", order->language->code),
                          *files = json_array();
    for (size_t m = 0; m < shelf->count; m++)
        if (shelf->made[m].bytes.len)
            frozen_add(files, shelf->made[m].name, &shelf->made[m].bytes);
    frozen_write(about, files, shelf->inputs, place(shelf, alloc_text(FROZEN_NAME)));
}

/* What was printed from there is no longer to be verified once other files stand in its place. */
static int refuse_frozen(const struct shelf *shelf, struct fault *f)
{
    _cleanup_(buf_free) struct buf frozen = {0};
    struct fault none = {0};
    if (shelf->freeze || paper_read(shelf->paper.folder, FROZEN_NAME, &frozen, &none) < 0)
        return 0;
    return fault_set(f, -EEXIST, _("the report in %s is frozen; choose another folder, or write it anew with --freeze"),
                     shelf->paper.folder);
}

/* The numbers of another document would be held against our table. */
static int refuse_another(const struct shelf *shelf, struct fault *f)
{
    if (!holds(shelf, "indicators.csv"))
        return 0;
    const char **names = alloc_zero(shelf->count, sizeof *names);
    for (size_t m = 0; m < shelf->count; m++)
        names[m] = shelf->made[m].name;
    _cleanup_text_ char *other = paper_other(&shelf->paper, names, shelf->count);
    free(names);
    return other ? fault_set(f, -EEXIST,
                             _("%s/%s is another document, whose numbers stand in the indicators.csv beside it; choose "
                               "another folder, or take it away"),
                             shelf->paper.folder, other)
                 : 0;
}

/* A full disk leaves no half of them. */
static int write_made(const struct shelf *shelf, struct fault *f)
{
    _cleanup_fd_ int lock = -1;
    int rc = paper_lock(&shelf->paper, &lock, f);
    if (rc == 0)
        rc = refuse_frozen(shelf, f);
    if (rc == 0)
        rc = refuse_another(shelf, f);
    _cleanup_(buf_free) struct buf before = {0};
    struct fault none = {0};
    if (rc == 0 && shelf->pictures && paper_read(shelf->paper.folder, "report.html", &before, &none) < 0)
        before = (struct buf){0};
    size_t staged = 0, settled = 0;
    for (; rc == 0 && staged < shelf->count; staged++)
        if (shelf->made[staged].bytes.len)
            rc = paper_stage(&shelf->paper, shelf->made[staged].name, &shelf->made[staged].bytes, f);
    for (; rc == 0 && settled < shelf->count; settled++)
        if (shelf->made[settled].bytes.len)
            rc = paper_settle(&shelf->paper, shelf->made[settled].name, f);
    for (; settled < staged; settled++)
        paper_unstage(&shelf->paper, shelf->made[settled].name);
    if (rc == 0)
        rc = clear(shelf, f);
    return rc < 0 ? rc : clear_sheets(shelf, before.data, f);
}

/* The one that an option asks for, or the first. ret_other: one more that is asked for; NULL: none. */
static const struct document *chosen(const struct invocation *in, const struct document **ret_other)
{
    size_t count;
    const struct document *const *all = document_all(&count), *found = NULL;
    *ret_other = NULL;
    for (size_t d = 0; d < count; d++) {
        if (!all[d]->option || !invocation_flag(in, all[d]->option))
            continue;
        *ret_other = found;
        found = all[d];
    }
    return found ? found : all[0];
}

static int make(const struct session *s, const struct report_order *order, struct shelf *shelf, struct fault *f)
{
    int rc = rollup_run_shown(s->pg, f);
    if (rc == 0)
        rc = refresh_run(s->pg, f);
    return rc < 0 ? rc : report_write(s->pg, order, &(struct outlet){keep, shelf}, f);
}

static int write_document(const struct session *s, struct fault *f)
{
    const char *code = invocation_text(s->in, "lang"), *country = invocation_text(s->in, "country");
    const char *ours = s->context->settings.country, *config = s->context->config, *name = strrchr(config, '/');
    const int folder = name ? (int)(name + 1 - config) : 0;
    const struct document *other;
    struct report_order order = {
        .document = chosen(s->in, &other),
        .country = country ? country : ours,
        .scratch = paper_scratch(),
        .year = invocation_text(s->in, "year"),
        .embargo = invocation_text(s->in, "embargo"),
        .contact = invocation_text(s->in, "contact"),
        .until = invocation_text(s->in, "until"),
        .language = language_find(code ? code : lang_code(lang_current())),
        .mail = invocation_flag(s->in, "email"),
    };
    if (order.document->option)
        order.wanted = invocation_text(s->in, order.document->option);
    if (order.document->read) {
        int rc = order.document->read(&order, f);
        if (rc < 0)
            return rc;
    }
    _cleanup_text_ char *map = alloc_format("%.*s%s.geo.json", folder, config, order.country),
                        *chapters = alloc_format("%.*schapters/%s/%s", folder, config, order.year,
                                                 order.language->code);
    order.map = map;
    order.chapters = strcmp(order.country, ours) ? NULL : chapters; /* authors write of their own */
    _cleanup_(shelf_free) struct shelf shelf = {
        {.folder = invocation_text(s->in, "out")},
        .pg = s->pg,
        .year = order.year,
        .pictures = order.document->pictures,
        .freeze = invocation_flag(s->in, "freeze"),
    };
    int rc = refuse_frozen(&shelf, f);
    if (rc == 0)
        rc = make(s, &order, &shelf, f);
    if (rc == 0)
        rc = print(&shelf, f);
    if (rc == 0 && shelf.freeze)
        place_frozen(&shelf, &order);
    return rc < 0 ? rc : write_made(&shelf, f);
}

static int verify(const struct session *s, struct fault *f)
{
    return proof_tell(s, invocation_text(s->in, "verify"), f);
}

/* ---- the command ---- */

static int check_country(const char *text, struct fault *f)
{
    const struct place_country *place = strlen(text) == 2 ? place_country(text) : NULL;
    if (place && !place->neighbour)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.16s\" has no country pack; there are: %s"), text, place_packs());
}

#define CONTACT_MAX 120

static int check_month(const char *text, struct fault *f)
{
    struct period unused;
    return period_read(text, 1, &unused, f);
}

static int check_quarter(const char *text, struct fault *f)
{
    struct period unused;
    return period_read(text, 3, &unused, f);
}

static const char *const languages[] = {"fr", "en", NULL};

static const struct option options[] = {
    {"year", N_("YEAR"), N_("the year"), OPTION_YEAR},
    {"compare", "Y1,Y2,…", N_("those years side by side, in the place of the report"), .check = beside_years},
    {"countries", "CC,CC,…",
     N_("those countries side by side in the year, by the editions of other chapters that were "
        "imported"),
     .check = beside_countries},
    {"month", N_("MONTH"), N_("a bulletin of that month, 2026-11, in the place of the report"), .check = check_month},
    {"quarter", N_("QUARTER"), N_("a bulletin of that quarter, 2026-Q3"), .check = check_quarter},
    {"email", NULL, N_("the bulletin as a mail as well")},
    {"lang", "fr|en", N_("in which language; without it, yours"), OPTION_WORD, .choices = languages},
    {"country", "CC", N_("of which country; without it, the collector's"), .check = check_country},
    {"out", N_("DIR"), N_("the folder that the report goes to; it is made where it is missing"), OPTION_FILE},
    {"press", NULL, N_("what the press is given: a communiqué of one page, pictures for phones, a text for the radio")},
    {"embargo", N_("DAY"),
     N_("of --press: until which day nothing of it is to be published; without it, as edition.conf says, or at once"),
     OPTION_DAY},
    {"contact", N_("TEXT"),
     N_("of --press: whom journalists ask, such as a name and a mailbox; without it, as edition.conf says"),
     OPTION_TEXT, .max = CONTACT_MAX},
    {"review", N_("OPERATOR"), N_("what is published of an operator, for it to read before everybody does"),
     OPTION_TEXT},
    {"until", N_("DAY"), N_("of --review: the last day for its answer; without it, 15 days after receipt"), OPTION_DAY},
    {"activity", NULL, N_("what was done in the year, for who pays and for the general assembly")},
    {"freeze", NULL, N_("write freeze.json as well: what it is and what it was made of")},
    {"verify", N_("DIR"), N_("say which numbers of the frozen report in that folder still follow"), OPTION_FILE},
    {0},
};

/* An option that another document would take; NULL: none. */
static const char *astray(const struct invocation *in, const struct document *document, const char **ret_goes_with)
{
    static const struct {
        const char *option, *document;
    } owned[] = {{"embargo", "press"}, {"contact", "press"}, {"until", "review"}};
    for (size_t o = 0; o < COUNT(owned); o++) {
        *ret_goes_with = owned[o].document;
        if (invocation_text(in, owned[o].option) && strcmp(document->name, owned[o].document) != 0)
            return owned[o].option;
    }
    return NULL;
}

static int run(const struct invocation *in)
{
    const struct document *other, *document = chosen(in, &other);
    if (invocation_text(in, "verify"))
        return session_do(in, verify, NULL);
    if (other)
        return invocation_wrong(in, _("--%s and --%s are two documents; ask for one, then for the other"),
                                other->option, document->option);
    if (document->countries && invocation_text(in, "country"))
        return invocation_wrong(in, _("--country does not go with --%s"), document->option);
    if (document->option && invocation_flag(in, "freeze"))
        return invocation_wrong(in, _("--freeze is of the yearly report, not of --%s"), document->option);
    if (document->read && invocation_text(in, "year"))
        return invocation_wrong(in, _("--%s says of which year; leave --year out"), document->option);
    if (invocation_flag(in, "email") && strcmp(document->name, "bulletin") != 0)
        return invocation_wrong(in, _("--email is of a bulletin; give --month or --quarter"));
    const char *goes_with, *stray = astray(in, document, &goes_with);
    if (stray)
        return invocation_wrong(in, _("--%s goes with --%s alone"), stray, goes_with);
    const char *missing = !document->read && !invocation_text(in, "year") ? "year"
                          : !invocation_text(in, "out")                   ? "out"
                                                                          : NULL;
    return missing ? invocation_wrong(in, _("--%s is missing"), missing) : session_do(in, write_document, NULL);
}

const struct command command_report = {
    .name = "report",
    .usage = N_("--year YEAR --out DIR [--lang fr|en] [--country CC] [--freeze]\n"
                "--press --year YEAR --out DIR [--lang fr|en] [--country CC] [--embargo DAY] [--contact TEXT]\n"
                "--review OPERATOR --year YEAR --out DIR [--lang fr|en] [--country CC] [--until DAY]\n"
                "--activity --year YEAR --out DIR [--lang fr|en] [--country CC]\n"
                "--compare Y1,Y2,… --out DIR [--lang fr|en] [--country CC]\n"
                "--countries CC,CC,… --year YEAR --out DIR [--lang fr|en]\n"
                "--month MONTH|--quarter QUARTER --out DIR [--email] [--lang fr|en] [--country CC]\n"
                "--verify DIR"),
    .help = N_("Write the report of a year: report.html, one file that asks nobody for anything; report.pdf, where "
               "WeasyPrint is installed; figures/, its pictures as SVG, and as PNG where rsvg-convert is installed; "
               "indicators.csv, where each number of the document stands; indicators.xlsx, the same as a workbook; and "
               "datapackage.json, which describes it as open data. Of a month or a quarter: bulletin.html and "
               "bulletin.pdf, two pages, and bulletin.csv, where each of their numbers stands; with --email also "
               "bulletin.eml, which a mail program opens as a draft, and its parts bulletin-mail.html and "
               "bulletin.txt. Nothing is sent."),
    .options = options,
    .run = run,
};
