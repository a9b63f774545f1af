/* An edition of the framework on paper: one HTML document that asks nobody for
 * anything, with what is consulted on, who spoke and what was answered; and the
 * comment form, which comes back by `import comments`. */
#pragma once

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/framework.h"
#include "collector/format/language.h"
#include "common/buf.h"
#include "common/fault.h"

/* All that both are made of (framework_document); the caller owns it. */
int consultation_read(struct pg *pg, const struct framework *w, json_t **ret, struct fault *f) CHECKED;

/* The document in a language. Names and definitions are French or English. */
int consultation_document(const json_t *edition, const struct language *l, struct buf *out, struct fault *f) CHECKED;

/* The form: a byte order mark, instructions, the header, a line for all of the framework and one an indicator. A
 * spreadsheet in French opens it by its semicolons. */
void consultation_form(const json_t *edition, const struct language *l, struct buf *out);
