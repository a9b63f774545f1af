/* The owner's secret: whoever has it reads what this one probe measured, at the
 * collector. It is made here, kept in state_dir/owner, and the collector is
 * given its SHA-256 alone, in the enrolment. */
#pragma once

#include "common/fault.h"
#include "common/sign.h"

#define OWNER_TEXT_SIZE 37 /* "imo_", 32 hex digits, NUL */

/* Reads it, or makes it when there is none. */
int owner_make(const char *state_dir, char ret[static OWNER_TEXT_SIZE], struct fault *f) CHECKED;
/* -ENOENT when there is none. */
int owner_read(const char *state_dir, char ret[static OWNER_TEXT_SIZE], struct fault *f) CHECKED;

/* What the collector is told, in hex. */
const char *owner_hash(const char *secret, char ret[static HASH_TEXT_SIZE]);
/* The link at that collector; the caller frees. */
char *owner_link(const char *collector, const char *secret) CHECKED;
