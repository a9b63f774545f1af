/* Whether the servers of a country's own domain keep to EDNS, out of the detail
 * of a result of `edns`: the table edns_server, of whose addresses the share of
 * SEC5 is. Other zones are measured by the dozen, and have their days alone. */
#pragma once

#include "collector/ledger/delegation.h"

#define EDNS_SERVER_SQL                                                                                                \
    "COPY edns_server (batch_no, day, probe_no, target_no, ordinal, addr, passed) FROM STDIN (FORMAT binary)"

/* Appends a row, its batch_no 0, for each of detail.servers that has an address, up to DELEGATION_SERVERS_MAX. It says
 * whether all tests of the set were passed; nothing, where there was no answer to the plain query: that may be for the
 * line, and no other test was made then. Appends none where the target is in no country pack. */
void edns_rows(const struct result_line *line, const struct delegation_place *place, struct copy_rows *out);
