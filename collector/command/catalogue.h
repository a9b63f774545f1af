/* The catalogue of indicators as people and programs read it: each with its
 * status, and whether there is a figure of it, or why not. */
#pragma once

#include "collector/command/session.h"
#include "collector/figure/indicator.h"

/* Why there is no figure of it, in that language. */
const char *catalogue_why(const struct indicator *i, enum lang lang);
/* "mesuré, importé": where its figures come from. The caller frees. */
char *catalogue_kinds(const struct indicator *i) CHECKED;
const char *catalogue_status(const struct indicator *i);
/* The domain of a country's pack, without a dot; NULL: it has none. The caller frees. */
char *catalogue_cctld(const char *country) CHECKED;

/* All of them: for people, or as CSV or JSON by format ("table", "csv", "json"). */
int catalogue_list(const struct session *s, const char *format, struct fault *f) CHECKED;
/* A year's figures of a country, the collector's own where it is NULL, for people: what is told of the whole of it and
 * what sources say of its parts; then those without, and why. */
int catalogue_year(const struct session *s, const char *year, const char *country, struct fault *f) CHECKED;
