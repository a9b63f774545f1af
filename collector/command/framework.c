/* framework: editions of the framework of indicators, from the consultation to the
 * day on which one is adopted. */
#include "collector/command/framework.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/command/paper.h"
#include "collector/db/table.h"
#include "collector/db/user.h"
#include "collector/figure/framework.h"
#include "collector/report/consultation.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

#define INDICATOR_FILE_MAX (256u << 10)

static const char *country_of(const struct session *s)
{
    const char *country = invocation_text(s->in, "country");
    return country ? country : s->context->settings.country;
}

static int find(const struct session *s, struct framework *ret, struct fault *f)
{
    return framework_find(s->pg, country_of(s), invocation_text(s->in, "edition"), ret, f);
}

static int find_open(const struct session *s, struct framework *ret, struct fault *f)
{
    return framework_find_open(s->pg, country_of(s), invocation_text(s->in, "edition"), ret, f);
}

/* Who says so; the caller frees. */
static char *saying(const struct session *s)
{
    const char *by = invocation_text(s->in, "by");
    return by ? alloc_text(by) : user_asking();
}

/* ---- looking at it ---- */

static int list(const struct session *s, struct fault *f)
{
    return table_query(
        s->pg,
        "SELECT w.country, w.edition, to_char(w.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS opened, w.comments_to, "
        "to_char(w.adopted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS adopted, w.adopted_by AS by, (SELECT count(*) FROM "
        "framework_indicator m WHERE m.framework_no = w.framework_no AND m.status <> 'retired') AS indicators, (SELECT "
        "count(*) FROM framework_comment c WHERE c.framework_no = w.framework_no) AS comments FROM framework w "
        "ORDER BY w.country, w.opened_at",
        f);
}

static int print_state(const struct session *s, const struct framework *w, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        s->pg,
        "SELECT to_char(coalesce(adopted_at, opened_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD'), "
        "coalesce(adopted_by, opened_by), comments_to, reason FROM framework WHERE framework_no = $1::int",
        1, (const char *const[]){w->number}, &rows, f);
    if (rc < 0)
        return rc;
    const char *day = pg_text(rows, 0, 0), *by = pg_text(rows, 0, 1), *until = pg_text(rows, 0, 2);
    printf(w->adopted ? _("edition %s of %s: adopted on %s by %s, frozen\n")
                      : _("edition %s of %s: open since %s, by %s\n"),
           w->edition, w->country, day, by);
    if (until && !w->adopted)
        printf(_("the last day for comments: %s\n"), until);
    if (pg_text(rows, 0, 3))
        printf(_("adopted although something was missing: %s\n"), pg_text(rows, 0, 3));
    return 0;
}

static int print_table(const struct session *s, const struct framework *w, const char *sql, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->pg, sql, 1, (const char *const[]){w->number}, &rows, f);
    if (rc < 0)
        return rc;
    puts("");
    table_print(rows, stdout);
    return 0;
}

static int print_lacking(const struct session *s, const struct framework *w, struct fault *f)
{
    _cleanup_(buf_free) struct buf what = {0};
    int rc = framework_lacking(s->pg, w, "\n  ", &what, f);
    if (rc == 0 && what.len)
        printf(_("\nBefore it can be adopted:\n  %s\n"), what.data);
    return rc;
}

/* The program goes on, and what was consulted on stays. */
static int print_differing(const struct session *s, const struct framework *w, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = framework_differs(s->pg, w, &rows, f);
    if (rc == 0 && pg_rows_count(rows))
        printf(_("\nThis program's files say something else of these than edition %s, which stays as it was consulted "
                 "on:\n"),
               w->edition);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        if (!strcmp(pg_text(rows, r, 1), "file"))
            printf(_("  %s: there is no file of it\n"), pg_text(rows, r, 0));
        else
            printf("  %s: %s\n", pg_text(rows, r, 0), pg_text(rows, r, 1));
    return rc;
}

#define INDICATORS_SQL(lang)                                                                                           \
    "SELECT m.indicator, m.name_" lang                                                                                 \
    " AS name, m.status, m.nature, m.method_version AS method, m.proposer, (SELECT "                                   \
    "count(*) FROM framework_comment c WHERE (c.framework_no, c.indicator) = (m.framework_no, m.indicator)) AS "       \
    "comments, (SELECT string_agg(r.score::text, ' / ' ORDER BY lower(r.rater)) FROM framework_rating r WHERE "        \
    "(r.framework_no, r.indicator) = (m.framework_no, m.indicator)) AS ratings FROM framework_indicator m "            \
    "WHERE m.framework_no = $1::int ORDER BY "                                                                         \
    "substring(m.indicator FROM '^[A-Za-z]+'), substring(m.indicator FROM '^[A-Za-z]+([0-9]{1,9})')::int NULLS LAST, " \
    "m.indicator"
#define VOICES_SQL(lang)                                                                                               \
    "SELECT name_" lang " AS \"group\", comments, organisations, answered, taken, partly FROM "                        \
    "framework_voices($1::int)"

static int show(const struct session *s, struct fault *f)
{
    const bool french = lang_current() == LANG_FR;
    struct framework w;
    int rc = find(s, &w, f);
    if (rc == 0)
        rc = print_state(s, &w, f);
    if (rc == 0)
        rc = print_table(s, &w, french ? INDICATORS_SQL("fr") : INDICATORS_SQL("en"), f);
    if (rc == 0)
        rc = print_table(s, &w, french ? VOICES_SQL("fr") : VOICES_SQL("en"), f);
    if (rc == 0 && !w.adopted)
        rc = print_lacking(s, &w, f);
    return rc < 0 ? rc : print_differing(s, &w, f);
}

int framework_print_of(const struct session *s, const char *indicator, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        s->pg,
        "SELECT w.edition, m.status, m.proposer, w.adopted_at IS NOT NULL FROM framework_indicator m JOIN "
        "framework w USING (framework_no) WHERE w.country = $1 AND m.indicator = $2 ORDER BY w.opened_at",
        2, (const char *const[]){s->context->settings.country, indicator}, &rows, f);
    if (rc == 0 && pg_rows_count(rows))
        printf("%s", _("framework:\n"));
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        const char *edition = pg_text(rows, r, 0), *status = pg_text(rows, r, 1), *proposer = pg_text(rows, r, 2);
        if (!strcmp(status, "retired"))
            printf(_("  edition %s: retired\n"), edition);
        else if (!strcmp(status, "adopted") && pg_bool(rows, r, 3))
            printf(_("  edition %s: adopted, proposed by %s\n"), edition, proposer);
        else
            printf(_("  edition %s: in consultation, proposed by %s\n"), edition, proposer);
    }
    return rc;
}

/* ---- comments ---- */

static int print_comment(const struct session *s, const struct framework *w, const char *number, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        s->pg,
        "SELECT coalesce(c.indicator, '-'), c.stakeholder_group, concat_ws(', ', c.person, "
        "c.organisation), c.said_on, c.comment, c.verdict, c.answer, c.answered_by FROM framework_comment "
        "c WHERE c.framework_no = $1::int AND c.number = $2::int",
        2, (const char *const[]){w->number, number}, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0)
        return fault_set(f, -ENOENT, _("there is no comment %s in edition %s; see: framework comments"), number,
                         w->edition);
    printf("%s  %s  %s  %s  %s\n\n%s\n", number, pg_text(rows, 0, 0), pg_text(rows, 0, 1), pg_text(rows, 0, 2),
           pg_text(rows, 0, 3), pg_text(rows, 0, 4));
    if (pg_text(rows, 0, 6))
        printf("\n%s (%s): %s\n", pg_text(rows, 0, 5), pg_text(rows, 0, 7), pg_text(rows, 0, 6));
    return 0;
}

static int comments(const struct session *s, struct fault *f)
{
    static const char sql[] =
        "SELECT c.number, coalesce(c.indicator, '-') AS indicator, c.stakeholder_group AS \"group\", c.organisation, "
        "c.said_on, coalesce(c.verdict, '') AS verdict, left(regexp_replace(c.comment, '\\s+', ' ', 'g'), 60) AS "
        "comment "
        "FROM framework_comment c WHERE c.framework_no = $1::int ";
    struct framework w;
    int rc = find(s, &w, f);
    if (rc < 0)
        return rc;
    if (s->in->arg_count)
        return print_comment(s, &w, s->in->args[0], f);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *all = alloc_format("%s%sORDER BY c.number", sql,
                                            invocation_flag(s->in, "unanswered") ? "AND c.answer IS NULL " : "");
    rc = pg_query(s->pg, all, 1, (const char *const[]){w.number}, &rows, f);
    if (rc == 0)
        table_print(rows, stdout);
    return rc;
}

static int answer(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *by = saying(s);
    const char *number = s->in->args[0];
    struct framework w;
    int rc = find_open(s, &w, f);
    if (rc == 0)
        rc = framework_answer(s->pg, &w, number, invocation_text(s->in, "verdict"), invocation_text(s->in, "text"), by,
                              f);
    if (rc == 0)
        printf(_("comment %s of edition %s is answered\n"), number, w.edition);
    return rc;
}

static int unname(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *by = saying(s);
    const char *number = s->in->args[0];
    struct framework w;
    int rc = find(s, &w, f);
    if (rc == 0)
        rc = framework_unname(s->pg, &w, number, invocation_flag(s->in, "organisation"), by, f);
    if (rc == 0)
        printf(_("comment %s of edition %s is without that name; documents made before may have it: make them again\n"),
               number, w.edition);
    return rc;
}

/* ---- changing it ---- */

static int open_edition(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *by = saying(s);
    const char *edition = s->in->args[0], *until = invocation_text(s->in, "until");
    int rc = framework_open(s->pg, country_of(s), edition, by, until, f);
    if (rc == 0)
        printf(_("edition %s is open; for those who are asked: indicators export --consultation --out DIR\n"), edition);
    return rc;
}

/* Of a file of theirs, or of this program. `text` keeps what the indicator borrows. */
static int read_indicator(const char *path, const char *id, struct buf *text, struct indicator *ret, struct fault *f)
{
    int rc = user_read(path, INDICATOR_FILE_MAX, text, f);
    buf_reserve(text, 1);
    if (rc == 0)
        rc = indicator_read(text->data, ret, f);
    if (rc == 0 && strcmp(ret->id, id) != 0)
        rc = fault_set(f, -EBADMSG, _("the file is of %s, and not of %s"), ret->id, id);
    if (rc == -EBADMSG)
        fault_prefix(f, _("%s: "), path);
    return rc;
}

static int propose(const struct session *s, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_(indicator_free) struct indicator own = {0};
    _cleanup_text_ char *by = saying(s);
    const char *id = s->in->args[0], *path = invocation_text(s->in, "file");
    const struct indicator *i = path ? &own : indicator_find(id);
    struct framework w;
    bool again = false;
    if (!i)
        return fault_set(f, -ENOENT,
                         _("this program has no indicator %s; give its file, with --file FILE, in the form of "
                           "schema/indicators/"),
                         id);
    int rc = path ? read_indicator(path, id, &text, &own, f) : 0;
    if (rc == 0)
        rc = find_open(s, &w, f);
    if (rc == 0)
        rc = framework_propose(s->pg, &w, i, by, &again, f);
    if (rc == 0)
        printf(again ? _("%s is proposed anew in edition %s, with its text of today\n")
                     : _("%s is proposed in edition %s\n"),
               id, w.edition);
    return rc;
}

static int retire(const struct session *s, struct fault *f)
{
    const char *id = s->in->args[0];
    struct framework w;
    int rc = find_open(s, &w, f);
    if (rc == 0)
        rc = framework_retire(s->pg, &w, id, invocation_text(s->in, "why"), f);
    if (rc == 0)
        printf(_("%s is retired in edition %s\n"), id, w.edition);
    return rc;
}

static int rate(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *by = saying(s);
    const struct framework_rating rating = {
        .indicator = s->in->args[0],
        .rater = by,
        .score = invocation_text(s->in, "score"),
        .why = invocation_text(s->in, "why"),
        .source = invocation_text(s->in, "source"),
        .day = invocation_text(s->in, "date"),
    };
    struct framework w;
    int rc = find_open(s, &w, f);
    if (rc == 0)
        rc = framework_rate(s->pg, &w, &rating, f);
    if (rc == 0)
        printf(_("%s is rated %s by %s in edition %s\n"), rating.indicator, rating.score, rating.rater, w.edition);
    return rc;
}

static int adopt(const struct session *s, struct fault *f)
{
    _cleanup_text_ char *by = saying(s);
    struct framework w;
    int rc = find_open(s, &w, f);
    if (rc == 0)
        rc = framework_adopt(s->pg, &w, by, invocation_text(s->in, "reason"), f);
    if (rc == 0)
        printf(_("edition %s is adopted and frozen; as a document: indicators export --consultation --out DIR\n"),
               w.edition);
    return rc < 0 ? rc : print_differing(s, &w, f);
}

/* ---- on paper ---- */

static int export_in(const json_t *edition, const struct language *l, const struct framework *w, const char *folder,
                     struct fault *f)
{
    _cleanup_(buf_free) struct buf html = {0}, form = {0};
    _cleanup_text_ char *page = alloc_format("consultation-%s-%s.html", w->edition, l->code),
                        *pdf = alloc_format("consultation-%s-%s.pdf", w->edition, l->code),
                        *csv = alloc_format("comments-%s-%s.csv", w->edition, l->code);
    const struct paper paper = {.folder = folder};
    int rc = consultation_document(edition, l, &html, f);
    consultation_form(edition, l, &form);
    if (rc == 0)
        rc = paper_write(&paper, page, &html, f);
    if (rc == 0 && !w->adopted)
        rc = paper_write(&paper, csv, &form, f);
    return rc < 0 ? rc : paper_write_pdf(&paper, pdf, &html, f);
}

int framework_export_run(const struct invocation *in)
{
    const char *missing = !invocation_text(in, "out")            ? "out"
                          : !invocation_flag(in, "consultation") ? "consultation"
                                                                 : NULL;
    return missing ? invocation_wrong(in, _("--%s is missing"), missing) : session_run(in);
}

int framework_export(const struct session *s, struct fault *f)
{
    const char *code = invocation_text(s->in, "lang");
    const struct language *l = language_find(code ? code : lang_code(lang_current()));
    _cleanup_json_ json_t *edition = NULL;
    struct framework w;
    int rc = framework_find(s->pg, country_of(s), invocation_text(s->in, "framework"), &w, f);
    if (rc == 0)
        rc = consultation_read(s->pg, &w, &edition, f);
    return rc < 0 ? rc : export_in(edition, l, &w, invocation_text(s->in, "out"), f);
}

/* ---- the command ---- */

static int check_country(const char *text, struct fault *f)
{
    if (strlen(text) == 2 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2)
        return 0;
    return fault_set(f, -EINVAL, _("a country code of ISO 3166-1 such as BJ is wanted"));
}

int framework_check(const char *text, struct fault *f)
{
    if (framework_edition(text))
        return 0;
    return fault_set(f, -EINVAL, _("the name of an edition is wanted, such as 2027: letters, digits, points, dashes"));
}

static int check_id(const char *text, struct fault *f)
{
    if (*text && strlen(text) <= 32 && form_text(text))
        return 0;
    return fault_set(f, -EINVAL, _("an indicator is wanted, such as PER5"));
}

static int check_number(const char *text, struct fault *f)
{
    if (form_number(text, 6))
        return 0;
    return fault_set(f, -EINVAL, _("a comment's number is wanted, as `framework comments` has it"));
}

static int check_source(const char *text, struct fault *f)
{
    if (form_link(text))
        return 0;
    return fault_set(f, -EINVAL, _("an address that begins with https:// or http:// is wanted"));
}

static const char *const verdicts[] = {"taken", "partly", "not-taken", NULL};

static const struct option options[] = {
    {"country", N_("CC"), N_("of which country; without it, the collector's"), .check = check_country,
     .verb = "open show propose retire comments answer unname rate adopt"},
    {"edition", N_("EDITION"), N_("which edition; without it, the open one, or else the last"),
     .check = framework_check, .verb = "show propose retire comments answer unname rate adopt"},
    {"until", N_("DAY"), N_("the last day for comments, which the document names"), OPTION_DAY, .verb = "open"},
    {"file", N_("FILE"), N_("the indicator's own file, in the form of schema/indicators/; without it, this program's"),
     OPTION_FILE, .verb = "propose"},
    {"unanswered", NULL, N_("only those without an answer"), .verb = "comments"},
    {"verdict", "taken|partly|not-taken", N_("what becomes of the comment"), OPTION_WORD, .choices = verdicts,
     .verb = "answer"},
    {"text", N_("TEXT"), N_("the answer"), .max = 4000, .verb = "answer"},
    {"score", "0..4", N_("on the indicator's scale"), OPTION_NUMBER, 0, 4, .verb = "rate"},
    {"why", N_("TEXT"), N_("why, for who looks later"), .max = 4000, .verb = "retire rate"},
    {"source", N_("URL"), N_("where that can be read"), .max = 1000, .check = check_source, .verb = "rate"},
    {"date", N_("DAY"), N_("the day of the rating; without it, today"), OPTION_DAY, .verb = "rate"},
    {"reason", N_("TEXT"), N_("adopt it although something is missing, and print why"), .max = 1000, .verb = "adopt"},
    {"by", N_("NAME"), N_("who says so; without it, the user who gives the command"), .max = 100,
     .verb = "open propose answer unname rate adopt"},
    {"organisation", NULL, N_("the organisation as well, where it says who it is"), .verb = "unname"},
    {0},
};

static const struct verb verbs[] = {{"list", DEED(list)},
                                    {"open", 1, 1, framework_check, DEED(open_edition)},
                                    {"show", DEED(show)},
                                    {"propose", 1, 1, check_id, DEED(propose)},
                                    {"retire", 1, 1, check_id, DEED(retire)},
                                    {"comments", 0, 1, check_number, DEED(comments)},
                                    {"answer", 1, 1, check_number, DEED(answer)},
                                    {"unname", 1, 1, check_number, DEED(unname)},
                                    {"rate", 1, 1, check_id, DEED(rate)},
                                    {"adopt", DEED(adopt)},
                                    {0}};

static int run(const struct invocation *in)
{
    static const char *const wanted[][2] = {{"answer", "verdict"}, {"answer", "text"}, {"retire", "why"},
                                            {"rate", "score"},     {"rate", "why"},    {"rate", "source"}};
    for (size_t w = 0; w < COUNT(wanted); w++)
        if (invocation_verb(in, wanted[w][0]) && !invocation_text(in, wanted[w][1]))
            return invocation_wrong(in, _("--%s is missing"), wanted[w][1]);
    return session_run(in);
}

const struct command command_framework = {
    .name = "framework",
    .usage = N_("list\n"
                "open EDITION [--until DAY] [--by NAME]\n"
                "show [--edition EDITION]\n"
                "propose ID [--file FILE] [--by NAME]\n"
                "retire ID --why TEXT\n"
                "comments [NUMBER] [--unanswered]\n"
                "answer NUMBER --verdict taken|partly|not-taken --text TEXT [--by NAME]\n"
                "unname NUMBER [--organisation] [--by NAME]\n"
                "rate ID --score 0..4 --why TEXT --source URL [--date DAY] [--by NAME]\n"
                "adopt [--reason TEXT] [--by NAME]"),
    .help = N_(
        "Hold a consultation on the indicators: open an edition, see who spoke, answer each comment, and adopt it; "
        "what is adopted never changes, but for the name of who wants it taken out of a comment (unname). The document "
        "and the comment form: indicators export --consultation."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
