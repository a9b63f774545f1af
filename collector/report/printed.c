#include "collector/report/printed.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

#define OPENS  "<data value=\""
#define LINE   "\" data-line=\""
#define COLUMN "\" data-column=\""
#define CLOSES "\">"
#define ENDS   "</data>"

const char *printed_text(enum lang lang, const struct indicator *i, enum figure_column column, double value,
                         char ret_text[static NUMBER_TEXT_SIZE])
{
    const bool counted = column == FIGURE_N_DAYS || column == FIGURE_N_SAMPLES;
    return lang_number(lang, value, counted ? 0 : i ? i->decimals : 1, ret_text);
}

/* What stands before `end`, which is passed over: the caller frees. NULL: it does not come. */
static char *take(const char **at, const char *end)
{
    const char *found = strstr(*at, end);
    if (!found || memchr(*at, '<', (size_t)(found - *at)))
        return NULL;
    char *text = alloc_text_n(*at, (size_t)(found - *at));
    *at = found + strlen(end);
    return text;
}

static bool read_number(const char **at, void (*tell)(void *ctx, const struct printed *p), void *ctx)
{
    _cleanup_text_ char *value = take(at, LINE), *head = value ? take(at, CLOSES) : NULL,
                        *text = head ? take(at, ENDS) : NULL;
    char *end = NULL;
    if (!text)
        return false;
    struct printed p = {.text = text, .value = value, .line = strtoul(head, &end, 10), .column = "value"};
    if (!strncmp(end, COLUMN, strlen(COLUMN)))
        p.column = end + strlen(COLUMN);
    else if (*end != '\0')
        return false;
    if (end == head || p.line < 2) /* the first is the header */
        return false;
    tell(ctx, &p);
    return true;
}

bool printed_each(const char *html, void (*tell)(void *ctx, const struct printed *p), void *ctx, size_t *ret_at)
{
    const char *at = html;
    while ((at = strstr(at, OPENS)) != NULL) {
        *ret_at = (size_t)(at - html);
        at += strlen(OPENS);
        if (!read_number(&at, tell, ctx))
            return false;
    }
    return true;
}
