#include "collector/figure/indicator.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "common/buf.h"
#include "common/fnv.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/metric.h"

/* ---- the values that some keys take ---- */

static int one_of(const char *value, const char *allowed, char **ret, struct fault *f)
{
    size_t len = strlen(value);
    for (const char *at = allowed; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == len && !strncmp(at, value, len)) {
            free(*ret);
            *ret = alloc_text(value);
            return 0;
        }
    return fault_set(f, -EBADMSG, _("\"%s\" is not one of: %s"), value, allowed);
}

static int small_number(const char *value, int max, int *ret, struct fault *f)
{
    char *end;
    long n = strtol(value, &end, 10);
    if (!*value || *end || n < 0 || n > max)
        return fault_set(f, -EBADMSG, _("\"%s\" is not a number from 0 to %d"), value, max);
    *ret = (int)n;
    return 0;
}

/* Calls fn for each word of a list with commas between. */
static int each_word(const char *list, struct indicator *i, int (*fn)(struct indicator *, const char *, struct fault *),
                     struct fault *f)
{
    while (*list) {
        size_t len = strcspn(list, ", ");
        _cleanup_text_ char *word = alloc_text_n(list, len);
        int rc = *word ? fn(i, word, f) : 0;
        if (rc < 0)
            return rc;
        list += len;
        list += strspn(list, ", ");
    }
    return 0;
}

static const char *const dimension_words[] = {"department", "operator", "technology", "family",     "zone", "sex",
                                              "age_group",  "plan",     "education",  "disability", "site"};

const char *indicator_dimension(const struct indicator *i, size_t n)
{
    for (size_t d = 0; d < COUNT(dimension_words); d++)
        if (i->dimensions >> d & 1 && n-- == 0)
            return dimension_words[d];
    return NULL;
}

static int add_dimension(struct indicator *i, const char *word, struct fault *f)
{
    for (size_t d = 0; d < COUNT(dimension_words); d++)
        if (!strcmp(dimension_words[d], word)) {
            i->dimensions |= 1u << d;
            return 0;
        }
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no dimension; allowed: department operator technology family zone sex age_group plan "
                       "education disability "
                       "site"),
                     word);
}

static const char *const kind_words[] = {"measured", "imported", "declared", "qualitative"};
static const char kind_list[] = "measured imported declared qualitative";

static int add_kind(struct indicator *i, const char *word, struct fault *f)
{
    for (size_t k = 0; k < COUNT(kind_words); k++)
        if (!strcmp(kind_words[k], word)) {
            i->kinds |= 1u << k;
            return 0;
        }
    return fault_set(f, -EBADMSG, _("\"%s\" is not one of: %s"), word, kind_list);
}

static int add_statistic(struct indicator *i, const char *word, struct fault *f)
{
    struct statistic s = {0};
    int percent = 0;
    if (i->statistic_count == STATISTICS_MAX)
        return fault_set(f, -EBADMSG, _("more than %d statistics"), STATISTICS_MAX);
    if (!strcmp(word, "mean"))
        s.what.kind = STAT_MEAN;
    else if (!strcmp(word, "share"))
        s.what.kind = STAT_SHARE;
    else if (word[0] == 'p' && isdigit((unsigned char)word[1]) && small_number(word + 1, 99, &percent, f) == 0)
        s.what = (struct stat_what){STAT_QUANTILE, percent / 100.0};
    else if (strcmp(word, "value") != 0)
        return fault_set(f, -EBADMSG, _("\"%s\" is no statistic; allowed: p1 to p99, mean, share, value"), word);
    snprintf(s.name, sizeof s.name, "%s", word);
    for (size_t n = 0; n < i->statistic_count; n++)
        if (!strcmp(i->statistics[n].name, s.name))
            return fault_set(f, -EBADMSG, _("\"%s\" stands twice; keep one"), word);
    i->statistics[i->statistic_count++] = s;
    return 0;
}

static int set_text(char **ret, const char *value)
{
    free(*ret);
    *ret = alloc_text(value);
    return 0;
}

/* Of one that there is: days that series told otherwise are looked up by it (series_apart). */
static int set_check(struct indicator *i, const char *value, struct fault *f)
{
    _cleanup_(buf_free) struct buf names = {0};
    for (size_t c = 0; c < metric_set_count; c++)
        buf_addf(&names, "%s%s", c ? " " : "", metric_sets[c].check);
    return one_of(value, names.data, &i->check, f);
}

/* ---- one file ---- */

static int set_named(struct indicator *i, const char *key, const char *value, struct fault *f)
{
    if (!strcmp(key, "id"))
        return set_text(&i->id, value);
    if (!strcmp(key, "decimals"))
        return small_number(value, 6, &i->decimals, f);
    if (!strcmp(key, "method"))
        return small_number(value, 9999, &i->method, f);
    if (!strcmp(key, "key"))
        return small_number(value, 9, &i->key, f);
    if (!strcmp(key, "better"))
        return one_of(value, "low high -", &i->better, f);
    if (!strcmp(key, "status"))
        return one_of(value, "proposed adopted retired", &i->status, f);
    if (!strcmp(key, "nature"))
        return one_of(value, "quantitative qualitative", &i->nature, f);
    if (!strcmp(key, "kind"))
        return each_word(value, i, add_kind, f);
    if (!strcmp(key, "over")) {
        _cleanup_text_ char *what = NULL;
        int rc = one_of(value, "lines figures inputs objects", &what, f);
        i->derived = rc == 0 && !strcmp(what, "figures");
        i->calculated = rc == 0 && !strcmp(what, "inputs");
        i->objects = rc == 0 && !strcmp(what, "objects");
        return rc;
    }
    if (!strcmp(key, "targets"))
        return one_of(value, "domestic abroad", &i->targets, f);
    if (!strcmp(key, "dimensions"))
        return each_word(value, i, add_dimension, f);
    if (!strcmp(key, "aggregate"))
        return each_word(value, i, add_statistic, f);
    if (!strcmp(key, "items"))
        return set_text(&i->items, value);
    if (!strcmp(key, "days"))
        return value[0] == 'p' ? small_number(value + 1, 99, &i->days, f)
                               : fault_set(f, -EBADMSG, _("\"%s\" is no percentile; allowed: p1 to p99"), value);
    if (!strcmp(key, "check"))
        return set_check(i, value, f);
    if (!strcmp(key, "unit"))
        return set_text(&i->unit[LANG_FR], value) + set_text(&i->unit[LANG_EN], value);
    return fault_set(f, -EBADMSG, _("unknown key \"%s\""), key);
}

static int set_key(struct indicator *i, const char *key, const char *value, struct fault *f)
{
    static const struct {
        const char *name;
        size_t offset;
    } by_language[] = {
        {"name", offsetof(struct indicator, name)},         {"unit", offsetof(struct indicator, unit)},
        {"headline", offsetof(struct indicator, headline)}, {"definition", offsetof(struct indicator, definition)},
        {"waits", offsetof(struct indicator, waits)},       {"items", offsetof(struct indicator, item_names)},
    };
    size_t len = strlen(key);
    bool french = len > 3 && !strcmp(key + len - 3, ".fr"), english = len > 3 && !strcmp(key + len - 3, ".en");
    for (size_t k = 0; (french || english) && k < COUNT(by_language); k++)
        if (strlen(by_language[k].name) == len - 3 && !strncmp(by_language[k].name, key, len - 3))
            return set_text((char **)((char *)i + by_language[k].offset) + (french ? LANG_FR : LANG_EN), value);
    return set_named(i, key, value, f);
}

/* What is measured has its SELECT, or says why nothing measures it yet. */
static int check_sql(const struct indicator *i, struct fault *f)
{
    const char *waits = i->waits[LANG_FR] ? i->waits[LANG_FR] : i->waits[LANG_EN];
    if (i->derived || i->calculated)
        return *i->sql && !waits
                   ? 0
                   : fault_set(f, -EBADMSG,
                               _("%s: what is made of figures or inputs ends in its SELECT, and does not wait"), i->id);
    if (!(i->kinds & KIND_MEASURED) && (*i->sql || waits))
        return fault_set(f, -EBADMSG,
                         _("%s: only what is measured has a SELECT, or waits; take it away, or add measured to kind"),
                         i->id);
    if ((i->kinds & KIND_MEASURED) && (*i->sql != '\0') == (waits != NULL))
        return fault_set(f, -EBADMSG,
                         _("%s: what is measured ends in its SELECT, or says in waits.fr and waits.en why it has none"),
                         i->id);
    return 0;
}

static size_t commas(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == ',';
    return n;
}

static int check_items(const struct indicator *i, struct fault *f)
{
    const char *fr = i->item_names[LANG_FR], *en = i->item_names[LANG_EN];
    bool by_item = i->headline[LANG_FR] && strstr(i->headline[LANG_FR], "{item}");
    if (!i->items && !fr && !en && !by_item)
        return 0;
    if (i->items && fr && en && !i->measured && commas(i->items) == commas(fr) && commas(fr) == commas(en))
        return 0;
    return fault_set(
        f, -EBADMSG,
        _("%s: items, items.fr and items.en are of what is imported, and have as many words each, parted by "
          "commas"),
        i->id);
}

/* Imported figures have one statistic, and are of what their source says. */
static int check_kinds(const struct indicator *i, struct fault *f)
{
    bool by_lines = !i->derived && (i->measured || i->kinds == KIND_MEASURED);
    int rc = check_sql(i, f);
    if (rc == 0)
        rc = check_items(i, f);
    for (int l = 0; rc == 0 && l < 2; l++)
        if (i->headline[l] && by_lines != (strstr(i->headline[l], "{where}") != NULL))
            rc = fault_set(f, -EBADMSG, _("%s: the headline of a measured indicator has {where}, of an imported none"),
                           i->id);
    for (size_t s = 0; rc == 0 && s < i->statistic_count; s++)
        if (by_lines == !strcmp(i->statistics[s].name, "value"))
            rc = fault_set(
                f, -EBADMSG,
                _("%s: aggregate: \"value\" is of what is not measured, and p1 to p99, mean and share of what "
                  "is"),
                i->id);
    return rc;
}

static int check_whole(const struct indicator *i, struct fault *f)
{
    const struct {
        const char *key, *value;
    } wanted[] = {
        {"id", i->id},
        {"name.fr", i->name[LANG_FR]},
        {"name.en", i->name[LANG_EN]},
        {"unit", i->unit[LANG_FR]},
        {"better", i->better},
        {"status", i->status},
        {"nature", i->nature},
        {"kind", i->kinds ? "" : NULL},
        {"headline.fr", i->derived && !i->headline[LANG_EN] ? "" : i->headline[LANG_FR]},
        {"headline.en", i->derived && !i->headline[LANG_FR] ? "" : i->headline[LANG_EN]},
        {"definition.fr", i->definition[LANG_FR]},
        {"definition.en", i->definition[LANG_EN]},
        {"waits.fr", i->waits[LANG_EN] ? i->waits[LANG_FR] : ""},
        {"waits.en", i->waits[LANG_FR] ? i->waits[LANG_EN] : ""},
        {"method", i->method > 0 ? "" : NULL},
        {"aggregate", i->statistic_count > 0 ? "" : NULL},
    };
    for (size_t k = 0; k < COUNT(wanted); k++)
        if (!wanted[k].value)
            return fault_set(f, -EBADMSG, _("%s%s%s is missing"), i->id ? i->id : "", i->id ? ": " : "", wanted[k].key);
    return check_kinds(i, f);
}

static int read_line(struct indicator *i, const char *line, size_t len, struct fault *f)
{
    const char *colon = memchr(line, ':', len);
    if (len < 3 || !colon)
        return fault_set(f, -EBADMSG, _("not of the form \"-- key: value\""));
    _cleanup_text_ char *key = alloc_text_n(line + 3, (size_t)(colon - line - 3));
    colon++;
    while (colon < line + len && *colon == ' ')
        colon++;
    _cleanup_text_ char *value = alloc_text_n(colon, (size_t)(line + len - colon));
    uint32_t unseen = form_unseen(value);
    int rc = unseen ? fault_set(f, -EBADMSG,
                                _("U+%04X is in it, a character that is not seen; take it out, or type the text anew"),
                                (unsigned)unseen)
                    : set_key(i, key, value, f);
    if (rc < 0)
        fault_prefix(f, "%s: ", key);
    return rc;
}

int indicator_read(const char *text, struct indicator *ret, struct fault *f)
{
    _cleanup_(indicator_free) struct indicator i = {0};
    size_t number = 1;
    for (; !strncmp(text, "--", 2); number++) {
        size_t len = strcspn(text, "\n");
        int rc = read_line(&i, text, len, f);
        if (rc < 0) {
            fault_prefix(f, _("line %zu: "), number);
            return rc;
        }
        text += len + (text[len] == '\n');
    }
    i.sql = text + strspn(text, " \n");
    i.sql_line = (int)number;
    for (; text < i.sql; text++)
        i.sql_line += *text == '\n';
    i.measured = (i.kinds & KIND_MEASURED) && *i.sql && !i.derived;
    int rc = check_whole(&i, f);
    if (rc < 0)
        return rc;
    for (size_t s = 0; s < i.statistic_count && i.measured; s++) {
        i.statistics[s].what.decimals = i.decimals;
        i.statistics[s].what.days = i.statistics[s].what.kind == STAT_QUANTILE ? i.days / 100.0 : 0;
        i.statistics[s].what.most = i.unit[LANG_EN] && *i.unit[LANG_EN] == '%' ? 100 : 0;
    }
    *ret = i;
    i = (struct indicator){0};
    return 0;
}

void indicator_free(struct indicator *i)
{
    free(i->id);
    for (int l = 0; l < 2; l++) {
        free(i->name[l]);
        free(i->unit[l]);
        free(i->headline[l]);
        free(i->definition[l]);
        free(i->waits[l]);
        free(i->item_names[l]);
    }
    free(i->better);
    free(i->status);
    free(i->nature);
    free(i->targets);
    free(i->check);
    free(i->items);
    *i = (struct indicator){0};
}

/* ---- what it is ---- */

static const char *next_item(const char *list)
{
    list += strcspn(list, ",");
    return *list ? list + 1 + strspn(list + 1, " ") : list;
}

const char *indicator_item(const struct indicator *i, const char *item, enum lang lang, size_t *ret_len)
{
    const char *name = i->item_names[lang];
    for (const char *word = i->items; word && *word; word = next_item(word), name = next_item(name)) {
        size_t len = strcspn(word, ",");
        if (strlen(item) == len && !strncmp(word, item, len)) {
            *ret_len = strcspn(name, ",");
            return name;
        }
    }
    return NULL;
}

bool indicator_by_item(const struct indicator *i)
{
    return i->items && strstr(i->headline[LANG_FR], "{item}");
}

bool indicator_retired(const struct indicator *i)
{
    return !strcmp(i->status, "retired");
}

bool indicator_importable(const struct indicator *i)
{
    return (i->kinds & (KIND_IMPORTED | KIND_DECLARED)) && !indicator_retired(i);
}

bool indicator_made(const struct indicator *i)
{
    return i->measured && !i->objects && !indicator_retired(i);
}

bool indicator_counted(const struct indicator *i)
{
    return i->measured && i->objects && !indicator_retired(i);
}

bool indicator_derived(const struct indicator *i)
{
    return i->derived && !indicator_retired(i);
}

bool indicator_calculated(const struct indicator *i)
{
    return i->calculated && !indicator_retired(i);
}

char *indicator_kinds(const struct indicator *i)
{
    struct buf out = {0};
    for (size_t k = 0; k < COUNT(kind_words); k++)
        if (i->kinds & 1u << k)
            buf_addf(&out, "%s%s", out.len ? ", " : "", kind_words[k]);
    return buf_take(&out);
}

char *indicator_dimensions(const struct indicator *i)
{
    struct buf out = {0};
    const char *word;
    buf_add_text(&out, "");
    for (size_t n = 0; (word = indicator_dimension(i, n)) != NULL; n++)
        buf_addf(&out, "%s%s", n ? ", " : "", word);
    return buf_take(&out);
}

#define SHARED_LEAST 300 /* octets: two or three sentences */

size_t indicator_shared_end(const char *a, const char *b)
{
    size_t len_a = strlen(a), len_b = strlen(b), same = 0;
    while (same < len_a && same < len_b && a[len_a - same - 1] == b[len_b - same - 1])
        same++;
    const char *sentence = same < len_a ? strstr(a + len_a - same, ". ") : NULL;
    size_t tail = sentence ? strlen(sentence + 2) : 0;
    return tail >= SHARED_LEAST ? tail : 0;
}

#define CCTLD "{cctld}"
char *indicator_in(const char *text, const char *cctld)
{
    struct buf out = {0};
    for (const char *at; (at = strstr(text, CCTLD)) != NULL; text = at + strlen(CCTLD))
        buf_addf(&out, "%.*s.%s", (int)(at - text), text, cctld ? cctld : "cctld");
    buf_add_text(&out, text);
    return buf_take(&out);
}

/* ---- all of them ---- */

#define FOLDER "indicators/"
static struct indicator *all;
static size_t all_count;
static char *all_ids;
static pthread_once_t all_once = PTHREAD_ONCE_INIT;

/* PER2 before PER10, PER3 before PER3_OWN. */
static int in_order(const void *a, const void *b)
{
    const char *x = ((const struct indicator *)a)->id, *y = ((const struct indicator *)b)->id;
    size_t letters = strcspn(x, "0123456789");
    if (letters != strcspn(y, "0123456789") || strncmp(x, y, letters) != 0)
        return strcmp(x, y);
    char *rest_x, *rest_y;
    long n = strtol(x + letters, &rest_x, 10), m = strtol(y + letters, &rest_y, 10);
    return n != m ? (n > m) - (n < m) : strcmp(rest_x, rest_y);
}

static void put_in_order(void)
{
    struct buf ids = {0};
    qsort(all, all_count, sizeof *all, in_order);
    for (size_t i = 0; i < all_count; i++)
        buf_addf(&ids, "%s%s", i ? ", " : "", all[i].id);
    free(all_ids);
    all_ids = buf_take(&ids);
}

/* The files are part of the program: one that cannot be read is a program
 * error, and the unit test reads them all. */
static void read_all(void)
{
    for (const struct embedded *e = NULL; (e = schema_next(FOLDER, e)) != NULL;) {
        struct fault f = {0};
        all = alloc_resize(all, all_count + 1, sizeof *all);
        if (indicator_read(e->text, &all[all_count], &f) < 0) {
            log_error("%s: %s", e->path, f.text);
            abort();
        }
        all_count++;
    }
    put_in_order();
}

const struct indicator *indicator_all(size_t *ret_count)
{
    pthread_once(&all_once, read_all);
    *ret_count = all_count;
    return all;
}

const struct indicator *indicator_find(const char *id)
{
    size_t count;
    const struct indicator *list = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i].id, id))
            return &list[i];
    return NULL;
}

const char *indicator_ids(void)
{
    pthread_once(&all_once, read_all);
    return all_ids;
}

int indicator_add(struct indicator *i)
{
    if (indicator_find(i->id))
        return -EEXIST;
    all = alloc_resize(all, all_count + 1, sizeof *all);
    all[all_count++] = *i;
    *i = (struct indicator){0};
    put_in_order();
    return 0;
}

void indicator_drop(const char *id)
{
    const struct indicator *found = indicator_find(id);
    if (!found)
        return;
    struct indicator *at = &all[found - all];
    indicator_free(at);
    *at = all[--all_count];
    put_in_order();
}

uint64_t indicator_seed(const struct indicator *i)
{
    /* Of "PER1/1". */
    _cleanup_text_ char *text = alloc_format("%s/%d", i->id, i->method);
    return fnv_add(FNV_START, text, strlen(text));
}

const struct statistic *indicator_main(const struct indicator *i)
{
    for (size_t s = 0; s < i->statistic_count; s++)
        if (!strcmp(i->statistics[s].name, "p50"))
            return &i->statistics[s];
    return &i->statistics[0];
}
