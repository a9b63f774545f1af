/* The servers of a zone, out of the detail of a result of `delegation`: the
 * table delegation_server, where SQL joins them with their origins. */
#pragma once

#include <stdint.h>

#include "collector/db/copy.h"
#include "common/result.h"

#define DELEGATION_SERVER_SQL                                                                                          \
    "COPY delegation_server (batch_no, at, probe_no, target_no, ordinal, name, addr) FROM STDIN (FORMAT binary)"
/* More servers' addresses of one result are passed over; the agent asks at most this many. */
#define DELEGATION_SERVERS_MAX 192

/* Whose measurement the line is, and when. */
struct delegation_place {
    int64_t at_us; /* since 1970 */
    int32_t probe_no, target_no;
    int ordinal;
};

/* Appends a row, its batch_no 0, for each of detail.servers that has a name and
 * an address. What else the detail holds, or that it is of another form, is no
 * fault: a probe writes it as it likes. */
void delegation_rows(const struct result_line *line, const struct delegation_place *place, struct copy_rows *out);
