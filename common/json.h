/* Strict, bounded JSON (RFC 8259): no duplicate members, no NaN, no invalid
 * UTF-8, no nesting past a limit, nothing after the value. Built on jansson;
 * the collector's hot path has scan.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/fault.h"

static inline void json_freep(json_t **value)
{
    json_decref(*value);
}
#define _cleanup_json_ _cleanup_(json_freep)

/* Parses text of at most max_len bytes nested at most max_depth deep.
 * -EBADMSG, -E2BIG (too long) or -ELOOP (too deep), with the place in f.
 * The caller owns *ret (json_decref). */
int json_read(const char *text, size_t len, size_t max_len, unsigned max_depth, json_t **ret, struct fault *f) CHECKED;

/* Members of an object with their type and range checked; f names the member
 * and what was expected. Strings are borrowed from the object. The _or forms
 * return the default when the member is absent or null, and still refuse a
 * member of the wrong type. */
int json_get_text(const json_t *object, const char *name, size_t max_len, const char **ret, struct fault *f) CHECKED;
int json_get_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *ret,
                 struct fault *f) CHECKED;
int json_get_bool(const json_t *object, const char *name, bool *ret, struct fault *f) CHECKED;
int json_get_text_or(const json_t *object, const char *name, size_t max_len, const char *other, const char **ret,
                     struct fault *f) CHECKED;
int json_get_int_or(const json_t *object, const char *name, int64_t min, int64_t max, int64_t other, int64_t *ret,
                    struct fault *f) CHECKED;
int json_get_bool_or(const json_t *object, const char *name, bool other, bool *ret, struct fault *f) CHECKED;

/* Compact text, members in insertion order; malloc memory, the caller frees. */
char *json_text(const json_t *value) CHECKED;
