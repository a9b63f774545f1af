/* freeze.json: which files a report has, and what they were made of, so that it
 * can be told later what still is as it was printed (recheck.h). */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "common/buf.h"
#include "common/fault.h"

#define FROZEN_NAME "freeze.json"

/* One file more: its name, size and SHA-256. */
void frozen_add(json_t *files, const char *name, const struct buf *bytes);

/* What figures up to a year are made of, as it is now: {"program", "schema", "imports": [{"run", "kind", "sha256"}],
 * "ledger": {"2026-03": a keyed SHA-256 over the hashes of the batches that came in that month}}. How many
 * batches there are is not told: they are as many as the probes; nor what files are called, or who made them: a survey
 * that is not admitted is among them. Batches of before the year are no part of it. *ret is the caller's. */
int frozen_inputs(struct pg *pg, const char *year, json_t **ret, struct fault *f) CHECKED;

/* The whole file. about: members of the report itself, "country", "year", "language"; files and inputs as above. All
 * three are borrowed. */
void frozen_write(const json_t *about, json_t *files, json_t *inputs, struct buf *out);
