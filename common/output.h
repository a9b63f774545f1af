/* Standard output, for commands that print. A disk may be full and a pipe may
 * have no reader: a command that said nothing has not done what it was asked
 * for, and a secret that nobody saw must not count. */
#pragma once

#include "common/alloc.h"
#include "common/fault.h"

/* Before anything opens a file: where 0, 1 or 2 is closed, it would become
 * standard output and get what is meant for people. They are taken by what
 * fails on use. */
void output_open(void);

/* Sends what was printed on its way. -EIO or the errno of writing when any of
 * it, from the start on, did not get out; the caller tells, and ends. */
int output_flush(struct fault *f) CHECKED;

/* The end of a program: the status, or 1 when what it printed did not get out,
 * with a line on standard error where no command has told it. */
int output_close(const char *program, int status) CHECKED;
