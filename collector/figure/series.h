/* Days of metrics as everybody reads them: told once, in blocks of lines
 * (block.h), when a day's lines have come in. Late lines of it are told when they
 * are enough for a block; what a told line sends late changes nothing. */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/block.h"

/* Tells of the days that are due, a transaction each. shown: somebody looks on. */
int series_tell(struct pg *pg, bool shown, struct fault *f) CHECKED;

/* Parts the lines of a day that measured one metric in one country, and adds their
 * blocks to an array, as the SQL function series_store takes them. */
void series_part(struct block_line *lines, size_t count, int64_t check_no, int64_t position, json_t *blocks);
