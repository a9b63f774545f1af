#include "collector/report/reference.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/source.h"
#include "collector/import/nearest.h"
#include "common/json.h"
#include "common/lang.h"

#define PIECE_MAX 64 /* octets of what is compared with a name */
#define ROLES_MAX 8
#define AMBIGUOUS (-2) /* in the place of a row */
/* In the place of a figure, of what was looked up before. */
#define KNOWN_NO_DATA (-1)
#define KNOWN_BROKEN  (-2)

/* By what a figure is chosen, beside the indicator; dimension 0: any indicator may be. */
static const struct choice {
    enum figure_column column;
    unsigned dimension;
    bool part;
} choices[] = {
    {FIGURE_COUNTRY, 0, false},
    {FIGURE_SOURCE, 0, false},
    {FIGURE_OPERATOR, DIM_OPERATOR, true},
    {FIGURE_GEO, DIM_DEPARTMENT, true},
    {FIGURE_TECHNOLOGY, DIM_TECHNOLOGY, true},
    {FIGURE_FAMILY, DIM_FAMILY, true},
    {FIGURE_ZONE, DIM_ZONE, true},
    {FIGURE_SEX, DIM_SEX, true},
    {FIGURE_AGE_GROUP, DIM_AGE_GROUP, true},
    {FIGURE_PLAN, DIM_PLAN, true},
    {FIGURE_ITEM, 0, true},
};

/* What a name may mean: this value of that column. */
struct role {
    const struct choice *choice;
    enum figure_column column;
    const char *value;
};

struct word {
    struct role role;
    char *plain, *label; /* without dots; label NULL: none */
};

struct range {
    const char *indicator;
    size_t from, to;
};

struct references {
    const struct report *r;
    struct word *words;
    size_t word_count;
    struct range *ranges; /* rows of one indicator stand together */
    size_t range_count;
    json_t *known; /* what was looked up before */
};

/* A reference, taken apart. */
struct query {
    struct references *l;
    const struct indicator *i;
    char *pieces[REFERENCE_PIECES_MAX];
    size_t count; /* of these; the first names the indicator */
    struct role roles[REFERENCE_PIECES_MAX][ROLES_MAX];
    size_t role_count[REFERENCE_PIECES_MAX];
    bool year, statistic; /* is it asked for? */
    enum figure_column column;
    struct buf *why;
};

/* ---- the words ---- */

static char *without_dots(const char *text)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    for (; *text; text++)
        if (*text != '.')
            buf_add_char(&out, *text);
    return buf_take(&out);
}

static const char *label_of(const struct report *r, enum figure_column column, const char *value)
{
    const json_t *areas = json_object_get(r->words.texts, "areas");
    if (column == FIGURE_GEO)
        return report_department(r, value);
    if (column == FIGURE_SOURCE)
        return source_name(value, r->words.lang);
    return json_string_value(json_object_get(json_object_get(areas, "word"), value));
}

static void add_word(struct references *l, json_t *seen, const struct choice *c, const char *value)
{
    _cleanup_text_ char *key = alloc_format("%d %s", (int)c->column, value);
    if (json_object_get(seen, key))
        return;
    json_object_set_new(seen, key, json_true());
    const char *label = label_of(l->r, c->column, value);
    l->words = alloc_resize(l->words, l->word_count + 1, sizeof *l->words);
    l->words[l->word_count++] = (struct word){
        {c, c->column, value}, without_dots(value), label ? without_dots(label) : NULL};
}

static void add_range(struct references *l, size_t row)
{
    const char *indicator = evidence_text(&l->r->evidence, row, FIGURE_INDICATOR);
    if (!l->range_count || strcmp(l->ranges[l->range_count - 1].indicator, indicator) != 0) {
        l->ranges = alloc_resize(l->ranges, l->range_count + 1, sizeof *l->ranges);
        l->ranges[l->range_count++] = (struct range){indicator, row, row};
    }
    l->ranges[l->range_count - 1].to = row + 1;
}

/* What the country is known to have, with a figure or without. */
static void add_pack(struct references *l, json_t *seen)
{
    static const struct {
        enum figure_column column;
        const char *list, *key;
    } lists[] = {{FIGURE_GEO, "departments", "iso"},
                 {FIGURE_OPERATOR, "operators", "name"},
                 {FIGURE_COUNTRY, "neighbours", "iso"}};
    const json_t *one;
    size_t n;
    for (size_t k = 0; k < COUNT(lists); k++)
        json_array_foreach(json_object_get(l->r->pack, lists[k].list), n,
                           one) for (size_t c = 0; c < COUNT(choices); c++) if (choices[c].column == lists[k].column &&
                                                                                json_object_get(one, lists[k].key))
            add_word(l, seen, &choices[c], json_string_value(json_object_get(one, lists[k].key)));
}

struct references *references_new(const struct report *r)
{
    struct references *l = alloc_zero(1, sizeof *l);
    _cleanup_json_ json_t *seen = json_object();
    *l = (struct references){.r = r, .known = json_object()};
    for (size_t row = 0; row < evidence_count(&r->evidence); row++) {
        add_range(l, row);
        for (size_t c = 0; c < COUNT(choices); c++)
            if (evidence_text(&r->evidence, row, choices[c].column))
                add_word(l, seen, &choices[c], evidence_text(&r->evidence, row, choices[c].column));
    }
    add_pack(l, seen);
    return l;
}

void references_free(struct references *l)
{
    if (!l)
        return;
    for (size_t w = 0; w < l->word_count; w++) {
        free(l->words[w].plain);
        free(l->words[w].label);
    }
    free(l->words);
    free(l->ranges);
    json_decref(l->known);
    free(l);
}

static bool may_choose(const struct indicator *i, const struct choice *c)
{
    return c->column == FIGURE_ITEM ? i->items != NULL : !c->dimension || (i->dimensions & c->dimension);
}

/* ---- what a piece may mean ---- */

/* Is it the name up to the end of one of its words: "MTN" of "MTN Bénin (Spacetel)"? */
static bool begins(const char *name, const char *piece)
{
    for (const char *end = name; name && *end; end++) {
        if (*end != ' ' || end == name)
            continue;
        _cleanup_text_ char *part = alloc_text_n(name, (size_t)(end - name));
        if (lang_same(part, piece))
            return true;
    }
    return false;
}

static bool is_item(const struct indicator *i, const struct word *w, const char *piece, enum lang lang)
{
    size_t len = 0;
    const char *name = w->role.column == FIGURE_ITEM ? indicator_item(i, w->role.value, lang, &len) : NULL;
    _cleanup_text_ char *text = name ? alloc_text_n(name, len) : NULL;
    return text && lang_same(text, piece);
}

static bool means(const struct query *q, const struct word *w, const char *piece, bool whole)
{
    if (whole)
        return lang_same(w->plain, piece) || (w->label && lang_same(w->label, piece)) ||
               is_item(q->i, w, piece, q->l->r->words.lang);
    return begins(w->plain, piece) || begins(w->label, piece);
}

static void add_role(struct query *q, size_t p, const struct choice *c, enum figure_column column, const char *value)
{
    if (q->role_count[p] < ROLES_MAX)
        q->roles[p][q->role_count[p]++] = (struct role){c, column, value};
}

static void read_names(struct query *q, size_t p, bool whole)
{
    for (size_t w = 0; w < q->l->word_count; w++) {
        const struct role *role = &q->l->words[w].role;
        if (may_choose(q->i, role->choice) && means(q, &q->l->words[w], q->pieces[p], whole))
            add_role(q, p, role->choice, role->column, role->value);
    }
}

/* One that figures may be of: of a later one this report has none. */
static bool is_year(const struct query *q, const char *piece)
{
    return strlen(piece) == 4 && strspn(piece, "0123456789") == 4 && strcmp(piece, "1900") >= 0 &&
           strcmp(piece, q->l->r->year) <= 0;
}

/* False where it means nothing. */
static bool read_piece(struct query *q, size_t p)
{
    const char *piece = q->pieces[p];
    if (!strcmp(piece, "low") || !strcmp(piece, "high")) {
        q->column = *piece == 'l' ? FIGURE_LOW : FIGURE_HIGH;
        return true;
    }
    if (is_year(q, piece)) {
        q->year = true;
        add_role(q, p, NULL, FIGURE_PERIOD, piece);
        return true;
    }
    for (size_t s = 0; s < q->i->statistic_count; s++)
        if (!strcmp(q->i->statistics[s].name, piece)) {
            q->statistic = true;
            add_role(q, p, NULL, FIGURE_STATISTIC, piece);
            return true;
        }
    if (strlen(piece) < PIECE_MAX)
        read_names(q, p, true);
    if (!q->role_count[p] && strlen(piece) < PIECE_MAX)
        read_names(q, p, false);
    return q->role_count[p] > 0;
}

/* ---- the figure ---- */

static const char *text_of(const struct query *q, size_t row, enum figure_column column)
{
    return evidence_text(&q->l->r->evidence, row, column);
}

static bool is_measured(const struct query *q, size_t row)
{
    return !strcmp(text_of(q, row, FIGURE_KIND), "measured");
}

/* Is each piece of it, and is it of no part that no piece names? */
static bool is_asked_for(const struct query *q, size_t row)
{
    unsigned named = 0; /* columns, as choices has them */
    bool country = false;
    for (size_t p = 1; p < q->count; p++) {
        bool fits = !q->role_count[p]; /* low, high */
        for (size_t m = 0; m < q->role_count[p]; m++) {
            const struct role *role = &q->roles[p][m];
            const char *text = text_of(q, row, role->column);
            if (!text || strcmp(text, role->value) != 0)
                continue;
            fits = true;
            named |= role->choice ? 1u << (role->choice - choices) : 0;
            country |= role->column == FIGURE_COUNTRY;
        }
        if (!fits)
            return false;
    }
    for (size_t c = 0; c < COUNT(choices); c++)
        if (choices[c].part && !(named & 1u << c) && text_of(q, row, choices[c].column))
            return false;
    if (!country && strcmp(text_of(q, row, FIGURE_COUNTRY), q->l->r->country) != 0)
        return false;
    return q->year || !is_measured(q, row) || !strcmp(text_of(q, row, FIGURE_PERIOD), q->l->r->year);
}

static bool is_told(const struct query *q, size_t row)
{
    return text_of(q, row, FIGURE_VALUE) && pg_bool(q->l->r->evidence.rows, row, FIGURE_ADMITTED);
}

/* What is told before what is not, what is measured before what others say, the latest, the main statistic. */
static int compare(const struct query *q, size_t a, size_t b)
{
    const char *main_one = indicator_main(q->i)->name;
    int rc = is_told(q, a) - is_told(q, b);
    if (!rc)
        rc = is_measured(q, a) - is_measured(q, b);
    if (!rc)
        rc = strcmp(text_of(q, a, FIGURE_PERIOD), text_of(q, b, FIGURE_PERIOD));
    if (!rc && !q->statistic)
        rc = !strcmp(text_of(q, a, FIGURE_STATISTIC), main_one) - !strcmp(text_of(q, b, FIGURE_STATISTIC), main_one);
    return rc;
}

/* The first column in which two figures differ that are as good: what the author has to say. */
static enum figure_column difference(const struct query *q, size_t a, size_t b)
{
    for (size_t c = 0; c <= COUNT(choices); c++) {
        enum figure_column column = c < COUNT(choices) ? choices[c].column : FIGURE_STATISTIC;
        const char *one = text_of(q, a, column), *other = text_of(q, b, column);
        if (one && other && strcmp(one, other) != 0)
            return column;
    }
    return FIGURE_COLUMNS;
}

static void add_choice(const struct query *q, enum figure_column column, size_t row, size_t n)
{
    _cleanup_text_ char *value = without_dots(text_of(q, row, column));
    buf_addf(q->why, "%s{{%s", n ? ", " : "", q->pieces[0]);
    for (size_t p = 1; p < q->count; p++)
        buf_addf(q->why, ".%s", q->pieces[p]);
    buf_addf(q->why, ".%s}}", value);
}

/* The best of them; -1: none is told, AMBIGUOUS. */
static ssize_t choose(const struct query *q)
{
    const struct range *range = NULL;
    ssize_t best = -1;
    size_t others = 0;
    enum figure_column differ = FIGURE_COLUMNS;
    for (size_t n = 0; n < q->l->range_count && !range; n++)
        range = !strcmp(q->l->ranges[n].indicator, q->i->id) ? &q->l->ranges[n] : NULL;
    for (size_t row = range ? range->from : 0; range && row < range->to; row++) {
        int rc = !is_asked_for(q, row) ? -1 : best < 0 ? 1 : compare(q, row, (size_t)best);
        if (rc == 0) {
            enum figure_column column = difference(q, (size_t)best, row);
            /* Of a collector that knows measured and simulated lines the first are meant: they come first. */
            if (column == FIGURE_COLUMNS || (column == FIGURE_SOURCE && is_measured(q, row)))
                continue;
            differ = column;
            if (q->why && is_told(q, row) && !others++) {
                buf_clear(q->why);
                add_choice(q, column, (size_t)best, 0);
            }
            if (q->why && is_told(q, row))
                add_choice(q, column, row, others);
        } else if (rc > 0) {
            best = (ssize_t)row;
            others = 0;
            differ = FIGURE_COLUMNS;
        }
    }
    return best < 0 || !is_told(q, (size_t)best) ? -1 : differ != FIGURE_COLUMNS ? AMBIGUOUS : best;
}

/* ---- what comes nearest ---- */

/* The reference with these in the place of a piece. */
static char *instead(const struct query *q, const struct nearest *n, size_t piece)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    for (size_t m = 0; m < n->count; m++) {
        _cleanup_text_ char *name = without_dots(n->names[m]);
        buf_add_text(&out, m ? ", {{" : "{{");
        for (size_t p = 0; p < q->count; p++)
            buf_addf(&out, "%s%s", p ? "." : "", p == piece ? name : q->pieces[p]);
        buf_add_text(&out, "}}");
    }
    return buf_take(&out);
}

static void say_indicator(const struct query *q)
{
    struct nearest n = {.word = q->pieces[0]};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        nearest_offer(&n, all[i].id);
    _cleanup_text_ char *list = instead(q, &n, 0);
    buf_addf(q->why, _("there is no indicator %s; nearest: %s"), q->pieces[0], list);
}

static void say_piece(const struct query *q, size_t piece)
{
    struct nearest n = {.word = q->pieces[piece]};
    nearest_offer(&n, q->l->r->year);
    for (size_t s = 0; s < q->i->statistic_count; s++)
        nearest_offer(&n, q->i->statistics[s].name);
    for (size_t w = 0; w < q->l->word_count; w++) {
        const struct word *word = &q->l->words[w];
        if (may_choose(q->i, word->role.choice))
            nearest_offer(&n, word->role.column == FIGURE_GEO && word->label ? word->label : word->plain);
    }
    _cleanup_text_ char *list = instead(q, &n, piece);
    buf_addf(q->why, _("%s has nothing that is called %s; nearest: %s"), q->i->id, q->pieces[piece], list);
}

/* Of one column a piece means one value, and two pieces do not mean two. False, and why. */
static bool is_one(const struct query *q, size_t piece)
{
    for (size_t m = 0; m < q->role_count[piece]; m++) {
        const struct role *role = &q->roles[piece][m];
        struct nearest n = {.names[0] = role->value, .count = 1};
        for (size_t other = 0; other < q->role_count[piece] && n.count < NEAREST_MAX; other++)
            if (other != m && q->roles[piece][other].column == role->column)
                n.names[n.count++] = q->roles[piece][other].value;
        if (n.count > 1) {
            _cleanup_text_ char *list = q->why ? instead(q, &n, piece) : NULL;
            if (q->why)
                buf_addf(q->why, _("more than one figure may be meant; say which: %s"), list);
            return false;
        }
    }
    for (size_t p = 1; p < piece; p++)
        if (q->role_count[p] == 1 && q->role_count[piece] == 1 && q->roles[p][0].column == q->roles[piece][0].column) {
            if (q->why)
                buf_addf(q->why, _("no figure is of %s and of %s; take one of them away"), q->pieces[p],
                         q->pieces[piece]);
            return false;
        }
    return true;
}

/* ---- the whole ---- */

/* At its dots, without blanks around. False: there are none, too many, or one is empty. */
static bool take_apart(struct query *q, char *text)
{
    for (char *at = text; at; q->count++) {
        char *end = strchr(at, '.');
        if (end)
            *end = '\0';
        at += strspn(at, " ");
        for (size_t len = strlen(at); len && at[len - 1] == ' '; len--)
            at[len - 1] = '\0';
        if (!*at || q->count == REFERENCE_PIECES_MAX)
            return false;
        q->pieces[q->count] = at;
        at = end ? end + 1 : NULL;
    }
    return true;
}

static enum reference_found find(struct query *q, char *text, struct reference *ret)
{
    if (!text || !take_apart(q, text)) {
        if (q->why)
            buf_add_text(q->why, _("what is meant is {{INDICATOR}}, with more behind dots, such as {{PER5.p50}}"));
        return REFERENCE_BROKEN;
    }
    q->i = indicator_find(q->pieces[0]);
    if (!q->i) {
        if (q->why)
            say_indicator(q);
        return REFERENCE_BROKEN;
    }
    for (size_t p = 1; p < q->count; p++)
        if (!read_piece(q, p)) {
            if (q->why)
                say_piece(q, p);
            return REFERENCE_BROKEN;
        }
    for (size_t p = 1; p < q->count; p++)
        if (!is_one(q, p))
            return REFERENCE_BROKEN;
    ssize_t row = choose(q);
    if (row == AMBIGUOUS) {
        if (q->why) {
            _cleanup_text_ char *list = buf_take(q->why);
            buf_addf(q->why, _("more than one figure may be meant; say which: %s"), list);
        }
        return REFERENCE_BROKEN;
    }
    if (row < 0 || !text_of(q, (size_t)row, q->column))
        return REFERENCE_NO_DATA;
    *ret = (struct reference){(size_t)row, q->column};
    return REFERENCE_FIGURE;
}

enum reference_found references_find(struct references *l, const char *text, struct reference *ret, struct buf *why)
{
    const json_t *known = text ? json_object_get(l->known, text) : NULL;
    json_int_t found = known ? json_integer_value(known) : 0;
    if (known && found >= 0) {
        *ret = (struct reference){(size_t)(found / FIGURE_COLUMNS), (enum figure_column)(found % FIGURE_COLUMNS)};
        return REFERENCE_FIGURE;
    }
    if (known && (found == KNOWN_NO_DATA || !why))
        return found == KNOWN_NO_DATA ? REFERENCE_NO_DATA : REFERENCE_BROKEN;
    _cleanup_text_ char *copy = alloc_text(text);
    _cleanup_(buf_free) struct buf list = {0};
    struct query q = {.l = l, .column = FIGURE_VALUE, .why = why ? &list : NULL};
    enum reference_found is = find(&q, copy, ret);
    if (is == REFERENCE_BROKEN && why && list.data)
        buf_add(why, list.data, list.len);
    found = is == REFERENCE_FIGURE    ? (json_int_t)ret->row * FIGURE_COLUMNS + (json_int_t)ret->column
            : is == REFERENCE_NO_DATA ? KNOWN_NO_DATA
                                      : KNOWN_BROKEN;
    if (text)
        json_object_set_new(l->known, text, json_integer(found));
    return is;
}
