/* How to cite it, who may use it, and how it is corrected. */
#include "collector/report/document.h"

static int read_credits(struct report *r, json_t *out, struct fault *f)
{
    phrase_set(out, "cite", phrase(&r->words, "cite"), json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    return 0;
}

const struct section section_credits = {"credits", read_credits};
