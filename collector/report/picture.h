/* The pictures of an indicator: in the document, and as files that go their own
 * way with title, source and sample inside. A picture is picture/NAME.c and its
 * word in the list below, with the texts NAME and NAME_description. */
#pragma once

#include "collector/format/chart.h"
#include "collector/report/report.h"

/* In the order of the document. The word is in the names of files. */
#define PICTURES(X)                                                                                                    \
    X(days)        /* the year, day by day */                                                                          \
    X(years)       /* what others published, year by year, and of neighbours */                                        \
    X(operators)   /* beside the whole, with intervals */                                                              \
    X(departments) /* on the map */

#define PICTURE_PLACE(word) PICTURE_##word,
enum picture { PICTURES(PICTURE_PLACE) PICTURE_COUNT };

const char *picture_word(enum picture p);
/* In which parts it shows figures, of enum dimension: the table that it stands beside. 0: of all lines. */
unsigned picture_cut(enum picture p);

/* Draws it of the year, as far as it is published; out stays empty where it is not. title: of the picture, which the
 * caller frees, NULL where nothing is drawn. */
int picture_draw(const struct report *r, const struct indicator *i, enum picture p, enum chart_form form,
                 struct buf *out, char **ret_title, struct fault *f) CHECKED;

/* ---- what pictures are made with ---- */

struct canvas {
    const struct report *r;
    const struct indicator *i;
    size_t whole; /* the figure that the picture is about */
    struct chart chart;
    struct buf *out;
};

struct picture_kind {
    unsigned cut;
    /* The figure that it is about; -1: nothing is drawn. */
    ssize_t (*whole)(const struct report *r, const struct indicator *i);
    int (*draw)(struct canvas *v, struct fault *f);
};
#define PICTURE_DECLARE(word) extern const struct picture_kind picture_##word;
PICTURES(PICTURE_DECLARE)

/* Of all lines, as the headline says it, where that is measured. */
ssize_t picture_measured(const struct report *r, const struct indicator *i);
/* What parts of it are looked for. */
struct evidence_wanted picture_parts(const struct canvas *v, unsigned cut);
/* In the place of a number that is not shown; NULL where it is. */
const char *picture_instead(const struct report *r, size_t row);
const char *picture_text(const struct report *r, const char *name);
