/* The public pages, in French at /fr/ and in English at /en/. */
#pragma once

#include "common/lang.h"

/* The language that an Accept-Language header (RFC 9110 section 12.5.4) asks
 * for; French when it asks for neither, or is NULL. */
enum lang page_language(const char *accept);
