#include "collector/report/workbook.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collector/format/date.h"
#include "collector/report/workbook_page.h"
#include "common/file.h"
#include "common/lang.h"

#define GREEN       0x0b4a37
#define PAPER_A4    9
#define DAY_S       86400
#define LINE_HEIGHT 15 /* points */
#define HEAD_LINES  3
#define FILLED      0.9 /* of a line's letters, since words do not part */

/* ---- words ---- */

const char *workbook_text(const struct workbook *b, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(b->r->words.texts, "workbook"), name));
    return text ? text : "";
}

const char *workbook_word(const struct workbook *b, const char *list, const char *name)
{
    const json_t *texts = json_object_get(b->r->words.texts, "workbook");
    return json_string_value(json_object_get(json_object_get(texts, list), name));
}

/* ---- cells ---- */

void workbook_note(struct workbook *b, lxw_error error)
{
    if (b->error == LXW_NO_ERROR)
        b->error = error;
}

void workbook_put(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                  lxw_format *format)
{
    if (text && *text)
        workbook_note(b, worksheet_write_string(sheet, row, column, text, format));
}

static size_t letters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

void workbook_put_long(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                       double width)
{
    workbook_put(b, sheet, row, column, text, b->prose);
    const double lines = text ? ceil((double)letters(text) / (width * FILLED)) : 1;
    if (lines > 1)
        workbook_note(b, worksheet_set_row(sheet, row, lines * LINE_HEIGHT, NULL));
}

void workbook_put_number(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, double value,
                         lxw_format *format)
{
    if (!isnan(value))
        workbook_note(b, worksheet_write_number(sheet, row, column, value, format));
}

void workbook_put_day(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *iso)
{
    int32_t day;
    if (!iso || date_read(iso, &day) < 0)
        return workbook_put(b, sheet, row, column, iso, b->cell);
    const time_t at = (time_t)day * DAY_S;
    struct tm tm;
    gmtime_r(&at, &tm);
    lxw_datetime date = {.year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday};
    workbook_note(b, worksheet_write_datetime(sheet, row, column, &date, b->day));
}

void workbook_put_head(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, const struct workbook_head *heads,
                       size_t count)
{
    for (size_t c = 0; c < count; c++) {
        const char *word = workbook_word(b, "head", heads[c].name);
        workbook_put(b, sheet, row, (lxw_col_t)c, word ? word : heads[c].name, b->head);
        workbook_note(b, worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, heads[c].width, NULL));
    }
    workbook_note(b, worksheet_set_row(sheet, row, HEAD_LINES * LINE_HEIGHT, NULL));
}

lxw_format *workbook_digits(const struct workbook *b, const struct indicator *i)
{
    const int decimals = i ? i->decimals : 1;
    return b->number[decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals];
}

lxw_worksheet *workbook_sheet(struct workbook *b, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(b->file, name);
    if (!sheet) { /* a name that is no sheet's: it is told by its number */
        workbook_note(b, workbook_validate_sheet_name(b->file, name));
        sheet = workbook_add_worksheet(b->file, NULL);
    }
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, PAPER_A4);
    worksheet_set_footer(sheet, "&L&A&R&P / &N");
    return sheet;
}

/* ---- formats ---- */

static lxw_format *format_of(struct workbook *b, const char *digits)
{
    lxw_format *format = workbook_add_format(b->file);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (digits)
        format_set_num_format(format, digits);
    return format;
}

/* In the file's own notation a comma stands for the language's mark between thousands, and a point for its decimal
 * mark; [$-40C] says which language, where the program would take the reader's own ([MS-OE376] part 4, 3.8.31). */
static void add_formats(struct workbook *b)
{
    const char *language = b->r->words.lang == LANG_FR ? "[$-40C]" : "[$-809]";
    for (int decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
        _cleanup_text_ char *digits = alloc_format("%s#,##0%s%.*s", language, decimals ? "." : "", decimals, "000000");
        b->number[decimals] = format_of(b, digits);
    }
    _cleanup_text_ char *day = alloc_format("%sd mmmm yyyy", language);
    b->count = b->number[0];
    b->day = format_of(b, day);
    b->cell = format_of(b, NULL);
    format_set_indent(b->cell, 1); /* off the number before it */
    b->prose = format_of(b, NULL);
    format_set_text_wrap(b->prose);
    b->label = format_of(b, NULL);
    format_set_bold(b->label);
    b->title = format_of(b, NULL);
    format_set_bold(b->title);
    format_set_font_size(b->title, 18);
    format_set_font_color(b->title, GREEN);
    b->head = format_of(b, NULL);
    format_set_bold(b->head);
    format_set_text_wrap(b->head);
    format_set_font_color(b->head, LXW_COLOR_WHITE);
    format_set_bg_color(b->head, GREEN);
}

/* ---- the file ---- */

/* When it was made is when the newest of its figures was retrieved or told: of the same data the same bytes. */
static time_t made_at(const struct report *r)
{
    int32_t newest = 0, day;
    for (size_t row = 0; row < evidence_count(&r->evidence); row++) {
        const char *retrieved = evidence_text(&r->evidence, row, FIGURE_RETRIEVED);
        if (retrieved && date_read(retrieved, &day) == 0 && day > newest)
            newest = day;
    }
    _cleanup_text_ char *end = alloc_format("%s-12-31", r->year);
    if (!newest && date_read(end, &newest) < 0)
        newest = 1; /* 0 would be the present */
    return (time_t)newest * DAY_S;
}

static void set_properties(struct workbook *b)
{
    _cleanup_text_ char *title = phrase_fill(phrase(&b->r->words, "title"), json_pack("{s:s}", "in", b->r->in));
    _cleanup_text_ char *full = alloc_format("%s, %s", title, b->r->year);
    lxw_doc_properties properties = {.title = full,
                                     .author = (char *)phrase(&b->r->words, "measured"),
                                     .comments = (char *)phrase(&b->r->words, "licence"),
                                     .created = made_at(b->r)};
    workbook_note(b, workbook_set_properties(b->file, &properties));
}

static int write_in(const struct report *r, char *folder, const char *path, struct fault *f)
{
    lxw_workbook_options options = {.tmpdir = folder};
    struct workbook b = {.r = r, .file = workbook_new_opt(path, &options)};
    if (!b.file)
        return fault_set(f, -ENOMEM, _("no workbook was made"));
    add_formats(&b);
    set_properties(&b);
    workbook_add_cover(&b);
    workbook_add_areas(&b);
    workbook_add_charts(&b);
    workbook_add_sources(&b);
    workbook_note(&b, workbook_close(b.file));
    return b.error == LXW_NO_ERROR ? 0 : fault_set(f, -EIO, "%s: %s", _("no workbook was made"), lxw_strerror(b.error));
}

int workbook_make(const struct report *r, const char *scratch, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *folder = alloc_format("%s/internetmetre-XXXXXX", scratch);
    if (!mkdtemp(folder))
        return fault_set(f, -errno, _("%s: cannot make the folder: %s"), folder, fault_errno(errno));
    _cleanup_text_ char *path = alloc_format("%s/indicators.xlsx", folder);
    int rc = write_in(r, folder, path, f);
    if (rc == 0)
        rc = file_read(path, WORKBOOK_BYTES_MAX, out, f);
    unlink(path);
    rmdir(folder);
    return rc;
}
