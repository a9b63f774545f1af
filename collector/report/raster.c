#include "collector/report/raster.h"

#include "collector/report/tool.h"
#include "common/lang.h"

int raster_make(const char *program, const char *scratch, const struct buf *svg, struct buf *out, struct fault *f)
{
    static const char *const arguments[] = {"--zoom=2", "--background-color=white", "--output", TOOL_OUT, TOOL_IN,
                                            NULL};
    const struct tool_job job = {program, arguments, scratch, RASTER_BYTES_MAX};
    int rc = tool_run(&job, svg, out, f);
    if (rc < 0)
        fault_prefix(f, _("no PNG was made: "));
    return rc;
}
