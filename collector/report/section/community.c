/* What is told of networks that communities run, beside all lines, and what is not. */
#include "collector/report/document.h"
#include "collector/report/portrait.h"

static int read_community(struct report *r, json_t *out, struct fault *f)
{
    static const struct portrait portrait = {DIM_TECHNOLOGY, FIGURE_TECHNOLOGY, "community", NULL};
    portrait_tell(r, &portrait, out);
    return 0;
}

const struct section section_community = {"community", read_community, "portrait"};
