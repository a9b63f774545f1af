#include "common/fault.h"

#include <stdio.h>
#include <string.h>

/* Beside f first: what is put in may be f's own text. */
__attribute__((format(printf, 3, 0))) static void fill(struct fault *f, const char *after, const char *format,
                                                       va_list ap)
{
    char text[FAULT_TEXT_MAX];
    int n = vsnprintf(text, sizeof text, format, ap);
    if (n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "%s", after);
    memcpy(f->text, text, sizeof text);
}

int fault_set(struct fault *f, int code, const char *format, ...)
{
    if (f) {
        va_list ap;
        va_start(ap, format);
        f->code = code;
        fill(f, "", format, ap);
        va_end(ap);
    }
    return code;
}

void fault_prefix(struct fault *f, const char *format, ...)
{
    if (!f)
        return;
    const char *said = f->text;
    va_list ap;
    va_start(ap, format);
    fill(f, said, format, ap);
    va_end(ap);
}
