/* Cells of an indicator to try on, and what is made of them. */
#pragma once

#include "tests/unit/check.h"

#include "collector/figure/cell.h"

#define HEADER_OF(statistic)                                                                                           \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {" statistic "} {where}\n"                                 \
    "-- headline.en: {" statistic "} {where}\n-- definition.fr: d\n"                                                   \
    "-- definition.en: d\n-- aggregate: " statistic "\n-- dimensions: operator, department, family\n-- decimals: 6\n"
#define HEADER HEADER_OF("p50")

static struct indicator indicator;

static inline int setup(void **state)
{
    struct fault f;
    return indicator_read(HEADER "SELECT 1", &indicator, &f);
}

static inline int teardown(void **state)
{
    indicator_free(&indicator);
    return 0;
}

static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};

static const char *const *lines = names;

/* A line of `days` days, on each of which it measures 10 + p; network NULL: its own, "": none was seen. */
static inline void add(struct cells *c, size_t p, int days, const char *carrier, const char *network)
{
    for (int d = 0; d < days; d++)
        for (int family = 0; family < 2; family++)
            cells_add(c, &(struct probe_day){
                             .probe = names[p],
                             .line = lines[p],
                             .day = 20000 + d,
                             .source = "measured",
                             .network = !network   ? names[p]
                                        : *network ? network
                                                   : NULL,
                             .country = "BJ",
                             .carrier = carrier,
                             .family = family ? "ipv4" : NULL,
                             .first = 20000,
                             .last = 20000 + days - 1,
                             .value = 10 + (double)p,
                             .samples = 7,
                         });
}

/* The d-th of ten days of a line on a network of its own, with that value. */
static inline void add_probe_value(struct cells *c, const char *probe, int d, const char *carrier, double value)
{
    cells_add(c, &(struct probe_day){.probe = probe,
                                     .day = 20000 + d,
                                     .first = 20000,
                                     .last = 20009,
                                     .source = "measured",
                                     .network = probe,
                                     .country = "BJ",
                                     .carrier = carrier,
                                     .value = value});
}

static inline void add_value(struct cells *c, size_t p, int d, const char *carrier, double value)
{
    add_probe_value(c, names[p], d, carrier, value);
}

static inline struct cells *fill(size_t probes, int days, const char *carrier, const char *network)
{
    struct cells *c = cells_new(&indicator, false);
    for (size_t p = 0; p < probes; p++)
        add(c, p, days, carrier, network);
    return c;
}

/* The figure of the cell with these members, NULL for those it must not have; statistic: NULL for the first. */
static inline const json_t *find_statistic(const json_t *figures, const char *carrier, const char *family,
                                           const char *statistic)
{
    size_t i;
    const json_t *f;
    json_array_foreach(figures, i, f)
    {
        if (statistic && strcmp(json_string_value(json_object_get(f, "statistic")), statistic) != 0)
            continue;
        const char *o = json_string_value(json_object_get(f, "operator"));
        const char *a = json_string_value(json_object_get(f, "family"));
        if ((carrier ? o && !strcmp(o, carrier) : !o) && (family ? a && !strcmp(a, family) : !a))
            return f;
    }
    return NULL;
}

static inline const json_t *find(const json_t *figures, const char *carrier, const char *family)
{
    return find_statistic(figures, carrier, family, NULL);
}

static inline double number(const json_t *figure, const char *name)
{
    assert_non_null(figure);
    assert_non_null(json_object_get(figure, name));
    return json_number_value(json_object_get(figure, name));
}

static inline const char *word(const json_t *figure, const char *name)
{
    assert_non_null(figure);
    return json_string_value(json_object_get(figure, name));
}
