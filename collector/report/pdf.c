#include "collector/report/pdf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/db/user.h"
#include "common/file.h"
#include "common/lang.h"

char *pdf_program(const char *search)
{
    for (const char *at = search; at && *at;) {
        size_t len = strcspn(at, ":");
        _cleanup_text_ char *path = alloc_format("%.*s/weasyprint", (int)len, at);
        if (*path == '/' && access(path, X_OK) == 0)
            return TAKE(path);
        at += len + (at[len] == ':');
    }
    return NULL;
}

static int make_in(const char *program, const char *folder, const struct buf *html, struct buf *out, struct fault *f)
{
    _cleanup_(buf_free) struct buf said = {0};
    _cleanup_text_ char *in = alloc_format("%s/document.html", folder), *made = alloc_format("%s/document.pdf", folder);
    const char *const argv[] = {program, "--quiet", "--pdf-variant=pdf/ua-1", in, made, NULL};
    int rc = file_write_atomic(in, html->data, html->len, 0600, f);
    if (rc == 0)
        rc = user_run(argv, &said, f);
    if (rc == 0)
        rc = file_read(made, PDF_BYTES_MAX, out, f);
    unlink(in);
    unlink(made);
    return rc;
}

int pdf_make(const char *program, const char *scratch, const struct buf *html, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *folder = alloc_format("%s/internetmetre-pdf-XXXXXX", scratch);
    if (!mkdtemp(folder))
        return fault_set(f, -errno, _("%s: cannot make the folder: %s"), folder, fault_errno(errno));
    int rc = make_in(program, folder, html, out, f);
    if (rc < 0)
        fault_prefix(f, _("no PDF was made: "));
    rmdir(folder);
    return rc;
}
