/* A number in the fewest digits that tell it from all others, as PostgreSQL writes
 * it. An answer has a hundred thousand of them. */
#pragma once

#define DECIMAL_SIZE 32

void decimal_write(double value, char ret[static DECIMAL_SIZE]);
