/* A sheet an operator: what is told of its lines, beside all of them, and what it answers, whole. */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/report/company.h"
#include "collector/report/manuscript.h"
#include "collector/report/portrait.h"

/* Behind its sheet; of one without a sheet, behind all. */
static void add_answer(const struct manuscript *m, const char *name, json_t *out)
{
    const struct manuscript_answer *answer = m ? manuscript_answer_of(m, name) : NULL;
    json_t *sheets = json_object_get(out, "sheets"), *last = json_array_get(sheets, json_array_size(sheets) - 1);
    if (!answer)
        return;
    json_t *says = json_pack("{s:s, s:s, s:s}", "of", name, "says", answer->text.title, "html",
                             answer->text.html.data ? answer->text.html.data : "");
    const char *told = json_string_value(json_object_get(last, "name"));
    if (told && !strcmp(told, name))
        json_object_set_new(last, "answer", says);
    else
        json_array_append_new(json_object_get(out, "answers"), says);
}

static int read_operators(struct report *r, json_t *out, struct fault *f)
{
    const char **names = company_names(r);
    json_object_set_new(out, "answers", json_array());
    for (size_t n = 0; names[n]; n++) {
        _cleanup_text_ char *id = alloc_format("operator-%zu", n + 1);
        portrait_add(r, &(struct portrait){DIM_OPERATOR, FIGURE_OPERATOR, names[n], NULL}, id, names[n], out);
        add_answer(r->manuscript, names[n], out);
    }
    free(names);
    return 0;
}

const struct section section_operators = {"operators", read_operators, "sheets"};
