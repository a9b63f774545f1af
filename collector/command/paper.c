#include "collector/command/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/user.h"
#include "collector/report/frozen.h"
#include "collector/report/pdf.h"
#include "collector/report/raster.h"
#include "collector/report/tool.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

int paper_write(const struct paper *paper, const char *name, const struct buf *bytes, struct fault *f)
{
    USER_ROOT_SCOPE; /* where the command line says, as whoever gave it */
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    _cleanup_text_ char *inner = alloc_text_n(path, (size_t)(strrchr(path, '/') - path));
    int rc = file_make_dir(paper->folder, 0755, f);
    if (rc == 0 && strchr(name, '/'))
        rc = file_make_dir(inner, 0755, f);
    if (rc == 0)
        rc = file_write_atomic(path, bytes->data, bytes->len, 0644, f);
    if (rc == 0 && paper->files)
        frozen_add(paper->files, name, bytes);
    if (rc == 0)
        puts(path);
    return rc;
}

const char *paper_scratch(void)
{
    const char *told = getenv("TMPDIR");
    return told ? told : "/tmp";
}

int paper_write_pdf(const struct paper *paper, const char *name, const struct buf *html, struct fault *f)
{
    _cleanup_(buf_free) struct buf pdf = {0};
    _cleanup_text_ char *program = tool_find(PDF_PROGRAM, getenv("PATH"));
    if (!program) {
        log_info(
            "%s",
            _("no PDF: WeasyPrint is not installed (Debian's package weasyprint); a browser prints the HTML as well"));
        return 0;
    }
    int rc = pdf_make(program, paper_scratch(), html, &pdf, f);
    return rc < 0 ? rc : paper_write(paper, name, &pdf, f);
}

int paper_write_png(struct paper *paper, const char *svg_name, const struct buf *svg, struct fault *f)
{
    _cleanup_(buf_free) struct buf png = {0};
    _cleanup_text_ char *program = tool_find(RASTER_PROGRAM, getenv("PATH"));
    _cleanup_text_ char *name = alloc_format("%.*s.png", (int)(strrchr(svg_name, '.') - svg_name), svg_name);
    if (!program) {
        if (!paper->no_png)
            log_info("%s", _("no PNG: rsvg-convert is not installed (Debian's package librsvg2-bin); each picture is "
                             "there as SVG"));
        paper->no_png = true;
        return 0;
    }
    int rc = raster_make(program, paper_scratch(), svg, &png, f);
    return rc < 0 ? rc : paper_write(paper, name, &png, f);
}

/* A spreadsheet or a PDF of a country is a few megabytes. */
#define PAPER_BYTES_MAX (256u << 20)

int paper_read(const char *folder, const char *name, struct buf *ret, struct fault *f)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *path = alloc_format("%s/%s", folder, name);
    return file_read(path, PAPER_BYTES_MAX, ret, f);
}
