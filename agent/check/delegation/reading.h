/* What DNS answers say of a zone's delegation: from packets to facts. */
#pragma once

#include "agent/check/delegation/facts.h"

/* Of a question to a place, or about it. */
void reading_place(struct facts *f, struct place *p, enum asked asked, const struct exchange_answer *answer);
/* Of the SOA record, asked of the first server. */
void reading_master(const struct facts *f, struct master *m, const struct exchange_answer *answer);
/* Of the zone's NS records, asked of a server of the parent: its list and its
 * glue. False when it knows none. */
bool reading_referral(struct facts *f, const struct exchange_answer *answer);
