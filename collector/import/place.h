/* Countries of which figures are taken: those that have a pack, which are
 * ours, and the neighbours that a pack names. Of a neighbour nothing is
 * measured: what others publish of it stands beside. */
#pragma once

#include <stdbool.h>

struct place_country {
    char iso[3], iso3[4]; /* ISO 3166-1, of two letters and of three */
    char currency[4];     /* ISO 4217; "" where nobody says */
    bool visa;            /* its statistical authority lets surveys be made, under a number */
    bool neighbour;       /* without a pack of its own */
    char *chapter;        /* whose its yearly report is; its code where the pack does not say, NULL of a neighbour */
};

/* By either code; NULL for any other country, and for what is no country. */
const struct place_country *place_country(const char *code);

const char *place_packs(void);      /* "BJ, ML, SN" */
const char *place_neighbours(void); /* "BF, NE, NG, TG" */
