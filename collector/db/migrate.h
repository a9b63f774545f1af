/* Brings a database to this program's schema.
 *
 * schema/migrations/NNNN_*.sql make tables, in order, once, each in its own
 * transaction; what was applied is remembered with its SHA-256 and must not
 * change after. Then everything that can be made again at any time (remake.h).
 * An advisory lock keeps two migrations apart. A database that a newer program
 * has migrated is refused (-EPROTO). */
#pragma once

#include "collector/db/pg.h"

/* Applies what misses. `always` makes the functions and views again even when
 * they are this program's already. *ret_applied counts migrations. */
int migrate_run(struct pg *pg, bool always, unsigned *ret_applied, struct fault *f) CHECKED;

/* 0 when the schema is this program's, -ESTALE when `migrate` has to run. */
int migrate_check(struct pg *pg, struct fault *f) CHECKED;
