/* Who paid for the edition, and what its authors are tied to. */
#include "collector/report/document.h"

static int read_funding(struct report *r, json_t *out, struct fault *f)
{
    static const char *const kinds[] = {"funder", "conflict"};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const json_t *list = edition_list(&r->edition, kinds[k]);
        _cleanup_text_ char *any = alloc_format("any_%s", kinds[k]);
        json_object_set_new(out, any, json_boolean(json_array_size(list) > 0));
        json_object_set(out, kinds[k], (json_t *)list);
    }
    return 0;
}

const struct section section_funding = {"funding", read_funding};
