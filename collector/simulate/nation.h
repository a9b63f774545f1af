/* An imaginary country: the operators and departments of a country pack, with
 * what lines there are like. Who has which part of the market is the pack's; how
 * good an operator is comes of the seed, and says nothing of the real one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/fault.h"

enum technology { TECH_FIBRE, TECH_4G, TECH_3G, TECH_RADIO, TECH_COUNT };
extern const char *const technology_words[TECH_COUNT];

/* What lines differ in. A line's own value is lognormal around its operator's and technology's median. */
enum quantity {
    QUANTITY_DNS,      /* ms, a resolver's answer */
    QUANTITY_DOMESTIC, /* ms, a round trip inside the country */
    QUANTITY_ABROAD,   /* ms */
    QUANTITY_DOWN,     /* Mbit/s */
    QUANTITY_UP,       /* Mbit/s */
    QUANTITY_LOSS,     /* part of packets, 0 to 1 */
    QUANTITY_FAILURE,  /* part of questions without a useful answer, 0 to 1 */
    QUANTITY_COUNT,
};
extern const char *const quantity_words[QUANTITY_COUNT];

/* To a target in the operator's own network a round trip takes this part of the time. */
#define NATION_OWN 0.5

struct nation_operator {
    const char *name;
    double share; /* of lines */
    double mix[TECH_COUNT];
    double factor[QUANTITY_COUNT]; /* of the technology's median */
};

struct nation_department {
    const char *iso; /* NULL where the pack has none */
    double share;    /* of lines */
    double urban;    /* part of its lines */
};

struct nation_target {
    const char *name;
    bool counts, abroad; /* in a set of targets, and in which */
    int operator;        /* in whose network; -1: nobody's, or not known */
};

struct nation {
    char country[3];
    const char *timezone;
    uint64_t seed;
    json_t *packs; /* that the texts are borrowed from */
    struct nation_operator *operators;
    struct nation_department *departments;
    struct nation_target *targets;
    size_t operator_count, department_count, target_count;
};

/* -ENOENT: no pack of that country; f names those there are. */
int nation_make(const char *country, uint64_t seed, struct nation *ret, struct fault *f) CHECKED;
void nation_free(struct nation *n);

/* The median of the lines' own values. */
double nation_median(const struct nation *n, size_t operator, enum technology technology, enum quantity quantity);
/* How far they lie apart, as the logarithm's standard deviation. */
double nation_sigma(enum quantity quantity);

/* The operator or department of that name or code; -1: none. */
int nation_find_operator(const struct nation *n, const char *name);
int nation_find_department(const struct nation *n, const char *iso);
/* Is a target of this kind in the operator's network, or in another one? */
bool nation_reaches(const struct nation *n, size_t operator, bool abroad, bool own);
