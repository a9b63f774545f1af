/* Figures side by side, of years or of countries: what a cell of their tables
 * holds, and the lists of both that the command line names. */
#pragma once

#include <jansson.h>

#include "collector/report/document.h"

#define BESIDE_MAX 8 /* columns of a page, and countries that are neighbours of one */

/* A list as the command line has it: "2023,2025", from the earlier to the later; "BJ,ML,SN", each with a pack and once.
 * Two of them at least. -EINVAL with the cure in f. */
int beside_years(const char *text, struct fault *f) CHECKED;
int beside_countries(const char *text, struct fault *f) CHECKED;

/* {value, interval, sample} of a row: HTML but for the sample; what there is not is left out, and in the place of a
 * value that is not published stands why. The caller owns it. */
json_t *beside_cell(const struct report *r, size_t row) CHECKED;
/* Writes report.html of the values and the data beside it; a yearly report's workbook and pictures go. */
#define BESIDE_PICTURES "figures"
int beside_write(const struct report *r, const json_t *values, const struct outlet *to, struct fault *f) CHECKED;
const char *beside_text(const struct report *r, const char *name); /* of "beside" in the document's texts */
