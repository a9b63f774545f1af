#include "collector/simulate/nation.h"

#include <errno.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/simulate/draw.h"
#include "common/buf.h"
#include "common/json.h"
#include "common/lang.h"

const char *const technology_words[TECH_COUNT] = {"fibre", "4g", "3g", "radio"};
const char *const quantity_words[QUANTITY_COUNT] = {"dns_ms",  "domestic_ms", "abroad_ms",   "down_mbps",
                                                    "up_mbps", "loss_part",   "failure_part"};

/* The median line of an operator like any other. */
static const double medians[QUANTITY_COUNT][TECH_COUNT] = {
    [QUANTITY_DNS] = {18, 45, 110, 30},
    [QUANTITY_DOMESTIC] = {12, 38, 95, 22},
    [QUANTITY_ABROAD] = {95, 130, 210, 110},
    [QUANTITY_DOWN] = {28, 14, 2.8, 9},
    [QUANTITY_UP] = {14, 6, 0.8, 3},
    [QUANTITY_LOSS] = {0.003, 0.012, 0.025, 0.015},
    [QUANTITY_FAILURE] = {0.004, 0.012, 0.022, 0.01},
};
static const double sigmas[QUANTITY_COUNT] = {0.35, 0.35, 0.2, 0.5, 0.5, 0.6, 0.6};
#define OPERATOR_SIGMA 0.25

/* Mobile operators are those of which the regulator counts subscribers. */
static const double mobile_mix[TECH_COUNT] = {0.25, 0.6, 0.15, 0};
static const double fixed_mix[TECH_COUNT] = {0.6, 0, 0, 0.4};
/* Where nobody says who holds what, all are alike. */
static const double any_mix[TECH_COUNT] = {0.35, 0.5, 0.15, 0};
#define UNLISTED_SHARE 0.015 /* of the market, of one that the shares do not name */

/* ---- the pack ---- */

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* The latest market_lines_…; NULL without any. */
static json_t *market_of(json_t *pack)
{
    const char *name, *last = "";
    json_t *value, *found = NULL;
    json_object_foreach(pack, name, value)
    {
        if (!strncmp(name, "market_lines_", 13) && strcmp(name, last) > 0) {
            last = name;
            found = value;
        }
    }
    return found;
}

static void add_operators(struct nation *n, json_t *pack)
{
    json_t *list = json_object_get(pack, "operators"), *market = market_of(pack);
    n->operator_count = json_array_size(list);
    n->operators = alloc_zero(n->operator_count, sizeof *n->operators);
    double whole = 0, total = 0;
    const char *name;
    json_t *lines;
    json_object_foreach(market, name, lines) whole += json_number_value(lines);
    for (size_t i = 0; i < n->operator_count; i++) {
        struct nation_operator *o = &n->operators[i];
        uint64_t stream = draw_stream(n->seed, DRAW_OPERATOR, i, 0);
        o->name = text_of(json_array_get(list, i), "name");
        double held = json_number_value(json_object_get(market, o->name));
        o->share = !market ? 1 : held > 0 ? held / whole : UNLISTED_SHARE;
        memcpy(o->mix, !market ? any_mix : held > 0 ? mobile_mix : fixed_mix, sizeof o->mix);
        for (int q = 0; q < QUANTITY_COUNT; q++)
            o->factor[q] = draw_lognormal(&stream, 1, OPERATOR_SIGMA);
        total += o->share;
    }
    for (size_t i = 0; i < n->operator_count; i++)
        n->operators[i].share /= total;
}

static bool lists(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text && !strcmp(json_string_value(json_array_get(list, i)), text))
            return true;
    return false;
}

/* Probes stand where a chapter is: at its seat above all, and with its teams. */
static void add_departments(struct nation *n, json_t *pack)
{
    json_t *list = json_object_get(pack, "departments"), *teams = json_object_get(pack, "focal_points");
    const char *seat = text_of(pack, "chapter_seat");
    double total = 0;
    n->department_count = json_array_size(list) ? json_array_size(list) : 1;
    n->departments = alloc_zero(n->department_count, sizeof *n->departments);
    for (size_t i = 0; i < n->department_count; i++) {
        struct nation_department *d = &n->departments[i];
        const char *capital = text_of(json_array_get(list, i), "capital");
        bool seats = seat && capital && !strcmp(capital, seat), team = lists(teams, capital);
        *d = (struct nation_department){.iso = text_of(json_array_get(list, i), "iso"),
                                        .share = seats  ? 4
                                                 : team ? 2
                                                        : 1,
                                        .urban = seats ? 0.9 : 0.4};
        total += d->share;
    }
    for (size_t i = 0; i < n->department_count; i++)
        n->departments[i].share /= total;
}

static void add_target(struct nation *n, const char *name, bool counts, bool abroad, int operator)
{
    n->targets = alloc_resize(n->targets, n->target_count + 1, sizeof *n->targets);
    n->targets[n->target_count++] = (struct nation_target){name, counts, abroad, operator};
}

/* Those of the pack's set; where it has none, one of the standard schedule, so that there are pings. */
static void add_targets(struct nation *n, json_t *pack)
{
    static const char *const scopes[] = {"domestic", "abroad"};
    json_t *set = json_object_get(pack, "targets"), *target;
    size_t i;
    for (size_t s = 0; s < COUNT(scopes); s++)
        json_array_foreach(json_object_get(set, scopes[s]), i, target)
        {
            const char *host = text_of(target, "operator");
            if (s == 0 || json_is_true(json_object_get(target, "unicast")))
                add_target(n, text_of(target, "name"), true, s == 1, host ? nation_find_operator(n, host) : -1);
        }
    if (n->target_count == 0)
        add_target(n, "k.root-servers.net", false, true, -1);
}

static int no_pack(const json_t *packs, const char *country, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    const char *iso;
    json_t *pack;
    json_object_foreach((json_t *)packs, iso, pack)
    {
        if (json_is_object(pack))
            buf_addf(&known, "%s%s", known.len ? ", " : "", iso);
    }
    return fault_set(f, -ENOENT, _("there is no country pack %s; there are: %s"), country, known.data);
}

int nation_make(const char *country, uint64_t seed, struct nation *ret, struct fault *f)
{
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    json_t *pack = json_object_get(packs, country);
    if (!json_is_object(pack))
        return no_pack(packs, country, f);
    if (json_array_size(json_object_get(pack, "operators")) == 0)
        return fault_set(f, -ENOENT, _("the country pack %s names no operators; nothing can be simulated of it"),
                         country);
    *ret = (struct nation){.seed = seed, .timezone = text_of(pack, "timezone"), .packs = TAKE(packs)};
    memcpy(ret->country, country, 2);
    add_operators(ret, pack);
    add_departments(ret, pack);
    add_targets(ret, pack);
    return 0;
}

void nation_free(struct nation *n)
{
    free(n->operators);
    free(n->departments);
    free(n->targets);
    json_decref(n->packs);
    *n = (struct nation){0};
}

/* ---- what lines are like ---- */

double nation_median(const struct nation *n, size_t operator, enum technology technology, enum quantity quantity)
{
    return medians[quantity][technology] * n->operators[operator].factor[quantity];
}

double nation_sigma(enum quantity quantity)
{
    return sigmas[quantity];
}

int nation_find_operator(const struct nation *n, const char *name)
{
    for (size_t i = 0; i < n->operator_count; i++)
        if (!strcmp(n->operators[i].name, name))
            return (int)i;
    return -1;
}

int nation_find_department(const struct nation *n, const char *iso)
{
    for (size_t i = 0; i < n->department_count; i++)
        if (n->departments[i].iso && !strcmp(n->departments[i].iso, iso))
            return (int)i;
    return -1;
}

bool nation_reaches(const struct nation *n, size_t operator, bool abroad, bool own)
{
    for (size_t i = 0; i < n->target_count; i++)
        if (n->targets[i].counts && n->targets[i].abroad == abroad && (n->targets[i].operator==(int) operator) == own)
            return true;
    return false;
}
