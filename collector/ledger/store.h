/* The writers: threads that merge waiting batches into one transaction. */
#pragma once

#include "collector/ledger/ledger.h"

struct store;

struct store_options {
    const char *conninfo;
    const char *role;   /* NULL: the connection's own */
    unsigned writers;   /* threads, each with a connection */
    unsigned queue_max; /* batches that may wait */
};

int store_start(const struct store_options *options, struct store **ret, struct fault *f) CHECKED;
/* Stores what waits, then ends the threads. Nobody may be in store_put after. */
void store_stop(struct store *s);

/* Blocks until the entry is committed or failed. -EBUSY when the queue is full,
 * -ENOTCONN when the database is away: the probe tries again later. Others:
 * this batch cannot be stored. */
int store_put(struct store *s, struct ledger_entry *entry, struct fault *f) CHECKED;

unsigned store_depth(struct store *s); /* batches that wait or are being written */
