/* What every unit test includes: cmocka needs these before its own header. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A fresh folder for files of the test; the caller removes it. */
static inline char *scratch_dir(void)
{
    static char path[64];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/imt-test-XXXXXX", base && strlen(base) < 32 ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static inline __attribute__((format(printf, 1, 2))) void shell(const char *format, ...)
{
    char command[1024];
    va_list ap;
    va_start(ap, format);
    vsnprintf(command, sizeof command, format, ap);
    va_end(ap);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}
