#include "collector/command/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "collector/db/user.h"
#include "collector/report/pdf.h"
#include "collector/report/raster.h"
#include "collector/report/tool.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

static int make_folder(const struct paper *paper, const char *name, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    _cleanup_text_ char *inner = alloc_text_n(path, (size_t)(strrchr(path, '/') - path));
    int rc = file_make_dir(paper->folder, 0755, f);
    return rc == 0 && strchr(name, '/') ? file_make_dir(inner, 0755, f) : rc;
}

int paper_stage(const struct paper *paper, const char *name, const struct buf *bytes, struct fault *f)
{
    USER_ROOT_SCOPE; /* where the command line says, as whoever gave it */
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    int rc = make_folder(paper, name, f);
    return rc < 0 ? rc : file_stage(path, bytes->data, bytes->len, 0644, f);
}

int paper_settle(const struct paper *paper, const char *name, struct fault *f)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    int rc = file_settle(path, f);
    if (rc == 0)
        puts(path);
    return rc;
}

void paper_unstage(const struct paper *paper, const char *name)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    file_unstage(path);
}

int paper_write(const struct paper *paper, const char *name, const struct buf *bytes, struct fault *f)
{
    int rc = paper_stage(paper, name, bytes, f);
    return rc < 0 ? rc : paper_settle(paper, name, f);
}

int paper_lock(const struct paper *paper, int *ret_fd, struct fault *f)
{
    USER_ROOT_SCOPE;
    int rc = file_make_dir(paper->folder, 0755, f);
    if (rc < 0)
        return rc;
    *ret_fd = open(paper->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd < 0)
        return fault_set(f, -errno, _("%s: cannot open the folder: %s"), paper->folder, fault_errno(errno));
    flock(*ret_fd, LOCK_EX); /* a file system that knows no locks has no two computers' reports in it */
    return 0;
}

const char *paper_scratch(void)
{
    const char *told = getenv("TMPDIR");
    return told && *told ? told : "/tmp";
}

int paper_make_pdf(const struct buf *html, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *program = tool_find(PDF_PROGRAM, getenv("PATH"));
    if (program)
        return pdf_make(program, paper_scratch(), html, out, f);
    log_info("%s",
             _("no PDF: WeasyPrint is not installed (Debian's package weasyprint); a browser prints the HTML as well"));
    return 0;
}

int paper_write_pdf(const struct paper *paper, const char *name, const struct buf *html, struct fault *f)
{
    _cleanup_(buf_free) struct buf pdf = {0};
    int rc = paper_make_pdf(html, &pdf, f);
    return rc < 0 || !pdf.len ? rc : paper_write(paper, name, &pdf, f);
}

int paper_make_png(struct paper *paper, const struct buf *svg, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *program = tool_find(RASTER_PROGRAM, getenv("PATH"));
    if (program)
        return raster_make(program, paper_scratch(), svg, out, f);
    if (!paper->no_png)
        log_info("%s", _("no PNG: rsvg-convert is not installed (Debian's package librsvg2-bin); each picture is "
                         "there as SVG"));
    paper->no_png = true;
    return 0;
}

char *paper_other(const struct paper *paper, const char *const *names, size_t count)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *pattern = alloc_format("%s/*.html", paper->folder);
    char *found = NULL;
    struct fault none = {0};
    glob_t all = {0};
    if (file_match(pattern, &all, &none) < 0)
        return NULL;
    for (size_t p = 0; !found && p < all.gl_pathc; p++) {
        const char *name = strrchr(all.gl_pathv[p], '/') + 1;
        size_t n = 0;
        while (n < count && strcmp(names[n], name) != 0)
            n++;
        if (n == count)
            found = alloc_text(name);
    }
    globfree(&all);
    return found;
}

int paper_remove(const struct paper *paper, const char *name, struct fault *f)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *path = alloc_format("%s/%s", paper->folder, name);
    if (unlink(path) == 0)
        log_info(_("%s was of an earlier report, and is removed"), path);
    else if (errno != ENOENT)
        return fault_set(f, -errno, _("%s: cannot be removed: %s"), path, fault_errno(errno));
    return 0;
}

/* A spreadsheet or a PDF of a country is a few megabytes. */
#define PAPER_BYTES_MAX (256u << 20)

int paper_read(const char *folder, const char *name, struct buf *ret, struct fault *f)
{
    USER_ROOT_SCOPE;
    _cleanup_text_ char *path = alloc_format("%s/%s", folder, name);
    return file_read(path, PAPER_BYTES_MAX, ret, f);
}
