/* Days that are bound by lines they have in common: who adds and takes off such days, and parts of a country, cannot
 * treat one otherwise than the other without leaving of each common line the one day or the other. Where the common
 * ones are a crowd (crowd.h), that is never a sum of few lines. So days hang together in groups, and what could tell
 * of few lines takes a whole group alike. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

/* A line that stood in one place on a day. stay: the same number for all its days there, from 0 on. */
struct bond_unit {
    size_t row; /* the day, as a number from 0 on */
    uint32_t stay, probe, network;
};

#define BOND_GROUPS 16

/* Fills groups, a number from 0 on for each row, of those that have units; returns how many there are, or BOND_GROUPS +
 * 1 where they are more. */
size_t bond_group(const struct bond_unit *units, size_t count, size_t rows, size_t stays, size_t *groups) CHECKED;
