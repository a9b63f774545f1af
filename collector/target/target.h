/* The measurement target: the far end of the throughput check. */
#pragma once

#include <stdint.h>

#include "common/alloc.h"
#include "common/conf.h"
#include "common/fault.h"

/* One transfer, either way. The agent's own caps are far below; this bounds
 * what a stranger's single request can cost. */
#define TRANSFER_BYTES_MAX (INT64_C(1) << 30)

struct target_settings {
    char *listen;
    int64_t connections;
    char *stamp_listen;
    int stamp_mode; /* enum stamp_mode */
    bool stamp_short;
    int64_t stamp_rate, stamp_rate_total;
    char *dns_listen, *dns_zone;
    int log_level; /* enum log_level */
};

extern const struct conf_table target_table;

struct target;

int target_start(const struct target_settings *settings, struct target **ret, struct fault *f) CHECKED;
unsigned target_port(const struct target *t); /* the port it listens on */
void target_stop(struct target *t);           /* waits for transfers under way, seconds at most; accepts NULL */
