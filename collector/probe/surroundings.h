/* What a team sets of a probe's surroundings, as words: "department=Borgou",
 * "operator=ISOCEL", "tariff=" for what is not known any more. */
#pragma once

#include "collector/db/pg.h"
#include "common/json.h"

/* Is it a key and a value that it may have? -EINVAL with the ones that are
 * allowed. Names that the database knows are not looked up yet. */
int surroundings_check(const char *word, struct fault *f) CHECKED;

/* Adds what a word that was checked says to the wish of probe_set
 * (schema/functions/surroundings.sql). -EINVAL for a name that is not known in the
 * probe's country, with those that are. */
int surroundings_add(struct pg *pg, const char *probe, const char *word, json_t *wish, struct fault *f) CHECKED;
