/* The public pages: what the handlers of page.c are given (http_context). */
#pragma once

#include "collector/http/http.h"
#include "collector/db/pg.h"

struct pages {
    struct pg_pool *reader; /* role internetmetre_reader */
    const char *country;    /* ISO 3166-1, with a pack in schema/countries */
};

extern const struct http_route page_routes[];
