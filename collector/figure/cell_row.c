#include "collector/figure/cell_parts.h"

#include <math.h>
#include <stdlib.h>

struct cells *cells_new(const struct indicator *i, bool lifted)
{
    struct cells *c = alloc_zero(1, sizeof *c);
    c->indicator = i;
    c->lifted = lifted;
    c->past = past_new(INT32_MAX, i->method);
    c->numbers = json_object();
    c->text_count = 1;
    c->texts = alloc_zero(1, sizeof *c->texts);
    return c;
}

void cells_lift_simulated(struct cells *c)
{
    c->lifted_simulated = true;
}

void cells_free(struct cells *c)
{
    if (!c)
        return;
    for (uint32_t t = 1; t < c->text_count; t++)
        free(c->texts[t]);
    free(c->texts);
    for (size_t k = 0; k < CUTS; k++)
        free(c->orders[k]);
    free(c->list);
    floor_free(c->floor);
    past_free(c->past);
    json_decref(c->numbers);
    free(c->rows);
    free(c);
}

void cells_remember(struct cells *c, struct past *past)
{
    past_free(c->past);
    c->past = past;
}

int64_t cells_count(const struct cells *c)
{
    return c->whole;
}

static uint32_t number_of(struct cells *c, const char *text)
{
    if (!text)
        return 0;
    const json_t *known = json_object_get(c->numbers, text);
    if (known)
        return (uint32_t)json_integer_value(known);
    c->texts = alloc_resize(c->texts, c->text_count + 1, sizeof *c->texts);
    c->texts[c->text_count] = alloc_text(text);
    json_object_set_new(c->numbers, text, json_integer(c->text_count));
    return c->text_count++;
}

/* A day with a value stands for itself and for the days without one behind it, up
 * to the probe's next of the same family, or to the last that was expected of it;
 * its first one for those before it as well. So each day that was expected counts
 * where the probe stood when it last measured; a box without power stands for
 * nothing. */
static void spread(struct cells *c, const struct probe_day *d)
{
    struct row *row = &c->rows[c->count - 1], *before = NULL;
    for (size_t i = c->count - 1; !before && i > 0 && c->rows[i - 1].probe == row->probe; i--)
        if (c->rows[i - 1].fields[FIELD_FAMILY] == row->fields[FIELD_FAMILY] && !isnan(c->rows[i - 1].value))
            before = &c->rows[i - 1];
    row->due = row_upto(row, d->last);
    row->ended = d->silent;
    if (before) {
        before->due -= row_upto(before, d->last) - (uint32_t)(row->at - before->at);
        before->ended = false;
    } else if (row->at > d->first) {
        row->due += (uint32_t)(row->at - d->first);
    }
}

void cells_add(struct cells *c, const struct probe_day *d)
{
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->rows = alloc_resize(c->rows, c->cap, sizeof *c->rows);
    }
    c->rows[c->count++] = (struct row){
        .fields = {[FIELD_COUNTRY] = number_of(c, d->country),
                   [FIELD_SOURCE] = number_of(c, d->source),
                   [FIELD_DEPARTMENT] = number_of(c, d->department),
                   [FIELD_OPERATOR] = number_of(c, d->carrier),
                   [FIELD_TECHNOLOGY] = number_of(c, d->technology),
                   [FIELD_FAMILY] = number_of(c, d->family),
                   /* of others no day says otherwise because its zone is another */
                   [FIELD_ZONE] = c->indicator->dimensions & DIM_ZONE ? number_of(c, d->zone) : 0},
        .probe = number_of(c, d->probe),
        .line = number_of(c, d->line ? d->line : d->probe),
        .oldest = number_of(c, d->oldest ? d->oldest
                               : d->line ? d->line
                                         : d->probe),
        .network = number_of(c, d->network),
        .voucher = number_of(c, d->voucher),
        .day = d->day,
        .at = d->day - d->idle,
        .last = d->last,
        .samples = d->samples,
        .failed = d->failed,
        .cut = 1,
        .value = d->value,
        .late = d->late,
        .barred = d->barred,
    };
    c->whole += d->family == NULL && !isnan(d->value);
    if (!isnan(d->value))
        spread(c, d);
}
