/* What the agent knows of countries, for the questions of enrolment. */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/fault.h"

/* A country's entry of the compiled-in packs; -ENOENT names the known ones.
 * The caller owns *ret. */
int country_read(const char *iso, json_t **ret, struct fault *f) CHECKED;

/* The ISO 3166-2 code of a department given by code or by name, whatever its
 * case and accents; borrowed from country. f lists the departments. */
int country_department(const json_t *country, const char *text, const char **ret_iso, struct fault *f) CHECKED;
