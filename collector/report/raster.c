#include "collector/report/raster.h"

#include <stdbool.h>
#include <string.h>

#include "collector/report/tool.h"
#include "common/lang.h"

/* One that is drawn in pixels has as many; one in millimetres twice those of a screen. */
static bool in_pixels(const struct buf *svg)
{
    static const char width[] = " width=\"";
    const char *at = svg->len ? strstr(svg->data, width) : NULL;
    if (!at)
        return false;
    at += strlen(width);
    return at[strspn(at, "0123456789")] == '"';
}

int raster_make(const char *program, const char *scratch, const struct buf *svg, struct buf *out, struct fault *f)
{
    const char *const arguments[] = {
        in_pixels(svg) ? "--zoom=1" : "--zoom=2", "--background-color=white", "--output", TOOL_OUT, TOOL_IN, NULL};
    const struct tool_job job = {program, arguments, scratch, RASTER_BYTES_MAX, TOOL_LIMIT_S};
    int rc = tool_run(&job, svg, out, f);
    if (rc < 0)
        fault_prefix(f, _("no PNG was made: "));
    return rc;
}
