/* The pages as they are served: each page of the table in each language that is
 * found, French at /fr/, English at /en/. */
#pragma once

#include "collector/db/pg.h"
#include "collector/http/http.h"

struct site;

/* reader: of the role internetmetre_reader. Both outlive the site. */
struct site *site_new(struct pg_pool *reader, const char *country);
void site_free(struct site *site);
const struct http_route *site_routes(const struct site *site); /* with the site as context */
