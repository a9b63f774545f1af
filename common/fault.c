#include "common/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/form.h"
#include "common/lang.h"

/* Beside f first: what is put in may be f's own text. */
__attribute__((format(printf, 3, 0))) static void fill(struct fault *f, const char *after, const char *format,
                                                       va_list ap)
{
    char text[FAULT_TEXT_MAX];
    int n = vsnprintf(text, sizeof text, format, ap);
    if (n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "%s", after);
    form_tame(text); /* a peer's words may be in it */
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

/* libc's own catalogue is on few boxes: those that people meet are in ours. */
static const char *const errno_texts[] __attribute__((unused)) = {
    N_("Operation not permitted"),
    N_("No such file or directory"),
    N_("Input/output error"),
    N_("No such device or address"),
    N_("Resource temporarily unavailable"),
    N_("Cannot allocate memory"),
    N_("Permission denied"),
    N_("Device or resource busy"),
    N_("File exists"),
    N_("Invalid cross-device link"),
    N_("No such device"),
    N_("Not a directory"),
    N_("Is a directory"),
    N_("Invalid argument"),
    N_("Too many open files in system"),
    N_("Too many open files"),
    N_("Text file busy"),
    N_("File too large"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Broken pipe"),
    N_("File name too long"),
    N_("Directory not empty"),
    N_("Function not implemented"),
    N_("Operation not supported"),
    N_("Disk quota exceeded"),
    N_("Stale file handle"),
    N_("Message too long"),
    N_("Address family not supported by protocol"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("Network is down"),
    N_("Network is unreachable"),
    N_("Connection reset by peer"),
    N_("Connection timed out"),
    N_("Connection refused"),
    N_("No route to host"),
    N_("Host is down"),
};

const char *fault_errno(int error)
{
#ifdef __GLIBC__
    const char *text = strerrordesc_np(abs(error)); /* never translated, unlike strerror */
#else
    const char *text = strerror(abs(error));
#endif
    return text ? _(text) : strerror(abs(error));
}
