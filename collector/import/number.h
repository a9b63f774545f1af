/* A number as a computer writes it, with a point, that is no nearer to nothing than a double tells: PostgreSQL reads
 * the same text as a numeric. */
#pragma once

#include "common/alloc.h"

int number_read(const char *text, double *ret) CHECKED; /* -EBADMSG: it is none */
