/* Text files that are compiled into a binary (schema/embed.py). */
#pragma once

#include <stddef.h>

struct embedded {
    const char *path; /* relative to the folder named in meson.build; NULL ends the table */
    const char *text; /* NUL-terminated */
    size_t len;
};
