/* Numbers for the names that results carry (targets, tasks): a table of the
 * database, with what was met before in memory. Threads share it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/db/pg.h"

struct dictionary;

/* `table` is "target" or "task". The pool must outlive the dictionary; without
 * one (NULL) only names that were learnt are found. */
struct dictionary *dictionary_new(struct pg_pool *pool, const char *table) CHECKED;
void dictionary_free(struct dictionary *d);

/* Remembers a name whose number is known. */
void dictionary_learn(struct dictionary *d, const char *name, size_t len, int32_t no);

/* The name's number; a name that was never met gets one. -EBUSY or -ENOTCONN
 * when the database has to be asked and is not there. */
int dictionary_find(struct dictionary *d, const char *name, size_t len, int32_t *ret_no, struct fault *f) CHECKED;
