#include "collector/db/schema.h"

#include <string.h>

const struct embedded *schema_file(const char *path)
{
    for (const struct embedded *e = schema_files; e->path; e++)
        if (!strcmp(e->path, path))
            return e;
    return NULL;
}

const struct embedded *schema_next(const char *folder, const struct embedded *last)
{
    for (const struct embedded *e = last ? last + 1 : schema_files; e->path; e++)
        if (!strncmp(e->path, folder, strlen(folder)))
            return e;
    return NULL;
}
