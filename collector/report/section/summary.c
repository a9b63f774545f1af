/* For who has two pages' time: what each area's figures say. */
#include "collector/report/document.h"

#include <string.h>

#include "collector/report/part.h"

/* How far it is from the year before, where that is more than chance. */
static void set_change(const struct report *r, size_t row, json_t *line)
{
    const struct evidence *s = &r->evidence;
    const char *from = evidence_text(s, row, FIGURE_CHANGE_FROM);
    const double low = evidence_number(s, row, FIGURE_CHANGE_LOW), high = evidence_number(s, row, FIGURE_CHANGE_HIGH);
    const json_t *t = json_object_get(r->words.texts, "summary");
    if (!from || !evidence_text(s, row, FIGURE_CHANGE) || !evidence_text(s, row, FIGURE_CHANGE_LOW))
        return;
    const char *which = low > 0 ? "rose" : high < 0 ? "fell" : "steady";
    _cleanup_(buf_free) struct buf number = {0};
    report_number_of(r, (ssize_t)row, FIGURE_CHANGE, &number);
    phrase_set(line, "change", json_string_value(json_object_get(t, which)),
               json_pack("{s:s, s:s}", "from", from, "change", number.data ? number.data : ""));
}

static json_t *line_of(struct report *r, const struct indicator *i)
{
    ssize_t row = report_main(r, i);
    _cleanup_(buf_free) struct buf sentence = {0};
    if (row < 0 || indicator_by_item(i) || !i->headline[r->words.lang])
        return NULL;
    report_sentence(r, i, (size_t)row, &sentence);
    json_t *line = json_pack(
        "{s:s, s:s, s:s?, s:s}", "id", i->id, "sentence", sentence.data ? sentence.data : "", "older",
        report_older(r, (size_t)row), "mark",
        pg_bool(r->evidence.rows, (size_t)row, FIGURE_SIMULATED) ? phrase(&r->words, "simulated_mark") : "");
    set_change(r, (size_t)row, line);
    return line;
}

static json_t *lines_of(struct report *r, const struct part *p)
{
    json_t *lines = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        json_t *line = part_has(p, &all[i]) ? line_of(r, &all[i]) : NULL;
        if (line)
            json_array_append_new(lines, line);
    }
    return lines;
}

static int read_summary(struct report *r, json_t *out, struct fault *f)
{
    json_t *areas = json_array();
    struct part p = {0};
    while (part_next(&r->words, &p)) {
        json_t *lines = lines_of(r, &p);
        if (json_array_size(lines))
            json_array_append_new(areas, json_pack("{s:s, s:O}", "name", p.name, "lines", lines));
        json_decref(lines);
    }
    json_object_set_new(out, "areas", areas);
    return 0;
}

const struct section section_summary = {"summary", read_summary};
