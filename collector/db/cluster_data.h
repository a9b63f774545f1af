/* The embedded cluster's data directory: made once, upgraded to a later major
 * version of PostgreSQL when asked. Nothing runs on it meanwhile. */
#pragma once

#include "collector/db/cluster_bin.h"

/* Major version of the data directory; 0 when there is none yet. */
int cluster_data_major(const char *data_dir, unsigned *ret, struct fault *f) CHECKED;

/* initdb in a folder beside it, renamed when whole: UTF-8, C collation, data
 * checksums, superuser "internetmetre". */
int cluster_data_make(const char *data_dir, const struct cluster_bin *bin, struct fault *f) CHECKED;

/* pg_upgrade into a new directory, which then takes the place of the old one;
 * the old one stays as DATA_DIR.MAJOR until the user removes it. */
int cluster_data_upgrade(const char *data_dir, const struct cluster_bin *from, const struct cluster_bin *to,
                         struct fault *f) CHECKED;
