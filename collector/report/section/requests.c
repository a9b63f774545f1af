/* Which data were asked of whom for this edition, and did not come; and the questionnaires that were used. */
#include "collector/report/document.h"

#include "common/json.h"

/* What was asked for, with its day as people write it. */
static json_t *asked_for(const struct report *r)
{
    json_t *list = json_array();
    const json_t *one;
    size_t n;
    json_array_foreach(edition_list(&r->edition, "request"), n, one)
    {
        char text[DATE_TEXT_SIZE];
        json_array_append_new(list,
                              json_pack("{s:O, s:O, s:s, s:O?}", "what", json_object_get(one, "name"), "of",
                                        json_object_get(one, "of"), "asked", edition_day(one, "asked", &r->words, text),
                                        "answer", json_object_get(one, "answer")));
    }
    return list;
}

static int read_requests(struct report *r, json_t *out, struct fault *f)
{
    json_t *requests = asked_for(r);
    const json_t *questionnaires = edition_list(&r->edition, "questionnaire");
    json_object_set_new(out, "any", json_boolean(json_array_size(requests) > 0));
    json_object_set_new(out, "requests", requests);
    json_object_set_new(out, "some", json_boolean(json_array_size(questionnaires) > 0));
    json_object_set(out, "questionnaires", (json_t *)questionnaires);
    return 0;
}

const struct section section_requests = {"requests", read_requests};
