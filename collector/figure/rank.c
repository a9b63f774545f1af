#include "collector/figure/rank.h"

#include <math.h>
#include <stdlib.h>

#include "collector/figure/duel.h"

/* Two cells, the better value first. */
struct pair {
    size_t better, worse;
    double p; /* of lines that differ in the same direction, or 1 */
};

/* How probable lines are that are parted so far; 1 where they are not in the direction of the values. */
static double test_pair(const struct stat_what *what, bool high_is_better, const struct rank_cell *better,
                        const struct rank_cell *worse, size_t draws, uint64_t *state)
{
    const struct duel_side one = {better->lines, better->count}, other = {worse->lines, worse->count};
    double more = duel_statistic(what, &one, &other);
    return (high_is_better ? more > 0 : more < 0) ? duel_p(what, &one, &other, draws, RANK_WRONG, state) : 1;
}

/* ---- all pairs ---- */

static int by_p(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    if (x->better != y->better)
        return x->better < y->better ? -1 : 1;
    return (x->worse > y->worse) - (x->worse < y->worse);
}

static size_t list_pairs(bool high_is_better, const struct rank_cell *cells, size_t count, struct pair *pairs)
{
    size_t pair_count = 0;
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++) {
            bool a_first = high_is_better ? cells[a].value > cells[b].value : cells[a].value < cells[b].value;
            if (cells[a].value != cells[b].value)
                pairs[pair_count++] = a_first ? (struct pair){a, b, 1} : (struct pair){b, a, 1};
        }
    return pair_count;
}

void rank_cells(const struct stat_what *what, bool high_is_better, const struct rank_cell *cells, size_t count,
                uint64_t seed, struct rank *ret)
{
    size_t all = count * (count ? count - 1 : 0) / 2;
    struct pair *pairs = alloc_zero(all + 1, sizeof *pairs);
    size_t pair_count = list_pairs(high_is_better, cells, count, pairs);
    /* The least p must be able to stand against all pairs, with as much again to spare. */
    size_t draws = (size_t)fmin(RANK_DRAWS_MAX,
                                fmax(RANK_DRAWS_MIN, 2 * duel_least(what, 0) * (double)all / RANK_WRONG));
    for (size_t i = 0; i < pair_count; i++)
        pairs[i].p = test_pair(what, high_is_better, &cells[pairs[i].better], &cells[pairs[i].worse], draws, &seed);
    qsort(pairs, pair_count, sizeof *pairs, by_p);
    for (size_t c = 0; c < count; c++)
        ret[c] = (struct rank){1, (uint32_t)count};
    /* Holm: the first that does not stand ends it. Pairs of equal values are among the last. */
    for (size_t i = 0; i < pair_count && pairs[i].p <= RANK_WRONG / (double)(all - i); i++) {
        ret[pairs[i].worse].low++;
        ret[pairs[i].better].high--;
    }
    free(pairs);
}
