/* The pictures of an indicator: in the document, and as files that go their own
 * way with title, source and sample inside. */
#pragma once

#include "collector/format/chart.h"
#include "collector/report/report.h"

enum picture {
    PICTURE_DAYS,        /* the year, day by day */
    PICTURE_OPERATORS,   /* beside the whole, with intervals */
    PICTURE_DEPARTMENTS, /* on the map */
    PICTURE_COUNT
};

/* "days", "operators", "departments": in the names of files, and of texts. */
const char *picture_word(enum picture p);
/* In which parts it shows figures, of enum dimension: the table that it stands beside. 0: of all lines. */
unsigned picture_cut(enum picture p);

/* Draws it of the year, as far as it is published; out stays empty where it is not. title: of the picture, which the
 * caller frees, NULL where nothing is drawn. */
int picture_draw(const struct report *r, const struct indicator *i, enum picture p, enum chart_form form,
                 struct buf *out, char **ret_title, struct fault *f) CHECKED;
