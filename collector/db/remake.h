/* What can be made again at any time, and is at each migrate: the roles, the
 * registry, one view a check, the functions and views, and the facts that come
 * with the program. Nobody keeps a list: what lies in schema/functions/ and
 * schema/views/ is made, in the order in which it can be. */
#pragma once

#include "collector/db/pg.h"
#include "common/sign.h"
#include "schema/embedded.h"

/* Of all that remake_run would run: a program with the same makes the same. */
void remake_checksum(char ret_text[static HASH_TEXT_SIZE]);

/* Inside a transaction of the caller's. f names the file that fails. */
int remake_run(struct pg *pg, struct fault *f) CHECKED;

/* Makes each file once, in their order; one that misses what another makes
 * (-ENOENT) comes again after the others. Stops at any other failure. When no
 * round helps any more: -ENOENT, with each file and what it misses in f. */
int remake_in_order(const struct embedded *const *files, size_t count,
                    int (*make)(void *ctx, const struct embedded *file, struct fault *f), void *ctx,
                    struct fault *f) CHECKED;
