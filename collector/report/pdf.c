#include "collector/report/pdf.h"

#include "collector/report/tool.h"
#include "common/lang.h"

int pdf_make(const char *program, const char *scratch, const struct buf *html, struct buf *out, struct fault *f)
{
    static const char *const arguments[] = {"--quiet", "--pdf-variant=pdf/ua-1", TOOL_IN, TOOL_OUT, NULL};
    const struct tool_job job = {program, arguments, scratch, PDF_BYTES_MAX, TOOL_LIMIT_S};
    int rc = tool_run(&job, html, out, f);
    if (rc < 0)
        fault_prefix(f, _("no PDF was made: "));
    return rc;
}
