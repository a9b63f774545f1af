#include "common/choice.h"

#include <string.h>

#include "common/alloc.h"
#include "common/lang.h"

static bool is_meant(const struct choice *c, const char *text)
{
    bool meant = lang_same(c->word, text) || lang_same(_(c->shown), text);
    for (size_t i = 0; i < COUNT(c->said) && c->said[i] && !meant; i++)
        meant = lang_same(c->said[i], text);
    return meant;
}

const char *choice_read(const struct choice *list, const char *text)
{
    for (const struct choice *c = list; c->word; c++)
        if (is_meant(c, text))
            return c->word;
    return NULL;
}

void choice_list(const struct choice *list, struct buf *out)
{
    for (const struct choice *c = list; c->word; c++)
        buf_addf(out, "%s%s", c == list ? "" : ", ", _(c->shown));
}

bool choice_has(const struct choice *list, const char *word)
{
    for (const struct choice *c = list; c->word; c++)
        if (!strcmp(c->word, word))
            return true;
    return false;
}

void choice_words(const struct choice *list, struct buf *out)
{
    for (const struct choice *c = list; c->word; c++)
        buf_addf(out, "%s%s", c == list ? "" : ", ", c->word);
}
