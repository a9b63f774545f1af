/* What cells are made of: for cell_row.c, which takes probe-days in, cell.c,
 * which groups them and decides, cell_weight.c, which weighs them, and publish.c,
 * which says what they come to. */
#pragma once

#include "collector/figure/cell.h"
#include "collector/disclosure/floor.h"
#include "collector/figure/tally.h"

/* What a probe-day is grouped by; each text is a number in the table of texts,
 * 0 is none. The order of the fields is the order of cells in the output. */
enum field {
    FIELD_COUNTRY,
    FIELD_SOURCE,
    FIELD_DEPARTMENT,
    FIELD_OPERATOR,
    FIELD_TECHNOLOGY,
    FIELD_FAMILY,
    FIELD_ZONE,
    FIELD_COUNT
};

struct cell_field {
    const char *column;
    unsigned dimension; /* 0: in every cut */
};
extern const struct cell_field cell_fields[FIELD_COUNT];

/* What figures are made of, and the cut whose cell holds the value of one that is hidden. Coarse cuts first, and those
 * that came since after them: they take no other cell's place. */
enum { CUTS = 8 };
struct cell_cut {
    unsigned dimensions;
    size_t larger;
};
extern const struct cell_cut cell_cuts[CUTS];

struct row {
    uint32_t fields[FIELD_COUNT];
    uint32_t probe, line, oldest, network, voucher;
    int32_t day, last; /* last: up to which more are expected of the probe */
    int32_t at;        /* the day, less those before it on which nothing could come, as `last` is */
    uint32_t due;      /* the days that it stands for */
    double weight;     /* what it counts, in all its cells */
    bool ended;        /* the last of a probe that is silent since */
    bool late, barred; /* series told of the day without it, or otherwise */
    int64_t samples, failed;
    double cut;         /* to what part its line's value is cut in the edition (weight.h) */
    double value;       /* NAN: such a day is in no figure but for its failures */
    size_t cells[CUTS]; /* numbers of the cells that it lies in, or FLOOR_NONE */
};

struct cell {
    struct row *const *rows; /* sorted by line, then day */
    size_t count;
    size_t cut;    /* in cell_cuts */
    size_t number; /* in the floor */
    json_t *main;  /* its main figure, borrowed, when it has a value */
    double value;  /* that of it, not rounded */
};

struct cells {
    const struct indicator *indicator;
    struct row *rows;
    size_t count, cap;
    int64_t whole;
    json_t *numbers; /* text -> its number */
    char **texts;    /* number -> text; [0] is none */
    uint32_t text_count;
    struct floor *floor; /* NULL until it is decided */
    struct past *past;
    bool lifted, lifted_simulated;
    struct row **orders[CUTS];
    struct cell *list; /* in the order of their numbers */
    size_t list_count, list_cap;
};

/* Days from a row's to the last that was expected, both within; at least that one. */
static inline uint32_t row_upto(const struct row *row, int32_t last)
{
    return last > row->at ? (uint32_t)(last - row->at) + 1 : 1;
}

/* Do both lie in one cell of a cut by these dimensions? */
bool cell_holds_both(const struct row *x, const struct row *y, unsigned dimensions);

/* Of days whose cells are listed (cell_weight.c): what each line counts in all of them, and to what part the largest
 * of each country and source are cut in means. */
void cells_weigh(struct cells *c);
void cells_cut(struct cells *c);

/* Groups the probe-days and decides what is shown, once. What follows asks for its answers. */
void cells_decide(struct cells *c);
void cells_debut(struct cells *c); /* holds parts back that points which are out would tell of (debut.c) */
bool cell_lifted(const struct cells *c, const struct cell *cell); /* is it shown, whatever stands behind it? */
enum floor_verdict cell_verdict(const struct cells *c, const struct cell *cell);
bool cell_held(const struct cells *c, const struct cell *cell); /* its last figure stands */
bool cell_fresh(const struct cells *c, const struct row *row);  /* was the day never told? */
double cell_counts(const struct row *row);                      /* what the day counts of what it says; 0: as below */
double cell_weighed(const struct cells *c, const struct cell *cell,
                    const struct row *row); /* what the day counts in the cell's last figure; 0: nothing that tells */
bool cell_pointed(const struct cells *c, const struct cell *country, int32_t day); /* has its chart that day? */
struct tally cell_tally(const struct cell *cell);

/* A country's days with a value, in the figures that they lie in of those that are shown (cellsets_free), and, where
 * asked for, of the last ones behind them. The caller frees both. */
struct tally_day *cell_days(const struct cells *c, const struct cell *country, bool last, struct cellsets *ret_parts,
                            size_t *ret_count);
struct past_days cell_past(const struct cells *c, const struct cell *cell);
