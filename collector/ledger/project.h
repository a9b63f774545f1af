/* The projection of a batch: its result lines as rows of the table `result`,
 * in the binary form that COPY takes, what of their detail has a table, and what could not be projected as rows
 * of `result_problem`: with it what breaks schema/ranges.tsv, so that no figure
 * is made of it. A bad result never sinks its batch. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/db/copy.h"
#include "collector/ledger/delegation.h"
#include "collector/ledger/dictionary.h"
#include "collector/ledger/edns.h"
#include "common/batch.h"
#include "common/buf.h"
#include "common/fault.h"

struct projection {
    /* Each row begins with batch_no, known only once the batch's key is stored. */
    struct copy_rows results;  /* PROJECT_RESULT_SQL */
    struct copy_rows problems; /* PROJECT_PROBLEM_SQL */
    struct copy_rows servers;  /* DELEGATION_SERVER_SQL */
    struct copy_rows edns;     /* EDNS_SERVER_SQL */
    struct buf days; /* of int32_t: the distinct days of `at`, since 1970-01-01, also of what is out of range */
    bool clock;      /* results wait for a batch of the same boot that knows the time */
};

#define PROJECT_RESULT_COLUMNS                                                                                         \
    "batch_no, at, probe_no, target_no, task_no, bytes, check_no, ordinal, af, outcome, addr, metrics, exact"
#define PROJECT_RESULT_SQL "COPY result (" PROJECT_RESULT_COLUMNS ") FROM STDIN (FORMAT binary)"
#define PROJECT_PROBLEM_SQL                                                                                            \
    "COPY result_problem (batch_no, probe_no, ordinal, reason, detail) FROM STDIN (FORMAT binary)"
/* The first moment that is projected (2020-01-01), and how far the future goes
 * (a day): what a probe's clock says beyond is no measurement's time. */
#define PROJECT_AT_MIN_US   INT64_C(1577836800000000)
#define PROJECT_AT_AHEAD_US INT64_C(86400000000)
#define DAY_US              INT64_C(86400000000)

struct project_names {
    struct dictionary *targets, *tasks;
};

/* What is known beyond the batch itself. */
struct project_time {
    int64_t now_us;    /* nothing is measured much later than this */
    bool has_offset;   /* the batch's boot: */
    int64_t offset_us; /* wall clock minus monotonic clock */
    /* Months whose rows of this batch are in the archive, and stay there: pairs of
     * int32_t, the first day and the one after the last, since 1970-01-01; NULL: none. */
    const struct buf *archived;
};

/* Unpacks and projects b, a batch whose signature was good. What is packed may be
 * anything all the same: when it is not what the header says, that is the batch's
 * one problem. Fails only when a name's number cannot be had from the database
 * (-EBUSY, -ENOTCONN, -EIO); ret may be half filled then. The caller frees in any
 * case; a projection that was cleared can be used again. */
int project_batch(struct batch *b, int32_t probe_no, const struct project_names *names, const struct project_time *time,
                  struct projection *ret, struct fault *f) CHECKED;

/* Writes batch_no into every row. */
void project_number(struct projection *p, int64_t batch_no);

void project_clear(struct projection *p);
void project_free(struct projection *p);
