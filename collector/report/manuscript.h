/* The chapters that the report's authors wrote: Markdown files in the folder of an
 * edition and a language, beside the collector's configuration:
 *   chapters/2026/fr/10-preface.md
 * Images lie beside them. The number says where a chapter stands: behind the
 * sections of that number or a lower one (manuscript_place). In a folder of theirs
 * are the answers of operators to what is said of them, by the same rules:
 *   chapters/2026/fr/answers/MTN.md */
#pragma once

#include "collector/report/markdown.h"
#include "collector/report/report.h"

#define MANUSCRIPT_CHAPTERS_MAX 50 /* and answers */
#define MANUSCRIPT_ANSWERS      "answers"
#define MANUSCRIPT_BYTES_MAX    (512u << 10) /* of a chapter: some 80 000 words */
#define MANUSCRIPT_IMAGES_MAX   (24u << 20)  /* of all images, in the document */

struct manuscript {
    struct manuscript_chapter {
        char *name; /* of its file */
        int place;
        struct markdown text;
    } * chapters; /* in their order */
    size_t count;
    size_t next; /* the first that manuscript_add did not add */
    struct manuscript_answer {
        char *name;         /* of its file */
        const char *author; /* the operator, as figures name it */
        struct markdown text;
    } * answers;
    size_t answer_count;
};

/* folder: NULL, or one that is not there, has none. What is faulty stops it, with file, line and cure in f. */
int manuscript_read(const struct report *r, const char *folder, struct manuscript *ret, struct fault *f) CHECKED;
void manuscript_free(struct manuscript *m);

/* NULL: it has not answered. */
const struct manuscript_answer *manuscript_answer_of(const struct manuscript *m, const char *author);

/* The number of a section of ours; 0: it has none, and nothing stands between it and the one before. */
int manuscript_place(const char *section);
/* Adds the next of them whose number is below `before`, as the document's template has a section; 0: all. */
void manuscript_add(struct manuscript *m, int before, json_t *sections);
