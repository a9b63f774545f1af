#include "collector/report/beside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/place.h"
#include "collector/report/picture.h"
#include "collector/report/portrait.h"
#include "common/invocation.h"
#include "common/lang.h"

/* ---- lists ---- */

/* Words of so many characters with commas between; 0: it is no such list. */
static size_t words_of(const char *text, size_t size, const char *characters)
{
    size_t count = 0;
    for (;; text += size + 1) {
        if (strspn(text, characters) != size)
            return 0;
        count++;
        if (!text[size])
            return count;
        if (text[size] != ',')
            return 0;
    }
}

int beside_years(const char *text, struct fault *f)
{
    const size_t count = words_of(text, 4, "0123456789");
    bool rising = true;
    for (size_t n = 1; n < count; n++)
        rising &= atoi(text + n * 5) > atoi(text + n * 5 - 5);
    rising &= count > 0 && atoi(text) >= OPTION_YEAR_MIN && atoi(text + (count - 1) * 5) <= OPTION_YEAR_MAX;
    if (count >= 2 && count <= BESIDE_MAX && rising)
        return 0;
    return fault_set(f, -EINVAL,
                     _("\"%.64s\" is no list of years; write two to %d of them, from the earlier to the later, such as "
                       "2025,2026"),
                     text, BESIDE_MAX);
}

int beside_countries(const char *text, struct fault *f)
{
    const size_t count = words_of(text, 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    bool good = count >= 2 && count <= BESIDE_MAX;
    for (size_t n = 0; good && n < count; n++) {
        const char iso[] = {text[n * 3], text[n * 3 + 1], '\0'};
        const struct place_country *place = place_country(iso);
        good = place && !place->neighbour && strstr(text, iso) == text + n * 3;
    }
    return good ? 0
                : fault_set(f, -EINVAL,
                            _("\"%.64s\" is no list of countries with a pack; write two or more of: %s, with commas "
                              "between"),
                            text, place_packs());
}

/* ---- a cell ---- */

json_t *beside_cell(const struct report *r, size_t row)
{
    const char *instead = picture_instead(r, row);
    _cleanup_(buf_free) struct buf value = {0};
    if (instead)
        return json_pack("{s:s}", "value", instead);
    report_number(r, (ssize_t)row, &value);
    _cleanup_text_ char *sample = portrait_sample(r, row), *interval = portrait_interval(r, row);
    json_t *cell = json_pack("{s:s}", "value", value.data);
    if (evidence_text(&r->evidence, row, FIGURE_N_PROBES) || evidence_text(&r->evidence, row, FIGURE_N_SAMPLES))
        json_object_set_new(cell, "sample", json_string(sample));
    if (evidence_text(&r->evidence, row, FIGURE_LOW))
        json_object_set_new(cell, "interval", json_string(interval));
    return cell;
}

const char *beside_text(const struct report *r, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(r->words.texts, "beside"), name));
    return text ? text : "";
}

/* ---- the files ---- */

int beside_write(const struct report *r, const json_t *values, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf html = {0};
    int rc = document_render(r, values, &html, f);
    if (rc == 0)
        rc = to->keep(to->of, "report.html", &html, f);
    if (rc == 0)
        rc = to->keep(to->of, "indicators.xlsx", &(struct buf){0}, f);
    return rc < 0 ? rc : document_data(r, to, f);
}
