/* What the check `delegation` reports of the facts, but for what they mean. */
#pragma once

#include "agent/check/delegation/facts.h"
#include "common/result.h"

/* The metrics of the places and detail's lists; the outcome, when no server
 * serves the zone. */
void report_facts(const struct facts *f, struct result *r);
