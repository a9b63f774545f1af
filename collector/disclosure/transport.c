#include "collector/disclosure/transport.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/dominance.h"
#include "collector/disclosure/flow.h"

#define WEIGHTS     401 /* places of one set of parts, by what their lines weigh, at most */
#define WEIGHT_STEP 1.02
#define SECONDS     4     /* the line itself among them */
#define ROUNDING    1e-12 /* of a sum from which all is taken */
#define WORK                                                                                                           \
    2000000000 /* edges that are looked at for a chart: some ten seconds, and with a hundred parts some minutes */

struct unit {
    size_t day;
    uint32_t line, place;
    double amount, free; /* free: what of it may be otherwise, and cover others */
};

struct line {
    const struct unit *units;
    size_t count;
    double amount, free;
    bool covered;         /* and stays so where fewer days are shown, or what is out tells of it anyway */
    enum flow_answer now; /* by the days that are shown; FLOW_FOUND: or nobody asked yet */
};

/* What the two give that give most, and all together. */
struct most {
    double first, second, all;
};

struct transport {
    struct cellset *parts; /* of each place as it was given, from 0 on */
    uint32_t *numbers;     /* of places, in WEIGHTS of each of those, from 1 on; 0: nobody stands there */
    struct cellset *parts_of;
    double *weights;
    size_t given_count, place_count, part_count, day_count, unit_count, unit_cap, line_count;
    struct unit *units;
    struct line *lines, **largest; /* NULL: not sorted yet; the largest first */
    struct most *edges;            /* a row a day, a column a place */
    double *told;                  /* by day */
    int64_t work;                  /* that there is left */
};

/* ---- parts and units ---- */

/* Numbers figures from 0 on. */
static void number_parts(struct transport *t, const struct cellsets *parts)
{
    size_t last = 0;
    for (size_t p = 0; p < parts->count; p++)
        for (size_t k = 0; k < parts->list[p].count; k++)
            last = parts->list[p].cells[k] > last ? parts->list[p].cells[k] : last;
    size_t *numbers = alloc_zero(last + 1, sizeof *numbers); /* from 1 on; 0: none yet */
    t->given_count = parts->count;
    t->parts = alloc_zero(parts->count + 1, sizeof *t->parts);
    for (size_t p = 0; p < parts->count; p++) {
        const struct cellset *of = &parts->list[p];
        t->parts[p] = (struct cellset){alloc_zero(of->count + 1, sizeof *of->cells), of->count};
        for (size_t k = 0; k < of->count; k++) {
            size_t *number = &numbers[of->cells[k]];
            *number = *number ? *number : ++t->part_count;
            t->parts[p].cells[k] = *number - 1;
        }
    }
    free(numbers);
}

struct transport *transport_new(const struct cellsets *parts, size_t days)
{
    struct transport *t = alloc_zero(1, sizeof *t);
    t->day_count = days;
    t->work = WORK;
    t->told = alloc_zero(days + 1, sizeof *t->told);
    number_parts(t, parts);
    t->numbers = alloc_zero(parts->count * WEIGHTS + 1, sizeof *t->numbers);
    return t;
}

void transport_free(struct transport *t)
{
    if (!t)
        return;
    for (size_t p = 0; p < t->given_count; p++)
        free(t->parts[p].cells);
    free(t->parts);
    free(t->numbers);
    free(t->parts_of);
    free(t->weights);
    free(t->units);
    free(t->lines);
    free(t->largest);
    free(t->edges);
    free(t->told);
    free(t);
}

/* Lines that weigh about as much in figures, beside what they do in a point, stand at one place. */
static uint32_t place_of(struct transport *t, uint32_t given, double weight)
{
    double step = fmin(WEIGHTS / 2, fmax(-(WEIGHTS / 2), round(log(weight) / log(WEIGHT_STEP))));
    uint32_t *number = &t->numbers[given * WEIGHTS + (size_t)(step + WEIGHTS / 2)];
    if (*number == 0) {
        *number = (uint32_t)++t->place_count;
        t->parts_of = alloc_resize(t->parts_of, t->place_count, sizeof *t->parts_of);
        t->weights = alloc_resize(t->weights, t->place_count, sizeof *t->weights);
        t->parts_of[*number - 1] = t->parts[given];
        t->weights[*number - 1] = pow(WEIGHT_STEP, step);
    }
    return *number - 1;
}

void transport_add(struct transport *t, uint32_t line, size_t day, uint32_t place, double amount, double weight,
                   bool covers)
{
    if (t->unit_count == t->unit_cap) {
        t->unit_cap = t->unit_cap ? t->unit_cap * 2 : 256;
        t->units = alloc_resize(t->units, t->unit_cap, sizeof *t->units);
    }
    t->units[t->unit_count++] = (struct unit){day, line, place_of(t, place, weight), amount, covers ? amount : 0};
}

static int by_line(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int largest_first(const void *a, const void *b)
{
    const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;
    if (x->free != y->free)
        return x->free > y->free ? -1 : 1;
    return (x->units->line > y->units->line) - (x->units->line < y->units->line);
}

/* One unit for all of a line on a day at a place. */
static void join_units(struct transport *t)
{
    size_t found = 0;
    if (t->unit_count > 1)
        qsort(t->units, t->unit_count, sizeof *t->units, by_line);
    for (size_t u = 0; u < t->unit_count; u++)
        if (found > 0 && by_line(&t->units[found - 1], &t->units[u]) == 0) {
            t->units[found - 1].amount += t->units[u].amount;
            t->units[found - 1].free += t->units[u].free;
        } else {
            t->units[found++] = t->units[u];
        }
    t->unit_count = found;
}

static void meet(struct most *m, double amount)
{
    m->second = fmax(m->second, fmin(m->first, amount));
    m->first = fmax(m->first, amount);
    m->all += amount;
}

/* All others but the one of them that gives most. */
static double others(const struct most *m, double own)
{
    double rest = m->all - own - (own < m->first ? m->first : m->second);
    return rest > ROUNDING * m->all ? rest : 0;
}

/* What it gives on the day of that unit; *u: the first of another day. */
static double of_day(const struct line *line, size_t *u)
{
    size_t day = line->units[*u].day;
    double sum = 0;
    for (; *u < line->count && line->units[*u].day == day; (*u)++)
        sum += line->units[*u].amount;
    return sum;
}

static void list_lines(struct transport *t)
{
    t->lines = alloc_zero(t->unit_count + 1, sizeof *t->lines);
    for (size_t u = 0; u < t->unit_count; u++) {
        if (u == 0 || t->units[u].line != t->units[u - 1].line)
            t->lines[t->line_count++].units = &t->units[u];
        t->lines[t->line_count - 1].count++;
        t->lines[t->line_count - 1].amount += t->units[u].amount;
        t->lines[t->line_count - 1].free += t->units[u].free;
    }
    t->largest = alloc_zero(t->line_count + 1, sizeof(struct line *));
    for (size_t l = 0; l < t->line_count; l++)
        t->largest[l] = &t->lines[l];
    if (t->line_count > 1)
        qsort(t->largest, t->line_count, sizeof(struct line *), largest_first);
}

static size_t edge(const struct transport *t, const struct unit *u)
{
    return u->day * t->place_count + u->place;
}

static void get_ready(struct transport *t)
{
    if (t->largest)
        return;
    join_units(t);
    list_lines(t);
    t->edges = alloc_zero(t->day_count * t->place_count + 1, sizeof *t->edges);
    for (size_t u = 0; u < t->unit_count; u++)
        meet(&t->edges[edge(t, &t->units[u])], t->units[u].free);
}

/* ---- one line ---- */

/* Takes it out of what edges bear. */
static void leave_out(const struct transport *t, double *bears, const struct line *line)
{
    for (size_t u = 0; u < line->count; u++) {
        double *of = &bears[edge(t, &line->units[u])], rest = *of - line->units[u].free;
        *of = rest > ROUNDING * *of ? rest : 0;
    }
}

static void put_back(const struct transport *t, double *bears, const struct line *line)
{
    for (size_t u = 0; u < line->count; u++)
        bears[edge(t, &line->units[u])] = t->edges[edge(t, &line->units[u])].all;
}

/* Each of its days by itself, at its place. */
static bool has_enough_beside(const struct transport *t, const struct line *line)
{
    for (size_t u = 0; u < line->count; u++)
        if (line->units[u].amount > DOMINANCE_TIMES * others(&t->edges[edge(t, &line->units[u])], line->units[u].free))
            return false;
    return true;
}

/* What others have to make up for, day by day and part by part, less the step within which weights are the same: as
 * much as a figure may just tell. */
static void demand(const struct transport *t, const struct line *line, struct flow *f)
{
    for (size_t u = 0; u < line->count;) {
        size_t from = u, day = line->units[u].day;
        double own = of_day(line, &u), due = own / (DOMINANCE_TIMES * WEIGHT_STEP);
        f->due_of_days[day] = f->shown[day] ? due : 0;
        for (size_t i = from; own > 0 && i < u; i++) {
            const struct cellset *of = &t->parts_of[line->units[i].place];
            double weight = t->weights[line->units[i].place];
            for (size_t k = 0; k < of->count; k++)
                f->due_of_parts[of->cells[k]] += due * weight * (line->units[i].amount / own);
        }
    }
}

/* With some of those that give most left out besides it. */
static enum flow_answer flows(struct transport *t, const struct line *line, double *bears, const struct flow *f,
                              size_t from, size_t to)
{
    leave_out(t, bears, line);
    for (size_t l = from; l < to; l++)
        if (t->largest[l] != line)
            leave_out(t, bears, t->largest[l]);
    enum flow_answer answer = flow_ask(f, &t->work);
    for (size_t l = from; l < to; l++)
        put_back(t, bears, t->largest[l]);
    put_back(t, bears, line);
    return answer;
}

/* Whichever of them is the second; it is less work to leave out all at once, where that is enough. */
static enum flow_answer flows_for_each(struct transport *t, const struct line *line, double *bears,
                                       const struct flow *f)
{
    size_t seconds = t->line_count < SECONDS ? t->line_count : SECONDS;
    enum flow_answer all = flows(t, line, bears, f, 0, seconds);
    if (all == FLOW_FOUND)
        return all;
    all = FLOW_FOUND;
    for (size_t l = 0; l < seconds && all != FLOW_NONE; l++) {
        enum flow_answer answer = flows(t, line, bears, f, l, l + 1);
        all = answer == FLOW_FOUND ? all : answer;
    }
    return all;
}

static enum flow_answer is_covered(struct transport *t, const struct line *line, double *bears, const bool *shown)
{
    struct flow f = {t->day_count, t->place_count, t->part_count, bears, NULL, NULL, shown, t->parts_of, t->weights};
    f.due_of_days = alloc_zero(t->day_count + 1, sizeof *f.due_of_days);
    f.due_of_parts = alloc_zero(t->part_count + 1, sizeof *f.due_of_parts);
    demand(t, line, &f);
    enum flow_answer answer = flows_for_each(t, line, bears, &f);
    free(f.due_of_days);
    free(f.due_of_parts);
    return answer;
}

/* ---- all lines ---- */

bool transport_tells(struct transport *t, const bool *shown)
{
    get_ready(t);
    double *bears = alloc_zero(t->day_count * t->place_count + 1, sizeof *bears);
    bool tells = false;
    for (size_t e = 0; e < t->day_count * t->place_count; e++)
        bears[e] = t->edges[e].all;
    memset(t->told, 0, t->day_count * sizeof *t->told);
    for (size_t l = 0; l < t->line_count; l++) {
        struct line *line = &t->lines[l];
        line->now = line->covered || line->amount == 0 || has_enough_beside(t, line)
                        ? FLOW_FOUND
                        : is_covered(t, line, bears, shown);
        for (size_t u = 0; line->now != FLOW_FOUND && u < line->count; u++)
            t->told[line->units[u].day] += line->units[u].amount;
        tells |= line->now != FLOW_FOUND;
    }
    for (size_t l = 0; tells && l < t->line_count; l++)
        t->lines[l].covered = t->lines[l].now == FLOW_FOUND;
    free(bears);
    return tells;
}

/* Lines of both come in the order of their numbers. */
void transport_pass_over(struct transport *t, const struct transport *out)
{
    get_ready(t);
    for (size_t l = 0, o = 0; l < t->line_count; l++) {
        while (o < out->line_count && out->lines[o].units->line < t->lines[l].units->line)
            o++;
        t->lines[l].covered |= o < out->line_count && out->lines[o].units->line == t->lines[l].units->line &&
                               out->lines[o].now == FLOW_NONE;
    }
}

double transport_told(const struct transport *t, size_t day)
{
    return t->told[day];
}
