/* A comment form that a stranger sends back: taken whole, each comment with who
 * says it and when, or refused with what is wrong. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "collector/import/comments.h"
#include "common/form.h"
#include "common/json.h"

static const char *member(const json_t *comment, const char *name)
{
    return json_string_value(json_object_get(comment, name));
}

/* What a terminal would obey is in none of what is kept. */
static void check_names(const json_t *comment)
{
    static const char *const names[] = {"indicator", "group", "organisation", "person"};
    for (size_t n = 0; n < COUNT(names); n++)
        if (member(comment, names[n]) && (!form_text(member(comment, names[n])) || !*member(comment, names[n])))
            abort();
}

static void check_comments(const struct comment_list *list)
{
    const json_t *comment;
    size_t i;
    json_array_foreach(list->comments, i, comment)
    {
        if (!member(comment, "group") || !member(comment, "said_on") || !form_day(member(comment, "said_on")))
            abort();
        if (!member(comment, "comment") || !*member(comment, "comment") || strchr(member(comment, "comment"), '\x1b'))
            abort();
        check_names(comment);
    }
    /* As the database is given it. */
    char *text = json_text(list->comments);
    if (!text || i == 0)
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct comment_list list = {0};
    struct fault f = {0};
    int rc = comments_read((const char *)bytes, len, &list, &f);
    if (rc < 0 ? list.comments || list.edition || !f.text[0] : !list.comments)
        abort();
    if (rc == 0)
        check_comments(&list);
    comments_free(&list);
    return 0;
}
