#include "collector/command/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/user.h"
#include "collector/report/pdf.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

int paper_write(const char *folder, const char *name, const struct buf *bytes, struct fault *f)
{
    USER_ROOT_SCOPE; /* where the command line says, as whoever gave it */
    _cleanup_text_ char *path = alloc_format("%s/%s", folder, name);
    _cleanup_text_ char *inner = alloc_text_n(path, (size_t)(strrchr(path, '/') - path));
    int rc = file_make_dir(folder, 0755, f);
    if (rc == 0 && strchr(name, '/'))
        rc = file_make_dir(inner, 0755, f);
    if (rc == 0)
        rc = file_write_atomic(path, bytes->data, bytes->len, 0644, f);
    if (rc == 0)
        puts(path);
    return rc;
}

int paper_write_pdf(const char *folder, const char *name, const struct buf *html, struct fault *f)
{
    _cleanup_(buf_free) struct buf pdf = {0};
    _cleanup_text_ char *program = pdf_program(getenv("PATH"));
    const char *scratch = getenv("TMPDIR");
    if (!program) {
        log_info(
            "%s",
            _("no PDF: WeasyPrint is not installed (Debian's package weasyprint); a browser prints the HTML as well"));
        return 0;
    }
    int rc = pdf_make(program, scratch ? scratch : "/tmp", html, &pdf, f);
    return rc < 0 ? rc : paper_write(folder, name, &pdf, f);
}
