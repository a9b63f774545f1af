/* The report as a workbook (XLSX): what it is and how to cite it, a sheet an area with its figures, and their sources.
 */
#pragma once

#include "collector/report/report.h"

#define WORKBOOK_BYTES_MAX (64u << 20)

/* Of all figures of indicators.csv, each on one sheet, with the line on which it stands there. As who acts: the files
 * that this takes lie in a folder of its own in `scratch`, which is gone when it ends. */
int workbook_make(const struct report *r, const char *scratch, struct buf *out, struct fault *f) CHECKED;
