/* What is told of women beside men, and what is not. */
#include "collector/report/document.h"
#include "collector/report/portrait.h"

static int read_women(struct report *r, json_t *out, struct fault *f)
{
    static const struct portrait portrait = {DIM_SEX, FIGURE_SEX, "female", "male"};
    portrait_tell(r, &portrait, out);
    return 0;
}

const struct section section_women = {"women", read_women, "portrait"};
