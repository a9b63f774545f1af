/* Results and costs as a person reads them, in the user's language. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "agent/measure/check.h"
#include "common/result.h"

/* A headline, a row a metric, and what the check tells besides. */
void show_result(const struct result *r, FILE *out);

/* "1,2 MB", decimal units as tariffs use them. */
#define SHOW_BYTES_SIZE 64
const char *show_bytes(int64_t bytes, char ret_text[static SHOW_BYTES_SIZE]);

const char *show_class(enum check_class class);

/* How many blanks text lacks to be width columns wide, 0 and more. printf's own
 * widths count octets: an accent or the blank that groups digits has several. */
int show_pad(const char *text, int width);
