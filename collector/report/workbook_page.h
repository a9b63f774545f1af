/* What the sheets of a workbook are written with. What does not go into a cell is remembered, and there is no workbook
 * then. */
#pragma once

#include <xlsxwriter.h>

#include "collector/report/report.h"

#define DECIMALS_MAX 6

struct workbook {
    const struct report *r;
    lxw_workbook *file;
    lxw_error error; /* the first */
    lxw_format *title, *label, *prose, *head, *cell, *count, *day, *number[DECIMALS_MAX + 1];
};

/* What libxlsxwriter said. */
void workbook_note(struct workbook *b, lxw_error error);

/* A text of the workbook's; "" when there is none. */
const char *workbook_text(const struct workbook *b, const char *name);
/* The same in one of its lists: "head", "word". NULL: there is none. */
const char *workbook_word(const struct workbook *b, const char *list, const char *name);

/* A sheet for A4 across. */
lxw_worksheet *workbook_sheet(struct workbook *b, const char *name);

/* Empty where there is nothing to write: NULL, "", NaN, no day. */
void workbook_put(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                  lxw_format *format);
void workbook_put_number(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, double value,
                         lxw_format *format);
/* Of several lines, where it is longer than the column is wide: not every program makes the row as high as it needs. */
void workbook_put_long(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                       double width);
void workbook_put_day(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *iso);
/* The head of a table, from one of the workbook's lists, and its columns' widths, in letters. */
struct workbook_head {
    const char *name;
    double width;
};
void workbook_put_head(struct workbook *b, lxw_worksheet *sheet, lxw_row_t row, const struct workbook_head *heads,
                       size_t count);

/* Digits as the indicator has them. */
lxw_format *workbook_digits(const struct workbook *b, const struct indicator *i);

/* The sheets, in their order. */
void workbook_add_cover(struct workbook *b);
void workbook_add_areas(struct workbook *b);
/* What compares operators, and what tells of years, as charts beside their tables; no sheet where there is none. */
void workbook_add_charts(struct workbook *b);
void workbook_add_sources(struct workbook *b);
