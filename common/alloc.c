#include "common/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/lang.h"
#include "common/log.h"

static void *checked(void *p)
{
    if (!p) {
        log_error(_("out of memory; stopping, nothing sealed is lost"));
        abort();
    }
    return p;
}

void *alloc_zero(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *alloc_resize(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *alloc_text(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *alloc_text_n(const char *text, size_t len)
{
    return checked(strndup(text, len));
}

char *alloc_format(const char *format, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, format);
    int n = vasprintf(&text, format, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : text);
}
