#include "collector/import/remark.h"

#include <errno.h>

#include "common/lang.h"
#include "common/log.h"

void remark_note(struct remarks *r, enum remark what, size_t line)
{
    if (r->count[what]++ == 0)
        r->first[what] = line;
}

void remark_say(struct remarks *r, const char *text)
{
    if (r->others++ < REMARKS_SAID_MAX)
        log_warn("%s: %s", r->path, text);
}

static const char *text_of(enum remark what)
{
    switch (what) {
    case REMARK_NO_URL:
        return _("without source_url: nobody can follow it to its source");
    case REMARK_NO_VISA:
        return _(
            "a survey without the visa of the country's statistical authority: it stays out of reports unless somebody "
            "lets it in, by import admit");
    case REMARK_OLD:
        return _("of a year before 1992");
    default:
        return "";
    }
}

int remarks_end(struct remarks *r, struct fault *f)
{
    size_t all = r->others;
    for (enum remark what = 0; what < REMARK_COUNT; what++) {
        size_t n = r->count[what];
        all += n;
        if (n > 1)
            log_warn(_("%s: line %zu, and %zu more: %s"), r->path, r->first[what], n - 1, text_of(what));
        else if (n == 1)
            log_warn(_("%s: line %zu: %s"), r->path, r->first[what], text_of(what));
    }
    if (r->others > REMARKS_SAID_MAX)
        log_warn(_("%s: %zu more warnings"), r->path, r->others - REMARKS_SAID_MAX);
    return r->strict && all > 0 ? fault_set(f, -EBADMSG, _("%zu warnings, and --strict takes none"), all) : 0;
}
