/* A page for people: page/NAME.c fills what the template page/NAME.html shows,
 * with the texts of collector/texts/LANGUAGE/NAME.json. What lies in page/ is in
 * the table; two of the texts say where it is found:
 *
 *   path   behind /LANGUAGE/, with members: "operateur/{id}"; "" is the front page
 *   menu   its name in the menu of all pages; a page without it is in none. The
 *          menu is shown when two pages have one: the second brings the front
 *          page's, too
 */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/format/phrase.h"
#include "collector/http/path.h"
#include "common/fault.h"

/* What a page is made from, and nothing else: it may be shown to the next reader
 * who asks the same. */
struct visit {
    struct pg *pg;       /* role internetmetre_reader; one snapshot for the whole page */
    const char *country; /* ISO 3166-1, with a pack in schema/countries */
    const json_t *pack;  /* that pack */
    const struct words *words;
    const char *pattern, *path; /* of the request, for page_member */
};

struct page {
    const char *name; /* NAME */
    bool secret;      /* behind a secret link: kept nowhere, told to nobody else */
    /* Fills out, which has the frame's members already. -ENOENT: there is no such
     * page, of a member that nothing is known of. */
    int (*read)(const struct visit *v, json_t *out, struct fault *f);
};

/* All of them, by name; NULL ends. Made from the folder by pages.py. */
extern const struct page *const page_all[];

/* A member of the path; NULL when it has none of that name. */
static inline const char *page_member(const struct visit *v, const char *name, char ret_text[static PATH_MEMBER_SIZE])
{
    return path_member(v->pattern, v->path, name, ret_text);
}

/* Where the pack's people live: "Africa/Porto-Novo". */
static inline const char *page_zone(const json_t *pack)
{
    const char *zone = json_string_value(json_object_get(pack, "timezone"));
    return zone ? zone : "UTC";
}
