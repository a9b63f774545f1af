/* Pages from text without logic (the common part of mustache):
 *   {{name}}                text, with & < > " ' written as entities
 *   {{{name}}}              text as it is
 *   {{#name}}…{{/name}}     once for each element of an array, or once when the
 *                           value is an object, a text that is not empty, a
 *                           number or true
 *   {{^name}}…{{/name}}     when it is absent, null, false, or empty
 *   {{>name}}               another template, its part of that name
 * A name is looked for in the innermost section's value, then outwards; a dot
 * goes into an object (a.b), "." alone is the value itself. A name that is
 * nowhere is nothing. */
#pragma once

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define TEMPLATE_DEPTH_MAX 16
#define TEMPLATE_PARTS_MAX 4 /* inside each other: a frame, a page, a piece of it */

struct template_part {
    const char *name, *text;
};

/* parts: the last has no name; NULL: none. -EBADMSG when the template is not well-formed, with the tag in f. */
int template_render(const char *text, const struct template_part *parts, const json_t *values, struct buf *out,
                    struct fault *f) CHECKED;

/* Appends text with & < > " ' as entities: safe in elements and attributes. */
void template_escape(const char *text, size_t len, struct buf *out);
