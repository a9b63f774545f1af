#include "collector/report/built_in.h"

#include <stdlib.h>
#include <string.h>

#include "common/lang.h"
#include "common/log.h"
#include "schema/embedded.h"

extern const struct embedded report_files[]; /* generated */

const char *built_in_text(const char *path)
{
    for (const struct embedded *e = report_files; e->path; e++)
        if (!strcmp(e->path, path))
            return e->text;
    log_error(_("%s is not built in"), path);
    abort();
}
