#include "collector/figure/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/random.h"

/* Two cells, the better value first. */
struct pair {
    size_t better, worse;
    double p; /* of lines that differ in the same direction, or 1 */
};

/* ---- what lines are compared by ---- */

struct score {
    double value, score;
    bool of_better;
};

static int by_value(const void *a, const void *b)
{
    const struct score *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Equal values share the middle of their ranks. */
static void rank_scores(struct score *scores, size_t count)
{
    qsort(scores, count, sizeof *scores, by_value);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && scores[to].value == scores[from].value; to++)
            ;
        for (size_t i = from; i < to; i++)
            scores[i].score = (double)(from + to - 1) / 2;
    }
}

/* The lines of both; a score says how far a line is from the mean of all. */
static struct score *score_lines(const struct stat_what *what, const struct rank_cell *better,
                                 const struct rank_cell *worse)
{
    size_t count = better->count + worse->count;
    struct score *scores = alloc_zero(count, sizeof *scores);
    double mean = 0;
    for (size_t i = 0; i < count; i++) {
        bool of_better = i < better->count;
        double value = of_better ? better->lines[i] : worse->lines[i - better->count];
        scores[i] = (struct score){value, value, of_better};
    }
    if (what->kind == STAT_QUANTILE)
        rank_scores(scores, count);
    for (size_t i = 0; i < count; i++)
        mean += scores[i].score / (double)count;
    for (size_t i = 0; i < count; i++)
        scores[i].score -= mean;
    return scores;
}

/* ---- one pair ---- */

/* The sum of `some` of them, drawn without putting back. */
static double draw_sum(struct score *scores, size_t count, size_t some, uint64_t *state)
{
    double sum = 0;
    for (size_t i = 0; i < some; i++) {
        size_t at = i + random_below(state, (uint32_t)(count - i));
        struct score drawn = scores[at];
        scores[at] = scores[i];
        scores[i] = drawn;
        sum += drawn.score;
    }
    return sum;
}

/* How probable lines are that are parted so far, were they all of one kind. */
static double test_pair(const struct stat_what *what, bool high_is_better, const struct rank_cell *better,
                        const struct rank_cell *worse, size_t draws, uint64_t *state)
{
    size_t count = better->count + worse->count, some = better->count < worse->count ? better->count : worse->count;
    struct score *scores = score_lines(what, better, worse);
    double sum = 0, largest = 0;
    size_t as_far = 0;
    for (size_t i = 0; i < count; i++) {
        sum += scores[i].of_better ? scores[i].score : 0;
        largest += fabs(scores[i].score);
    }
    /* What is added in another order is the same within this. */
    double far = fabs(sum) - 1e-9 * largest;
    bool agree = high_is_better ? sum > 0 : sum < 0;
    for (size_t d = 0; agree && d < draws; d++)
        as_far += fabs(draw_sum(scores, count, some, state)) >= far;
    free(scores);
    return agree ? (double)(as_far + 1) / (double)(draws + 1) : 1;
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
    /* The smallest p must be able to stand against all pairs, with as much again to spare. */
    size_t draws = (size_t)fmin(RANK_DRAWS_MAX, fmax(RANK_DRAWS_MIN, 2 * (double)all / RANK_WRONG));
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
