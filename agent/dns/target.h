/* The last step of a walk: what was found for the name wanted, or its absence,
 * judged with the keys of the zone reached. */
#pragma once

#include "agent/dns/walk.h"

void target_judge(struct trust *t, const ldns_pkt *pkt);
