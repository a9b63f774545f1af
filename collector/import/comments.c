#include "collector/import/comments.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/framework.h"
#include "collector/format/csv.h"
#include "collector/import/cell.h"
#include "collector/import/kind.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"

#define NAME_MAX_COMMENT 200 /* octets of an organisation's or a person's name */
#define DAY_SIZE         40  /* of three numbers, before they are known to be a day */

static const struct {
    const char *name[2]; /* by enum lang */
    bool required;
} columns[COMMENT_COLUMNS] = {
    [COMMENT_EDITION] = {{"édition", "edition"}, false},
    [COMMENT_INDICATOR] = {{"indicateur", "indicator"}, true},
    [COMMENT_NAME] = {{"intitulé", "name"}, false},
    [COMMENT_UNIT] = {{"unité", "unit"}, false},
    [COMMENT_GROUP] = {{"groupe", "group"}, true},
    [COMMENT_ORGANISATION] = {{"organisation", "organisation"}, false},
    [COMMENT_PERSON] = {{"personne", "person"}, false},
    [COMMENT_NAMED] = {{"nom publiable", "may be named"}, false},
    [COMMENT_DATE] = {{"date", "date"}, false},
    [COMMENT_TEXT] = {{"commentaire", "comment"}, true},
};

const char *comment_column(enum comment_column column, enum lang lang)
{
    return columns[column].name[lang];
}

const char *comment_whole(enum lang lang)
{
    return lang == LANG_FR ? "ensemble" : "whole";
}

char comment_separator(enum lang lang)
{
    return lang == LANG_FR ? ';' : ',';
}

/* ---- the header ---- */

struct reader {
    struct csv csv;
    int at[COMMENT_COLUMNS]; /* where each column is; -1: not there */
    size_t width;            /* of the header */
    bool french;             /* dates are written day first in a French spreadsheet */
    char today[TIME_TEXT_SIZE];
    char latest[TIME_TEXT_SIZE]; /* a day more: it may be tomorrow already where the form comes from */
    char *who[COMMENT_COLUMNS];  /* of the respondent */
    struct comment_list list;
};

static const char *cell(const struct reader *r, enum comment_column column)
{
    int at = r->at[column];
    return at >= 0 && (size_t)at < r->csv.count ? r->csv.fields[at] : "";
}

static int name_column(struct reader *r, size_t place, struct fault *f)
{
    const char *name = r->csv.fields[place];
    for (size_t c = 0; c < COMMENT_COLUMNS; c++)
        for (int lang = 0; lang < 2; lang++)
            if (lang_same(name, columns[c].name[lang])) {
                if (r->at[c] >= 0)
                    return fault_set(f, -EBADMSG, _("line %zu, column %zu: %s stands twice; keep one"),
                                     r->csv.record_line, place + 1, name);
                r->at[c] = (int)place;
                r->french |= lang == LANG_FR && !lang_same(name, columns[c].name[LANG_EN]);
                return 0;
            }
    return *name ? fault_set(f, -EBADMSG,
                             _("line %zu, column %zu: \"%.64s\" is no column of a comment form; `import comments "
                               "--template` prints one"),
                             r->csv.record_line, place + 1, name)
                 : 0;
}

static int read_header(struct reader *r, struct fault *f)
{
    int rc = 0;
    for (size_t c = 0; c < COMMENT_COLUMNS; c++)
        r->at[c] = -1;
    for (size_t place = 0; rc == 0 && place < r->csv.count; place++)
        rc = name_column(r, place, f);
    for (size_t c = 0; rc == 0 && c < COMMENT_COLUMNS; c++)
        if (columns[c].required && r->at[c] < 0)
            rc = fault_set(f, -EBADMSG,
                           _("line %zu: the column %s is missing; `import comments --template` prints the header"),
                           r->csv.record_line, columns[c].name[r->french ? LANG_FR : LANG_EN]);
    r->width = r->csv.count;
    return rc;
}

static int start(struct reader *r, const char *text, size_t len, struct fault *f)
{
    int rc = csv_open(&r->csv, text, len, false, f);
    if (rc < 0)
        return rc;
    return rc > 0 && r->csv.count > 1
               ? read_header(r, f)
               : fault_set(f, -EBADMSG,
                           _("no header was found: a line of column names, parted by commas or semicolons; `import "
                             "comments --template` prints one"));
}

/* ---- the cells ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && !lang_same(text, *words))
        words++;
    return *words;
}

static int check_named(const char *text, bool *ret, struct fault *f)
{
    static const char *const yes[] = {"oui", "yes", NULL}, *const no[] = {"", "non", "no", NULL};
    *ret = is_one_of(text, yes);
    return *ret || is_one_of(text, no)
               ? 0
               : fault_set(f, -EBADMSG, _("\"%.64s\" is neither yes nor no; may the person's name be printed?"), text);
}

static int check_name(const char *text, struct fault *f)
{
    if (strlen(text) <= NAME_MAX_COMMENT)
        return cell_text(text, f);
    return fault_set(f, -EBADMSG, _("a name of %d octets at most, on one line, is wanted"), NAME_MAX_COMMENT);
}

/* Year first, or day first as a French spreadsheet writes dates; the day of the import where there is none. */
static int read_day(const struct reader *r, const char *text, char ret_day[static DAY_SIZE], struct fault *f)
{
    int day, month, year, end = 0;
    snprintf(ret_day, DAY_SIZE, "%.10s", *text ? text : r->today);
    if (r->french && sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &end) == 3 && !text[end] && day > 0 &&
        month > 0 && year > 0)
        snprintf(ret_day, DAY_SIZE, "%04d-%02d-%02d", year, month, day);
    else if (strlen(text) > 10)
        *ret_day = '\0';
    if (!form_day(ret_day))
        return fault_set(f, -EBADMSG, _("\"%.64s\" is no date; write year-month-day, such as 2026-01-31"), text);
    if (strcmp(ret_day, r->latest) > 0)
        return fault_set(f, -EBADMSG, _("%s lies in the future; write the day on which this was said"), ret_day);
    return 0;
}

/* Of several lines, but without what a terminal would obey. The caller frees. */
static int read_text(const char *text, char **ret, struct fault *f)
{
    _cleanup_text_ char *flat = alloc_text(text), *kept = alloc_text(text);
    char *to = kept;
    for (const char *at = text; *at; at++)
        if (*at != '\r')
            *to++ = *at;
    *to = '\0';
    for (char *at = flat; *at; at++)
        if (strchr("\r\n\t", *at))
            *at = ' ';
    int rc = cell_text(flat, f);
    if (rc == 0)
        *ret = TAKE(kept);
    return rc;
}

/* ---- a line ---- */

static int in_column(const struct reader *r, enum comment_column column, int rc, struct fault *f)
{
    if (rc < 0)
        fault_prefix(f, _("column %s: "), columns[column].name[r->french ? LANG_FR : LANG_EN]);
    return rc;
}

static const enum comment_column identity[] = {COMMENT_GROUP, COMMENT_ORGANISATION, COMMENT_PERSON, COMMENT_NAMED,
                                               COMMENT_DATE};

static void set_who(struct reader *r, enum comment_column column, const char *text)
{
    free(r->who[column]);
    r->who[column] = text ? alloc_text(text) : NULL;
}

/* The respondent of this line becomes that of the lines below. */
static int read_who(struct reader *r, struct fault *f)
{
    bool filled = false, named = false;
    char day[DAY_SIZE];
    for (size_t i = 0; i < COUNT(identity); i++)
        filled |= *cell(r, identity[i]) != '\0';
    if (!filled)
        return 0;
    int rc = in_column(r, COMMENT_GROUP, check_name(cell(r, COMMENT_GROUP), f), f);
    if (rc == 0)
        rc = in_column(r, COMMENT_ORGANISATION, check_name(cell(r, COMMENT_ORGANISATION), f), f);
    if (rc == 0)
        rc = in_column(r, COMMENT_PERSON, check_name(cell(r, COMMENT_PERSON), f), f);
    if (rc == 0)
        rc = in_column(r, COMMENT_NAMED, check_named(cell(r, COMMENT_NAMED), &named, f), f);
    if (rc == 0)
        rc = in_column(r, COMMENT_DATE, read_day(r, cell(r, COMMENT_DATE), day, f), f);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < COUNT(identity); i++)
        set_who(r, identity[i], *cell(r, identity[i]) ? cell(r, identity[i]) : NULL);
    if (!named) /* not kept anywhere */
        set_who(r, COMMENT_PERSON, NULL);
    set_who(r, COMMENT_DATE, day);
    return 0;
}

static int check_edition(struct reader *r, struct fault *f)
{
    const char *text = cell(r, COMMENT_EDITION);
    if (!*text || (r->list.edition && !strcmp(r->list.edition, text)))
        return 0;
    if (r->list.edition)
        return fault_set(f, -EBADMSG, _("\"%.32s\" stands below %s; a form belongs to one edition"), text,
                         r->list.edition);
    if (strlen(text) < 4 || text[2] != '-' || !framework_edition(text + 3))
        return fault_set(f, -EBADMSG,
                         _("\"%.32s\" is no edition; leave the column as the form had it, such as BJ-2027"), text);
    r->list.edition = alloc_text(text);
    return 0;
}

static int add_comment(struct reader *r, struct fault *f)
{
    const char *indicator = cell(r, COMMENT_INDICATOR);
    _cleanup_text_ char *text = NULL;
    int rc = in_column(r, COMMENT_TEXT, read_text(cell(r, COMMENT_TEXT), &text, f), f);
    if (rc < 0)
        return rc;
    if (!r->who[COMMENT_GROUP])
        return in_column(r, COMMENT_GROUP, fault_set(f, -EBADMSG, _("empty; say for which group this is")), f);
    rc = in_column(r, COMMENT_INDICATOR, cell_text(indicator, f), f);
    if (rc < 0)
        return rc;
    if (!*indicator || strlen(indicator) > 32)
        return in_column(r, COMMENT_INDICATOR,
                         fault_set(f, -EBADMSG, _("an indicator is wanted, such as PER5, or \"%s\" for all of them"),
                                   comment_whole(r->french ? LANG_FR : LANG_EN)),
                         f);
    const bool whole = lang_same(indicator, comment_whole(LANG_FR)) || lang_same(indicator, comment_whole(LANG_EN));
    json_array_append_new(r->list.comments,
                          json_pack("{s:I, s:s*, s:s, s:s*, s:s*, s:s, s:s}", "line", (json_int_t)r->csv.record_line,
                                    "indicator", whole ? NULL : indicator, "group", r->who[COMMENT_GROUP],
                                    "organisation", r->who[COMMENT_ORGANISATION], "person", r->who[COMMENT_PERSON],
                                    "said_on", r->who[COMMENT_DATE], "comment", text));
    return 0;
}

static int read_line(struct reader *r, struct fault *f)
{
    if (*r->csv.fields[0] == '#')
        return 0;
    for (size_t c = r->width; c < r->csv.count; c++)
        if (*r->csv.fields[c])
            return fault_set(f, -EBADMSG,
                             _("%zu columns, the header has %zu; put a value that holds a comma in quotes"),
                             r->csv.count, r->width);
    int rc = in_column(r, COMMENT_EDITION, check_edition(r, f), f);
    if (rc == 0)
        rc = read_who(r, f);
    const char *text = cell(r, COMMENT_TEXT);
    return rc == 0 && text[strspn(text, " \t\r\n")] ? add_comment(r, f) : rc;
}

static int read_lines(struct reader *r, const char *text, size_t len, struct fault *f)
{
    int rc = start(r, text, len, f);
    while (rc >= 0 && (rc = csv_next(&r->csv, f)) > 0) {
        rc = read_line(r, f);
        if (rc < 0)
            fault_prefix(f, _("line %zu: "), r->csv.record_line);
    }
    if (rc == 0 && json_array_size(r->list.comments) == 0)
        rc = fault_set(f, -EBADMSG, _("the form holds no comment; the last column is for it"));
    return rc;
}

int comments_read(const char *text, size_t len, struct comment_list *ret, struct fault *f)
{
    size_t bad = scan_utf8(text, len);
    if (bad != len)
        return fault_set(f, -EBADMSG, _("octet %zu: not UTF-8; save the file as \"CSV UTF-8\""), bad + 1);
    struct reader r = {.list.comments = json_array()};
    const int64_t now = clock_wall_us(&clock_system);
    time_format(now, r.today);
    time_format(now + 86400 * INT64_C(1000000), r.latest);
    r.today[10] = r.latest[10] = '\0';
    int rc = read_lines(&r, text, len, f);
    csv_free(&r.csv);
    for (size_t c = 0; c < COMMENT_COLUMNS; c++)
        set_who(&r, c, NULL);
    if (rc < 0)
        comments_free(&r.list);
    else
        *ret = r.list;
    return rc;
}

void comments_free(struct comment_list *list)
{
    free(list->edition);
    json_decref(list->comments);
    *list = (struct comment_list){0};
}

/* ---- the database ---- */

/* The edition that the form names, or the one that is open. */
static int find_edition(struct pg *pg, const struct comment_list *list, struct framework *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    if (list->edition) {
        char country[3];
        snprintf(country, sizeof country, "%s", list->edition);
        return framework_find_open(pg, country, list->edition + 3, ret, f);
    }
    int rc = pg_query(pg, "SELECT country, edition FROM framework WHERE adopted_at IS NULL", 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) != 1)
        return fault_set(f, -EBADMSG,
                         _("the form names no edition, and not just one is open; put \"BJ-2027\" or its like into the "
                           "column %s"),
                         columns[COMMENT_EDITION].name[lang_current()]);
    return framework_find_open(pg, pg_text(rows, 0, 0), pg_text(rows, 0, 1), ret, f);
}

static int at_line(const json_t *comment, enum comment_column column, int rc, struct fault *f)
{
    fault_prefix(f, _("line %lld: column %s: "), (long long)json_integer_value(json_object_get(comment, "line")),
                 columns[column].name[lang_current()]);
    return rc;
}

/* Replaces what the form calls a group by its word. */
static int name_group(json_t *comment, const struct pg_rows *groups, struct fault *f)
{
    const char *text = json_string_value(json_object_get(comment, "group"));
    _cleanup_(buf_free) struct buf known = {0};
    for (size_t g = 0; g < pg_rows_count(groups); g++) {
        for (int column = 0; column < 3; column++)
            if (lang_same(text, pg_text(groups, g, column))) {
                json_object_set_new(comment, "stakeholder_group", json_string(pg_text(groups, g, 0)));
                return 0;
            }
        buf_addf(&known, "%s%s", g ? ", " : "", pg_text(groups, g, lang_current() == LANG_FR ? 1 : 2));
    }
    return at_line(
        comment, COMMENT_GROUP,
        fault_set(f, -EBADMSG, _("\"%.64s\" is no group; there are: %s"), text, known.data ? known.data : ""), f);
}

static int check_indicator(const json_t *comment, const struct pg_rows *known, const struct framework *w,
                           struct fault *f)
{
    const char *id = json_string_value(json_object_get(comment, "indicator"));
    size_t k = 0;
    while (id && k < pg_rows_count(known) && strcmp(pg_text(known, k, 0), id) != 0)
        k++;
    if (!id || k < pg_rows_count(known))
        return 0;
    return at_line(
        comment, COMMENT_INDICATOR,
        fault_set(f, -EBADMSG, _("%s is not in edition %s; leave the column as the form had it"), id, w->edition), f);
}

static int check_known(struct pg *pg, const struct framework *w, json_t *comments, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *groups = NULL, *indicators = NULL;
    int rc = pg_query(pg, "SELECT stakeholder_group, name_fr, name_en FROM stakeholder_group ORDER BY place", 0, NULL,
                      &groups, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT indicator FROM framework_indicator WHERE framework_no = $1::int", 1,
                      (const char *const[]){w->number}, &indicators, f);
    for (size_t c = 0; rc == 0 && c < json_array_size(comments); c++) {
        json_t *comment = json_array_get(comments, c);
        rc = name_group(comment, groups, f);
        if (rc == 0)
            rc = check_indicator(comment, indicators, w, f);
    }
    return rc;
}

static int comments_store(struct pg *pg, const struct import_run *run, const struct comment_list *list,
                          size_t *ret_count, struct fault *f)
{
    _cleanup_json_ json_t *comments = json_deep_copy(list->comments);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    struct framework w;
    int rc = find_edition(pg, list, &w, f);
    if (rc == 0)
        rc = check_known(pg, &w, comments, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *text = json_text(comments);
    rc = pg_query(pg, "SELECT framework_comments($1::int, $2::jsonb, $3::int)", 3,
                  (const char *const[]){w.number, text, run->number}, &rows, f);
    if (rc == 0 && pg_int(rows, 0, 0) < 0) /* adopted since it was found */
        return framework_find_open(pg, w.country, w.edition, &w, f);
    if (rc == 0)
        *ret_count = (size_t)pg_int(rows, 0, 0);
    return rc;
}

/* ---- the kind ---- */

static const char template_text[] = N_(
    "# One line a comment. Groups: administrations, operators, technical-community, universities, users, diaspora, "
    "civil-society.\n"
    "edition,indicator,name,unit,group,organisation,person,may be named,date,comment\n");

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct comment_list *list = alloc_zero(1, sizeof *list);
    *ret = list;
    return comments_read(text->data, text->len, list, f);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    return comments_store(pg, run, list, ret_count, f);
}

static void kind_free(void *list)
{
    if (list)
        comments_free(list);
    free(list);
}

static void kind_say(const void *list, size_t count)
{
    log_info(_("new comments: %zu; those that came before stay as they are, with their answers"), count);
}

const struct import_kind import_comments = {kind_read, kind_store, kind_free, kind_say, template_text};
