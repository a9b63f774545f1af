/* The documents that are printed of a country. One is document/NAME.c, its
 * template document/NAME.html, what it says beyond texts/LANG/report.json in
 * texts/LANG/NAME.json, and its word in the list below. */
#pragma once

#include "collector/report/report.h"

/* The one that is meant where none is asked for stands first. */
#define DOCUMENTS(X)                                                                                                   \
    X(annual)                                                                                                          \
    X(press)                                                                                                           \
    X(review)                                                                                                          \
    X(activity)                                                                                                        \
    X(years)                                                                                                           \
    X(countries)                                                                                                       \
    X(month)                                                                                                           \
    X(quarter)

struct document {
    const char *name;
    const char *option; /* of the command `report` that asks for it; NULL: none does */
    /* Of an option with a value: reads order->wanted before the database is asked, and gives order->year. NULL: the
     * command is told of which year. */
    int (*read)(struct report_order *order, struct fault *f);
    /* Of which countries it tells, as evidence_read takes them; the caller frees. NULL: of its own and the neighbours.
     */
    char *(*countries)(const struct report *r);
    bool peers; /* editions of other chapters stand in it */
    int (*write)(struct report *r, const struct outlet *to, struct fault *f);
    const char *pictures; /* the folder that its pictures go to; NULL: it has none */
};
#define DOCUMENT_DECLARE(document_name) extern const struct document document_##document_name;
DOCUMENTS(DOCUMENT_DECLARE)

const struct document *const *document_all(size_t *ret_count);

/* ---- what documents are made with ---- */

struct section {
    const char *name; /* of its texts */
    int (*read)(struct report *r, json_t *out, struct fault *f);
    const char *template; /* section/TEMPLATE.html, of several that are alike; NULL: its own, by its name */
};

/* Adds to the list {name, title, html, parts}: of a section its HTML, and what of it stands in a table of contents. */
int document_section(struct report *r, const struct section *s, json_t *list, struct fault *f) CHECKED;
/* The values that each document's template has, with the list of its sections, which is taken over. The caller frees.
 */
json_t *document_values(const struct report *r, json_t *sections) CHECKED;
/* Renders a template, with what begins each document ({{>head}}) and says that figures are imaginary or texts lacking
 * ({{>marks}}), as the report's language is set. */
int document_fill(const struct report *r, const char *template, const json_t *values, struct buf *out,
                  struct fault *f) CHECKED;
/* The same of the document's own. */
int document_render(const struct report *r, const json_t *values, struct buf *out, struct fault *f) CHECKED;
/* indicators.csv, to which the documents' numbers refer, and datapackage.json. */
int document_data(const struct report *r, const struct outlet *to, struct fault *f) CHECKED;
