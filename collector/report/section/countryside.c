/* What is told of the countryside beside towns, and what is not. */
#include "collector/report/document.h"
#include "collector/report/portrait.h"

static int read_countryside(struct report *r, json_t *out, struct fault *f)
{
    static const struct portrait portrait = {DIM_ZONE, FIGURE_ZONE, "rural", "urban"};
    portrait_tell(r, &portrait, out);
    return 0;
}

const struct section section_countryside = {"countryside", read_countryside, "portrait"};
