#include "collector/figure/cell_parts.h"

#include <math.h>
#include <stdlib.h>

#include "collector/figure/balance.h"
#include "collector/figure/weight.h"

/* What one day of each line counts by itself, by the lines' numbers: over all its days, of both families together. The
 * caller frees both. */
static double *own_weights(const struct cells *c, uint32_t **ret_vouchers)
{
    uint32_t *days = alloc_zero(c->text_count, sizeof *days), *due = alloc_zero(c->text_count, sizeof *due), nobody = 0;
    uint32_t *vouchers = *ret_vouchers = alloc_zero(c->text_count, sizeof *vouchers);
    double *weights = alloc_zero(c->text_count, sizeof *weights);
    for (size_t i = 0; i < c->count; i++)
        if (!c->rows[i].fields[FIELD_FAMILY] && !isnan(c->rows[i].value)) {
            days[c->rows[i].line]++;
            due[c->rows[i].line] += c->rows[i].due;
            vouchers[c->rows[i].line] = c->rows[i].voucher;
        }
    for (uint32_t l = 0; l < c->text_count; l++)
        if (days[l] > 0)
            weight_days(&days[l], &due[l], &nobody, 1, &weights[l]);
        else
            weights[l] = 1;
    free(days);
    free(due);
    return weights;
}

/* Will it be hidden whatever its lines weigh? As the floor will find. */
static bool too_small(const struct cell *cell)
{
    struct crowd crowd = {0};
    for (size_t i = 0; i < cell->count; i++)
        if (!isnan(cell->rows[i]->value))
            crowd_add(&crowd, cell->rows[i]->line, cell->rows[i]->network, 1);
    return !crowd_enough(&crowd);
}

/* A cell's lines; the caller frees them. */
static struct balance_cell balanced(const struct cell *cell)
{
    struct balance_cell b = {.lines = alloc_zero(cell->count, sizeof *b.lines), .coarse = cell->cut == 0};
    for (size_t i = 0; i < cell->count; i++) {
        if (isnan(cell->rows[i]->value))
            continue;
        if (b.count == 0 || b.lines[b.count - 1].line != cell->rows[i]->line)
            b.lines[b.count++].line = cell->rows[i]->line;
        b.lines[b.count - 1].days++;
    }
    return b;
}

void cells_weigh(struct cells *c)
{
    uint32_t *vouchers;
    double *weights = own_weights(c, &vouchers);
    struct balance_cell *cells = alloc_zero(c->list_count, sizeof *cells);
    size_t *numbers = alloc_zero(c->list_count, sizeof *numbers), count = 0;
    for (size_t i = 0; i < c->list_count; i++)
        if (!too_small(&c->list[i])) {
            numbers[count] = c->list[i].number;
            cells[count++] = balanced(&c->list[i]);
        }
    balance(weights, vouchers, c->text_count, cells, count);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].refused)
            floor_refuse(c->floor, numbers[i]);
        free(cells[i].lines);
    }
    for (size_t i = 0; i < c->count; i++) {
        struct row *row = &c->rows[i];
        row->weight = weights[row->line];
        past_weigh(c->past, c->texts[row->probe], row->last, (uint32_t)lround(row->weight * FLOOR_WEIGHT_ONE));
    }
    free(numbers);
    free(cells);
    free(vouchers);
    free(weights);
}

/* A row of each of the tally's lines; the caller frees. */
static const struct row **rows_of(const struct cell *cell, const struct tally *t)
{
    const struct row **rows = alloc_zero(t->lines, sizeof *rows);
    for (size_t i = 0, at = 0; i < cell->count; i++)
        if (!isnan(cell->rows[i]->value))
            rows[t->days[at++].cluster] = cell->rows[i];
    return rows;
}

/* What is left of a line in a country is its value in all cells. */
static void cut_line(struct cells *c, size_t cell, const struct row *of, double part)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].line == of->line && cell_holds_both(&c->rows[i], of, 0)) {
            c->rows[i].cut = part;
            past_cut(c->past, c->texts[c->rows[i].probe], cell, part);
        }
}

void cells_cut(struct cells *c)
{
    for (size_t k = 0; k < c->list_count; k++) {
        const struct cell *cell = &c->list[k];
        if (cell->cut != 0)
            continue;
        _cleanup_tally_ struct tally t = cell_tally(cell);
        double *parts = alloc_zero(t.lines, sizeof *parts);
        const struct row **rows = rows_of(cell, &t);
        tally_cut(&t, parts);
        for (uint32_t l = 0; l < t.lines; l++)
            if (parts[l] < 1)
                cut_line(c, cell->number, rows[l], parts[l]);
        free(rows);
        free(parts);
    }
}
