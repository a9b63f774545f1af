/* For who has three minutes: of each area the figures that matter most, what each means, and what is not known. Two
 * pages of A4 at most; all figures stand where the indicators are. */
#include "collector/report/document.h"

#include <stdio.h>
#include <string.h>

#include "collector/report/aim.h"
#include "collector/report/neighbour.h"
#include "collector/report/part.h"
#include "collector/report/portrait.h"
#include "collector/report/trend.h"
#include "collector/report/window.h"

#define CARDS_OF_AREA 3
#define CARDS_MAX     24 /* that two pages hold, each with all that may be said of it */

struct digest {
    struct report *r;
    struct pg_rows *aims;
    int keys; /* of these places: an indicator with a higher one is left out */
    size_t cards;
    json_t *areas, *unknown;
};

/* ---- a card ---- */

/* Takes it over; NULL: nothing is said. */
static void say(json_t *says, char *sentence)
{
    if (sentence)
        json_array_append_new(says, json_string(sentence));
    free(sentence);
}

static json_t *card_of(const struct digest *d, const struct indicator *i, size_t row)
{
    const struct report *r = d->r;
    json_t *says = json_array();
    say(says, trend_say(r, i, row));
    say(says, aim_say(r, d->aims, row));
    say(says, neighbour_say(r, i, row));
    const bool simulated = pg_bool(r->evidence.rows, row, FIGURE_SIMULATED),
               interval = evidence_text(&r->evidence, row, FIGURE_LOW) != NULL;
    _cleanup_text_ char *name = report_name(r, i), *source = portrait_source(r, row),
                        *range = portrait_interval(r, row), *sample = portrait_sample(r, row),
                        *unit = report_unit(r, i),
                        *statistic = phrase_statistic(&r->words, evidence_text(&r->evidence, row, FIGURE_STATISTIC));
    _cleanup_(buf_free) struct buf value = {0};
    report_number(r, (ssize_t)row, &value);
    return portrait_shortfall(r, row,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s, s:o}", "id", i->id, "name",
                                        name, "value", value.data, "unit", unit, "statistic", statistic, "source",
                                        source, "interval", interval ? range : NULL, "sample",
                                        strcmp(sample, phrase(&r->words, "none")) != 0 ? sample : NULL, "mark",
                                        simulated ? phrase(&r->words, "simulated_mark") : "", "says", says));
}

/* ---- an area ---- */

static void add_card(struct digest *d, const struct indicator *i, size_t row, json_t *cards)
{
    json_array_append_new(cards, card_of(d, i, row));
    d->cards++;
}

/* Those that the framework marks, in their order. */
static void add_marked(struct digest *d, const struct part *p, json_t *cards)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (int key = 1; key <= d->keys; key++)
        for (size_t i = 0; i < count && json_array_size(cards) < CARDS_OF_AREA; i++) {
            if (all[i].key != key || !part_has(p, &all[i]) || indicator_retired(&all[i]))
                continue;
            const ssize_t row = indicator_by_item(&all[i]) ? -1 : report_main(d->r, &all[i]);
            _cleanup_text_ char *name = report_name(d->r, &all[i]);
            if (row >= 0)
                add_card(d, &all[i], (size_t)row, cards);
            else
                json_array_append_new(d->unknown, json_pack("{s:s, s:s}", "id", all[i].id, "name", name));
        }
}

/* Where none of these has a figure, the first that has one stands for the area. */
static void add_first(struct digest *d, const struct part *p, json_t *cards)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count && !json_array_size(cards); i++) {
        const ssize_t row = part_has(p, &all[i]) && !indicator_by_item(&all[i]) ? report_main(d->r, &all[i]) : -1;
        if (row >= 0)
            add_card(d, &all[i], (size_t)row, cards);
    }
}

static void add_areas(struct digest *d)
{
    struct part p = {0};
    d->cards = 0;
    json_array_clear(d->areas);
    json_array_clear(d->unknown);
    while (part_next(&d->r->words, &p)) {
        json_t *cards = json_array();
        add_marked(d, &p, cards);
        add_first(d, &p, cards);
        if (json_array_size(cards))
            json_array_append_new(d->areas, json_pack("{s:s, s:O}", "name", p.name, "cards", cards));
        json_decref(cards);
    }
}

static int read_summary(struct report *r, json_t *out, struct fault *f)
{
    struct digest d = {.r = r, .areas = json_array(), .unknown = json_array()};
    json_object_set_new(out, "areas", d.areas);
    json_object_set_new(out, "unknown", d.unknown);
    int rc = aim_read(r, &d.aims, f);
    if (rc == 0)
        rc = window_set(r, out, f);
    for (d.keys = rc == 0 ? CARDS_OF_AREA : 0; d.keys > 0; d.keys--) {
        add_areas(&d);
        if (d.cards <= CARDS_MAX)
            break;
    }
    json_object_set_new(out, "some", json_boolean(json_array_size(d.unknown) > 0));
    pg_rows_free(d.aims);
    return rc;
}

const struct section section_summary = {"summary", read_summary};
