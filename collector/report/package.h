/* The report as open data: its figures as CSV, and what describes them to programs
 * (Frictionless Data Package, with a table schema). */
#pragma once

#include "collector/report/report.h"

/* All figures, as `indicators --format csv` writes them. */
void package_csv(const struct evidence *s, struct buf *out);
/* datapackage.json; csv: that file, of which it tells size and SHA-256. */
void package_json(const struct report *r, const struct buf *csv, struct buf *out);
