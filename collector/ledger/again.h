/* Batches projected again from the ledger: because a later batch told the time
 * of their boot, because an upgrade knows more checks and metrics, or because
 * somebody asked for it (rebuild). */
#pragma once

#include "collector/db/pg.h"
#include "collector/ledger/project.h"

/* Makes one batch's rows again, in a transaction of its own. *ret_results is
 * the number of rows it has now; a batch whose body is gone keeps the rows it
 * has, and *ret_results is -1. */
int again_batch(struct pg *pg, const struct project_names *names, const char *probe_no, const char *batch_no,
                int64_t *ret_results, struct fault *f) CHECKED;

/* Works the list `project_again` off. shown: somebody looks on. */
int again_run(struct pg *pg, const struct project_names *names, bool shown, struct fault *f) CHECKED;
