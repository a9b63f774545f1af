/* A chapter that its authors wrote, CommonMark, as HTML for the report: by
 * libcmark. It brings no HTML of its own, asks nobody for anything, and links
 * to pages and mailboxes only. Its first line is its title, "# Title"; its other
 * headings stand below the section's, and none skips a level. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define MARKDOWN_PART_LEVEL 3  /* of the headings next below the title, as HTML numbers them */
#define MARKDOWN_DEPTH_MAX  32 /* quotes, lists and emphases in each other: what prints nests no deeper */

/* Whom a text asks for what it does not hold itself. */
struct markdown_ways {
    /* Writes, as HTML, what stands for the text between {{ and }}; NULL: that one is not closed. alone: nothing else is
     * in its paragraph. True: it is a block and takes the paragraph's place, which only one that is alone may. */
    bool (*refer)(void *of, const char *reference, int line, bool alone, struct buf *out);
    /* Writes the value of src for an image that lies beside the text. */
    int (*embed)(void *of, const char *name, struct buf *out, struct fault *f);
    void *of;
    const char *figure; /* what numbers of pictures stand behind: "Figure" */
    int level;          /* of the title, as HTML numbers headings; 0: one above MARKDOWN_PART_LEVEL */
};

struct markdown {
    char *title;     /* bare text */
    json_t *parts;   /* its headings below: [{"id", "name", "level"}] */
    struct buf html; /* all but the title */
};

/* id: what the ids of its headings begin with. -EBADMSG with line and cure in f, and nothing in *ret. */
int markdown_read(const char *text, size_t len, const char *id, const struct markdown_ways *ways, struct markdown *ret,
                  struct fault *f) CHECKED;
void markdown_free(struct markdown *m);
