/* Reckons what is asked on standard input, a line each; STATISTIC: p50, mean, share and the like. MOST: the greatest
 * value that there can be, 0 for any.
 *
 *   interval STATISTIC SEED (VALUE WEIGHT)…         prints KIND LOW HIGH, or none WHY
 *   told STATISTIC SEED MOST (VALUE WEIGHT)…        the same, as everybody is told it
 *   change STATISTIC SEED (FROM TO VOUCHER)…        prints FROM TO LOW HIGH, or none
 *   changed STATISTIC SEED MOST (FROM TO VOUCHER)…  the same, as everybody is told it
 *   duel STATISTIC SEED DRAWS ONES VALUE…           prints p; the first ONES values against the others
 *   rank STATISTIC SEED HIGH LINES… - (VALUE LINE…)…  prints the best and worst place of each cell; HIGH: 1 where that
 * is better, LINES: how many each has */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/duel.h"
#include "collector/figure/ends.h"
#include "collector/figure/pair.h"
#include "collector/figure/rank.h"

#define NUMBERS_MAX 4096
#define CELLS_MAX   32

/* What follows the word, up to the line's end or a dash. */
static size_t numbers(char **save, double *ret)
{
    size_t count = 0;
    for (char *word; count < NUMBERS_MAX && (word = strtok_r(NULL, " \n", save)) != NULL && strcmp(word, "-") != 0;)
        ret[count++] = strtod(word, NULL);
    return count;
}

static struct stat_what what_of(char **save)
{
    const char *name = strtok_r(NULL, " \n", save);
    if (!strcmp(name, "mean"))
        return (struct stat_what){STAT_MEAN, 0};
    if (!strcmp(name, "share"))
        return (struct stat_what){STAT_SHARE, 0};
    return (struct stat_what){STAT_QUANTILE, atoi(name + 1) / 100.0};
}

static uint64_t seed_of(char **save)
{
    return strtoull(strtok_r(NULL, " \n", save), NULL, 10);
}

/* told: as ends.h has it */
static void interval(const struct stat_what *what, uint64_t seed, const double *given, size_t count, bool told)
{
    struct stat_sample samples[NUMBERS_MAX];
    double weights[NUMBERS_MAX];
    for (size_t i = 0; i < count / 2; i++) {
        samples[i] = (struct stat_sample){given[2 * i], (uint32_t)i};
        weights[i] = given[2 * i + 1];
    }
    stat_sort(samples, count / 2);
    struct interval found = interval_of(what, samples, count / 2, weights, seed);
    if (told)
        found = ends_told(found, what, samples, count / 2, stat_value(what, samples, count / 2, weights));
    if (found.kind)
        printf("%s %.17g %.17g\n", found.kind, found.low, found.high);
    else
        printf("none %s\n", found.why);
}

static void change(const struct stat_what *what, uint64_t seed, const double *given, size_t count, bool told)
{
    struct pair pairs[NUMBERS_MAX];
    struct pair_change found;
    for (size_t i = 0; i < count / 3; i++)
        pairs[i] = (struct pair){given[3 * i], given[3 * i + 1], (uint32_t)given[3 * i + 2]};
    if (count / 3 >= pair_lines(what) && pair_compare(what, pairs, count / 3, seed, &found)) {
        if (told)
            found.interval = ends_of_change(&found, what, pairs, count / 3);
        printf("%.17g %.17g %.17g %.17g\n", found.from, found.to, found.interval.low, found.interval.high);
    } else {
        printf("none\n");
    }
}

static void duel(const struct stat_what *what, uint64_t seed, const double *given, size_t count)
{
    size_t ones = (size_t)given[1];
    const struct duel_side one = {given + 2, ones}, other = {given + 2 + ones, count - 2 - ones};
    printf("%.17g\n", duel_p(what, &one, &other, (size_t)given[0], 1, &seed));
}

static void rank(const struct stat_what *what, uint64_t seed, const double *head, size_t count, const double *given)
{
    struct rank_cell cells[CELLS_MAX] = {0};
    struct rank ranks[CELLS_MAX] = {0};
    size_t at = 0;
    for (size_t c = 0; c + 1 < count; c++) {
        size_t lines = (size_t)head[c + 1];
        cells[c] = (struct rank_cell){given[at], given + at + 1, lines};
        at += 1 + lines;
    }
    rank_cells(what, head[0] > 0, cells, count - 1, seed, ranks);
    for (size_t c = 0; c + 1 < count; c++)
        printf("%u %u%s", ranks[c].low, ranks[c].high, c + 2 < count ? " " : "\n");
}

int main(void)
{
    static char line[64 * NUMBERS_MAX];
    static double given[NUMBERS_MAX], more[NUMBERS_MAX];
    while (fgets(line, sizeof line, stdin)) {
        char *save;
        const char *word = strtok_r(line, " \n", &save);
        struct stat_what what = what_of(&save);
        uint64_t seed = seed_of(&save);
        size_t count = numbers(&save, given);
        if (!strcmp(word, "interval"))
            interval(&what, seed, given, count, false);
        else if (!strcmp(word, "told")) {
            what.most = given[0];
            interval(&what, seed, given + 1, count - 1, true);
        } else if (!strcmp(word, "change"))
            change(&what, seed, given, count, false);
        else if (!strcmp(word, "changed")) {
            what.most = given[0];
            change(&what, seed, given + 1, count - 1, true);
        } else if (!strcmp(word, "duel"))
            duel(&what, seed, given, count);
        else if (numbers(&save, more) > 0)
            rank(&what, seed, given, count, more);
    }
    return 0;
}
