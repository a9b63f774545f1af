/* covered DRAWS [PART]: how often the intervals that are published contain what they are of, and how often ranks tell
 * equals apart. Of each population (design.c) DRAWS samples of lines are drawn, with the seeds from 1 on, and given to
 * the code that publishes. PART: a population, "ranks" or "changes", to have these alone; "parts" lists them.
 * covered brief: a little of it, with few draws.
 *
 * Every row must cover COVER_LEAST at least, and no more than COVER_MOST, except where few lines say one of very few
 * things: no interval is exact there. Status 1 where one does not. With fewer than FEW_DRAWS draws a row is refused
 * only where chance would seldom bring it about, and as a check of that the plain percentile bootstrap is refused too.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/pair.h"
#include "collector/figure/random.h"
#include "collector/figure/rank.h"
#include "tests/bench/design.h"

#define COVER_LEAST 0.93
#define COVER_MOST  0.98
#define FEW_DRAWS   5000
#define FEW_RARE    6 /* fewer lines than so say the rarer thing */

static const size_t lines_tried[] = {6, 8, 12, 25, 30, 36, 60, 72};
static const struct {
    const char *name;
    struct stat_what what;
} statistics[] = {
    {"p50", {STAT_QUANTILE, 0.5}},  {"p10", {STAT_QUANTILE, 0.1}}, {"p90", {STAT_QUANTILE, 0.9}},
    {"p95", {STAT_QUANTILE, 0.95}}, {"mean", {STAT_MEAN, 0}},      {"share", {STAT_SHARE, 0}},
};

struct row {
    const char *population, *figure;
    size_t lines, draws, published, covered;
    double width;
    bool coarse; /* few lines say one of very few things */
};

/* ---- the table ---- */

static double error_of(double rate, size_t draws)
{
    return sqrt(rate * (1 - rate) / (double)draws);
}

/* Chance may have so much of it. */
static double slack(double rate, size_t draws)
{
    return draws < FEW_DRAWS ? 3.3 * error_of(rate, draws) : 0;
}

static bool judge(const struct row *r, const char **ret_verdict)
{
    double cover = (double)r->covered / (double)r->published;
    bool low = cover < COVER_LEAST - slack(COVER_LEAST, r->published);
    bool high = cover > COVER_MOST + slack(COVER_MOST, r->published);
    *ret_verdict = low ? "TOO LITTLE" : !high ? "" : r->coarse ? "more, as few say it" : "TOO MUCH";
    return !low && (!high || r->coarse);
}

static bool print_row(const struct row *r)
{
    const char *verdict;
    if (r->published == 0) {
        printf("%-30s %-6s %5zu   no interval\n", r->population, r->figure, r->lines);
        return true;
    }
    bool good = judge(r, &verdict);
    double cover = (double)r->covered / (double)r->published;
    printf("%-30s %-6s %5zu   %6.4f +- %6.4f %9.3f %6.1f %%  %s\n", r->population, r->figure, r->lines, cover,
           error_of(cover, r->published), r->width / (double)r->published,
           100 * (double)r->published / (double)r->draws, verdict);
    return good;
}

static void note(struct row *r, double low, double high, double truth)
{
    r->published++;
    r->covered += low <= truth && truth <= high;
    r->width += high - low;
}

/* ---- intervals ---- */

static bool run_lines(const struct design *d, size_t s, size_t lines, size_t draws, double truth)
{
    const struct stat_what *what = &statistics[s].what;
    double rare = fmin(d->atom, 1 - d->atom);
    struct row r = {d->name, statistics[s].name, lines, draws,
                    .coarse = d->atom > 0 && rare * (double)lines < FEW_RARE};
    r.coarse |= d->atom > 0 && what->kind == STAT_QUANTILE && what->q < d->atom;
    for (uint64_t seed = 1; lines >= interval_lines(what) && seed <= draws; seed++) {
        _cleanup_tally_ struct tally t = design_draw(d, lines, seed);
        if (what->kind == STAT_MEAN)
            tally_cut(&t, NULL);
        struct interval i = tally_interval(&t, what, 1);
        if (i.kind)
            note(&r, i.low, i.high, truth);
    }
    return print_row(&r);
}

static bool run_design(const struct design *d, size_t draws)
{
    bool good = true;
    for (size_t s = 0; s < COUNT(statistics); s++) {
        if ((d->shape == SHAPE_YES) != (statistics[s].what.kind == STAT_SHARE))
            continue;
        double truth = design_truth(d, &statistics[s].what);
        for (size_t n = 0; n < COUNT(lines_tried); n++)
            good &= run_lines(d, s, lines_tried[n], draws, truth);
    }
    return good;
}

/* ---- the plain percentile bootstrap, which is refused ---- */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool refuses_the_plain_bootstrap(size_t draws)
{
    static const struct design skewed = {"(plain bootstrap)", SHAPE_LOGNORMAL, 1, 0.3, false, 0};
    const struct stat_what mean = {STAT_MEAN, 0};
    double truth = design_truth(&skewed, &mean), means[STAT_REPLICATES];
    struct row r = {skewed.name, "mean", 12, draws};
    for (uint64_t seed = 1; seed <= draws; seed++) {
        uint64_t state = seed;
        _cleanup_tally_ struct tally t = design_draw(&skewed, r.lines, seed);
        double lines[DESIGN_LINES_MAX] = {0};
        for (size_t i = 0; i < t.count; i++)
            lines[t.days[i].cluster] += t.days[i].value / DESIGN_DAYS;
        for (size_t m = 0; m < STAT_REPLICATES; m++) {
            means[m] = 0;
            for (size_t l = 0; l < r.lines; l++)
                means[m] += lines[random_below(&state, (uint32_t)r.lines)] / (double)r.lines;
        }
        qsort(means, STAT_REPLICATES, sizeof *means, by_number);
        note(&r, means[STAT_REPLICATES / 40], means[STAT_REPLICATES - STAT_REPLICATES / 40], truth);
    }
    return !print_row(&r);
}

/* ---- ranks ---- */

static const struct {
    const char *name;
    size_t cells, lines[4];
    double spread[4];     /* of cells around the same median, or the same mean */
    const char *in_brief; /* of which statistic */
} rivals[] = {
    {"2 alike", 2, {6, 6}, {0.5, 0.5}},
    {"2 alike", 2, {12, 12}, {0.5, 0.5}},
    {"2 alike", 2, {60, 60}, {0.5, 0.5}},
    {"2 of unequal size", 2, {6, 25}, {0.5, 0.5}},
    {"2 of unequal spread", 2, {12, 12}, {0.3, 0.8}},
    {"2 of unequal spread", 2, {60, 60}, {0.3, 0.8}},
    {"2, the small one spread", 2, {8, 36}, {0.8, 0.3}, "p50"},
    {"2, the large one spread", 2, {8, 36}, {0.3, 0.8}},
    {"2, the small one spread", 2, {6, 60}, {0.8, 0.3}},
    {"2, the small one spread", 2, {12, 60}, {0.8, 0.3}, "mean"},
    {"2, the large one spread", 2, {12, 60}, {0.3, 0.8}},
    {"2 of unequal size, skewed", 2, {12, 60}, {1, 1}},
    {"4 alike", 4, {12, 12, 12, 12}, {0.5, 0.5, 0.5, 0.5}},
    {"4 of unequal spread", 4, {6, 12, 25, 60}, {0.8, 0.6, 0.4, 0.3}},
    {"4 of unequal spread", 4, {12, 25, 36, 60}, {0.8, 0.6, 0.4, 0.3}},
};

static bool told_apart(size_t k, size_t s, uint64_t seed)
{
    const struct stat_what *what = &statistics[s].what;
    static struct rank_cell cells[4];
    static double values[4][DESIGN_LINES_MAX];
    struct rank ranks[4];
    bool apart = false;
    uint64_t state = random_next(&seed);
    for (size_t c = 0; c < rivals[k].cells; c++) {
        struct stat_sample lines[DESIGN_LINES_MAX];
        double far = rivals[k].spread[c], centre = what->kind == STAT_MEAN ? -far * far / 2 : 0;
        for (uint32_t l = 0; l < rivals[k].lines[c]; l++) {
            values[c][l] = exp(centre + far * design_normal(&state));
            lines[l] = (struct stat_sample){values[c][l], l};
        }
        stat_sort(lines, rivals[k].lines[c]);
        cells[c] = (struct rank_cell){stat_value(what, lines, rivals[k].lines[c], NULL), values[c], rivals[k].lines[c]};
    }
    rank_cells(what, true, cells, rivals[k].cells, 1, ranks);
    for (size_t c = 0; c < rivals[k].cells; c++)
        apart |= ranks[c].low != 1 || ranks[c].high != rivals[k].cells;
    return apart;
}

static bool run_rivals(size_t k, size_t s, size_t draws)
{
    size_t wrong = 0;
    for (uint64_t seed = 1; seed <= draws; seed++)
        wrong += told_apart(k, s, seed);
    double rate = (double)wrong / (double)draws, most = RANK_WRONG + 3 * error_of(RANK_WRONG, draws);
    printf("ranks: %-25s %-5s %2zu/%2zu   %6.4f +- %6.4f told apart, of equals  %s\n", rivals[k].name,
           statistics[s].name, rivals[k].lines[0], rivals[k].lines[rivals[k].cells - 1], rate, error_of(rate, draws),
           rate > most ? "TOO MUCH" : "");
    return rate <= most;
}

static bool run_ranks(size_t draws)
{
    bool good = true;
    for (size_t k = 0; k < COUNT(rivals); k++)
        for (size_t s = 0; s < COUNT(statistics); s++)
            if (!strcmp(statistics[s].name, "p50") || !strcmp(statistics[s].name, "mean"))
                good &= run_rivals(k, s, draws);
    return good;
}

/* ---- changes ---- */

static const struct {
    const char *name;
    double between, year; /* how far lines are from each other, and each from itself a year later */
    double kind;          /* two of five lines are so many times as large */
    const char *in_brief; /* of which statistic, with how many draws */
    size_t draws;
} changes[] = {
    {"changes: lines keep apart", 0.5, 0.1, 1, "p50", 2000},
    {"changes: closely", 0.2, 0.02, 1, NULL, 0},
    {"changes: as far as lines", 0.5, 0.5, 1, NULL, 0},
    {"changes: farther than lines", 0.5, 1, 1, NULL, 0},
    {"changes: skewed", 1, 0.3, 1, "mean", 400},
    {"changes: two kinds of lines", 0.3, 0.1, 4, NULL, 0},
};

#define NO_LONGER 0.1 /* a line that said yes says no, a year later */
#define NOW       0.2

/* All lines of a log-normal population grow by a fifth, and each by chance; of yes and no half say yes. */
static struct pair draw_pair(size_t k, const struct stat_what *what, uint64_t *state)
{
    if (what->kind == STAT_SHARE) {
        bool yes = design_uniform(state) < 0.5;
        bool turns = design_uniform(state) < (yes ? NO_LONGER : NOW);
        return (struct pair){100 * yes, 100 * (yes != turns), 0};
    }
    double own = exp(changes[k].between * design_normal(state)),
           sort = design_uniform(state) < 0.6 ? 1 : changes[k].kind;
    return (struct pair){sort * own, 1.2 * sort * own * exp(changes[k].year * design_normal(state)), 0};
}

static double change_of(size_t k, const struct stat_what *what)
{
    enum { MANY = 1000001 };
    double *years[2] = {alloc_zero(MANY, sizeof(double)), alloc_zero(MANY, sizeof(double))}, sum = 0;
    uint64_t state = 0x6368616e6765; /* none of those that are drawn from */
    for (size_t l = 0; l < MANY; l++) {
        struct pair p = draw_pair(k, what, &state);
        years[0][l] = p.from;
        years[1][l] = p.to;
        sum += p.to - p.from;
    }
    qsort(years[0], MANY, sizeof(double), by_number);
    qsort(years[1], MANY, sizeof(double), by_number);
    double middle = years[1][MANY / 2] - years[0][MANY / 2];
    free(years[0]);
    free(years[1]);
    return what->kind == STAT_QUANTILE ? middle : sum / MANY;
}

static bool run_change(size_t k, size_t s, size_t lines, size_t draws, double truth)
{
    const struct stat_what *what = &statistics[s].what;
    struct row r = {changes[k].name, statistics[s].name, lines, draws, .coarse = what->kind == STAT_SHARE};
    for (uint64_t seed = 1; lines >= pair_lines(what) && seed <= draws; seed++) {
        struct pair pairs[DESIGN_LINES_MAX];
        struct pair_change c;
        uint64_t from = seed, state = random_next(&from);
        for (size_t l = 0; l < lines; l++)
            pairs[l] = draw_pair(k, what, &state);
        if (pair_compare(what, pairs, lines, 1, &c))
            note(&r, c.interval.low, c.interval.high, truth);
    }
    return print_row(&r);
}

static bool run_changes(size_t draws)
{
    bool good = true;
    for (size_t k = 0; k < COUNT(changes); k++)
        for (size_t s = 0; s < COUNT(statistics); s++) {
            const struct stat_what *what = &statistics[s].what;
            /* Of shares lines have no spread. */
            if ((what->kind == STAT_QUANTILE && what->q != 0.5) || (what->kind == STAT_SHARE && k > 0))
                continue;
            double truth = change_of(k, what);
            for (size_t n = 0; n < COUNT(lines_tried); n++)
                good &= run_change(k, s, lines_tried[n], draws, truth);
        }
    return good;
}

/* A population of every kind, few lines. */
static bool run_brief(void)
{
    static const struct {
        const char *population, *statistic;
        size_t lines, draws;
    } some[] = {
        {"normal", "p50", 8, 1000},
        {"log-normal 1", "mean", 12, 400},
        {"log-normal 1", "mean", 36, 400},
        {"log-normal 0.5, uneven", "p50", 12, 1000},
        {"two kinds of lines", "p90", 36, 400},
        {"20 of 100 say yes", "share", 25, 400},
    };
    bool good = true;
    for (size_t i = 0; i < COUNT(some); i++)
        for (size_t d = 0; d < design_count; d++)
            for (size_t s = 0; s < COUNT(statistics); s++)
                if (!strcmp(designs[d].name, some[i].population) && !strcmp(statistics[s].name, some[i].statistic))
                    good &= run_lines(&designs[d], s, some[i].lines, some[i].draws,
                                      design_truth(&designs[d], &statistics[s].what));
    for (size_t k = 0; k < COUNT(rivals); k++)
        for (size_t s = 0; s < COUNT(statistics); s++)
            if (rivals[k].in_brief && !strcmp(statistics[s].name, rivals[k].in_brief))
                good &= run_rivals(k, s, 400);
    for (size_t k = 0; k < COUNT(changes); k++)
        for (size_t s = 0; s < COUNT(statistics); s++)
            if (changes[k].in_brief && !strcmp(statistics[s].name, changes[k].in_brief))
                good &= run_change(k, s, 36, changes[k].draws, change_of(k, &statistics[s].what));
    if (!refuses_the_plain_bootstrap(400)) {
        printf("the plain bootstrap is not refused\n");
        good = false;
    }
    return good;
}

static void list_parts(void)
{
    for (size_t d = 0; d < design_count; d++)
        printf("%s\n", designs[d].name);
    printf("ranks\nchanges\n");
}

int main(int argc, char **argv)
{
    size_t draws = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
    const char *part = argc > 2 ? argv[2] : "";
    bool good = true;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && !strcmp(argv[1], "brief"))
        return run_brief() ? 0 : 1;
    if (argc == 2 && !strcmp(argv[1], "parts")) {
        list_parts();
        return 0;
    }
    if (draws == 0) {
        fprintf(stderr, "usage: covered DRAWS [PART] | brief | parts\n");
        return 2;
    }
    for (size_t d = 0; d < design_count; d++)
        if (!*part || !strcmp(part, designs[d].name))
            good &= run_design(&designs[d], draws);
    if (!*part || !strcmp(part, "ranks"))
        good &= run_ranks(draws);
    if (!*part || !strcmp(part, "changes"))
        good &= run_changes(draws);
    return good ? 0 : 1;
}
