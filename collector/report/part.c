#include "collector/report/part.h"

#include <string.h>

bool part_next(const struct words *w, struct part *p)
{
    json_t *families = json_object_get(w->texts, "family");
    p->at = p->at ? json_object_iter_next(families, p->at) : json_object_iter(families);
    if (!p->at)
        return false;
    p->family = json_object_iter_key(p->at);
    p->name = json_string_value(json_object_iter_value(p->at));
    return true;
}

bool part_has(const struct part *p, const struct indicator *i)
{
    const size_t len = strlen(p->family);
    return !strncmp(i->id, p->family, len) && i->id[len] >= '0' && i->id[len] <= '9';
}
