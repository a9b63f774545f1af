#include "common/fault.h"

#include <stdio.h>
#include <string.h>

int fault_set(struct fault *f, int code, const char *format, ...)
{
    if (f) {
        va_list ap;
        va_start(ap, format);
        f->code = code;
        vsnprintf(f->text, sizeof f->text, format, ap);
        va_end(ap);
    }
    return code;
}

void fault_prefix(struct fault *f, const char *format, ...)
{
    if (!f)
        return;
    char old[FAULT_TEXT_MAX];
    memcpy(old, f->text, sizeof old);
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(f->text, sizeof f->text, format, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof f->text)
        snprintf(f->text + n, sizeof f->text - (size_t)n, "%s", old);
}
