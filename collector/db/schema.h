/* The files under schema/ that are compiled into the collector. */
#pragma once

#include "schema/embedded.h"

extern const struct embedded schema_files[]; /* generated; sorted by path within a folder */

/* NULL when there is no such file. */
const struct embedded *schema_file(const char *path);

/* The file after `last` (NULL: the first) whose path starts with `folder`. */
const struct embedded *schema_next(const char *folder, const struct embedded *last);
