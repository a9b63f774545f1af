/* What an operator sells, so that whoever hosts a probe picks their own plan and
 * types no name of it. The collector tells everybody (GET /api/v1/plans); only
 * the country and the technology are asked for: the operator is looked for here. */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "agent/command/ask.h"
#include "common/buf.h"
#include "common/fault.h"

#define OFFER_PAGE 60 /* of a list that a person reads through at once */

/* The plans that lines of this technology (NULL: any) can have, as the collector
 * lists them. The answer carries no signature: its certificate has to hold. */
int offer_fetch(const char *url, const char *country, const char *technology, struct buf *ret, struct fault *f) CHECKED;

/* An array of those of an operator as people call it: by its name, or the first
 * words of it. What cannot be shown or sent is left out. The caller owns it. */
int offer_read(const char *text, size_t len, const char *carrier, json_t **ret, struct fault *f) CHECKED;

/* "Pass mois 1 Go: 1,000 XOF, 1 GB, 30 days", and what it advertises, in the user's language. */
void offer_plan(const json_t *plan, struct buf *out);

/* The list, a page at a time, and the question: a number of it, or what the plan
 * is called; Enter shows the next page. *ret is the plan's key, a text as it was
 * typed, or NULL; the conversation's. */
int offer_ask(struct ask *a, const json_t *plans, const char **ret) CHECKED;
