/* GET /api/v1/results: single measurements, for holders of a key. */
#include <stdio.h>
#include <string.h>

#include "collector/api/endpoint.h"
#include "common/limits.h"
#include "common/metric.h"
#include "common/outcome.h"

static const struct encode_column result_columns[] = {
    {"at", ENCODE_TEXT},      {"probe", ENCODE_TEXT},     {"check", ENCODE_TEXT}, {"task", ENCODE_TEXT},
    {"target", ENCODE_TEXT},  {"addr", ENCODE_TEXT},      {"af", ENCODE_NUMBER},  {"outcome", ENCODE_TEXT},
    {"bytes", ENCODE_NUMBER}, {"simulated", ENCODE_BOOL},
};
enum {
    RESULT_AT = 0,
    RESULT_CHECK = 2,
    RESULT_ADDR = 5,
    RESULT_AF = 6,
    RESULT_OUTCOME = 7,
    RESULT_METRICS = COUNT(result_columns),
    RESULT_EXACT,
    RESULT_BATCH,
    RESULT_ORDINAL
};

/* Words of closed lists come as numbers and are written here, and surroundings
 * are joined only when they narrow: a million rows are asked for at once. */
static void select_results(struct selection *s)
{
    bool place = s->params->values[PARAM_OPERATOR] || s->params->values[PARAM_DEPARTMENT] ||
                 s->params->values[PARAM_TECHNOLOGY];
    buf_addf(&s->sql,
             "SELECT r.at, p.probe, r.check_no, k.name, t.name, host(r.addr), r.af, r.outcome, r.bytes, p.simulated, "
             "r.metrics, r.exact, r.batch_no, r.ordinal FROM result r JOIN probe p USING (probe_no) JOIN task k USING "
             "(task_no) "
             "LEFT JOIN target t USING (target_no)%s "
             "WHERE true",
             place ? " JOIN probe_context x ON x.probe_no = r.probe_no AND r.at >= x.valid_from AND r.at < x.valid_to "
                     "LEFT JOIN known_operator n ON n.operator_no = x.operator_no"
                   : "");
    if (s->params->values[PARAM_FROM])
        buf_addf(&s->sql, " AND r.at >= $%d", selection_bind(s, s->from));
    if (s->params->values[PARAM_TO])
        buf_addf(&s->sql, " AND r.at < $%d", selection_bind(s, s->to));
    if (s->params->values[PARAM_CHECK]) {
        const char *name = s->params->values[PARAM_CHECK];
        snprintf(s->check, sizeof s->check, "%u", metric_set_find(name, strlen(name))->check_id);
        buf_addf(&s->sql, " AND r.check_no = $%d", selection_bind(s, s->check));
    }
    selection_narrow(s, PARAM_TARGET, "t.name =");
    selection_narrow(s, PARAM_PROBE, "p.probe =");
    selection_narrow(s, PARAM_OPERATOR, "n.name =");
    selection_narrow(s, PARAM_DEPARTMENT, "x.department =");
    selection_narrow(s, PARAM_TECHNOLOGY, "x.technology =");
    if (s->params->values[PARAM_AFTER]) {
        int at = selection_bind(s, s->after[0]), batch = selection_bind(s, s->after[1]);
        buf_addf(&s->sql, " AND r.at >= $%d AND (r.at, r.batch_no, r.ordinal) > ($%d, $%d, $%d)", at, at, batch,
                 selection_bind(s, s->after[2]));
    }
    buf_add_text(&s->sql, " ORDER BY r.at, r.batch_no, r.ordinal");
    selection_limit(s);
}

/* The columns of a table of results: what all have in common, then the metrics
 * of one check, or of all of them, a name once. The caller frees. */
static struct encode_column *metric_columns(const struct params *params, size_t *ret_count)
{
    const char *check = params->values[PARAM_CHECK];
    struct encode_column *all = alloc_zero(ENCODE_COLUMNS_MAX, sizeof *all);
    size_t count = COUNT(result_columns);
    memcpy(all, result_columns, sizeof result_columns);
    for (size_t s = 0; s < metric_set_count; s++) {
        const struct metric_set *set = &metric_sets[s];
        for (size_t m = 0; m < set->count && (!check || !strcmp(check, set->check)); m++) {
            size_t c = COUNT(result_columns);
            while (c < count && strcmp(all[c].name, set->metrics[m].name) != 0)
                c++;
            if (c == count && count < ENCODE_COLUMNS_MAX)
                all[count++] = (struct encode_column){set->metrics[m].name, ENCODE_NUMBER};
        }
    }
    *ret_count = count;
    return all;
}

static const struct metric_set *set_of(const struct pg_rows *row)
{
    for (size_t s = 0; s < metric_set_count; s++)
        if (metric_sets[s].check_id == pg_int(row, 0, RESULT_CHECK))
            return &metric_sets[s];
    return NULL;
}

/* Parts "{1.5,NULL,3}" in place, and leaves alone what is NULL; returns how many there are. */
static size_t split_array(char *text, const char *ret_values[static METRICS_MAX])
{
    size_t count = 0;
    for (char *save, *at = strtok_r(text, "{,}", &save); at && count < METRICS_MAX;
         at = strtok_r(NULL, "{,}", &save), count++)
        if (strcmp(at, "NULL") != 0)
            ret_values[count] = at;
    return count;
}

/* PostgreSQL's "2026-11-22 10:00:00.5+00" as "2026-11-22T10:00:00.500000Z". */
static const char *rfc3339(const char *at, char ret_text[static TIME_TEXT_SIZE])
{
    size_t len = strcspn(at, "+");
    memcpy(ret_text, "0000-00-00T00:00:00.000000Z", TIME_TEXT_SIZE);
    if (len < TIME_TEXT_SIZE - 1)
        memcpy(ret_text, at, len);
    ret_text[10] = 'T';
    return ret_text;
}

/* A moment may be that of many results, of which each is a line of its own batch. */
static void write_place(const struct pg_rows *row, char ret_after[static PAGE_AFTER_SIZE])
{
    char at[TIME_TEXT_SIZE];
    struct page_place place = {.batch_no = pg_int(row, 0, RESULT_BATCH),
                               .ordinal = (int)pg_int(row, 0, RESULT_ORDINAL)};
    rfc3339(pg_text(row, 0, RESULT_AT), at);
    if (time_parse(at, strlen(at), &place.at_us) == 0)
        page_place_write(&place, ret_after);
}

struct result_row {
    const char *values[COUNT(result_columns)];
    const struct metric_set *set;
    const char *metrics[METRICS_MAX];
    size_t count; /* of metrics */
};

static void write_result_csv(struct answer *a, const struct result_row *r, struct buf *out)
{
    const char *values[ENCODE_COLUMNS_MAX] = {0};
    memcpy(values, r->values, sizeof r->values);
    for (size_t m = 0; m < r->count; m++)
        for (size_t c = COUNT(result_columns); r->metrics[m] && c < a->encoder.count; c++)
            if (!strcmp(a->encoder.columns[c].name, r->set->metrics[m].name))
                values[c] = r->metrics[m];
    encode_row(&a->encoder, values, out);
}

/* The same object as the probe sent, with the probe's name and whether it is simulated:
 * address and family are absent when there was none, metrics that were not measured too. */
static void write_result_json(struct answer *a, const struct result_row *r, struct buf *out)
{
    encode_next(&a->encoder, out);
    for (size_t i = 0; i < COUNT(result_columns); i++) {
        const char *value = r->values[i];
        if (!value && (i == RESULT_ADDR || i == RESULT_AF))
            continue;
        buf_addf(out, "%c\"%s\":", i ? ',' : '{', result_columns[i].name);
        if (result_columns[i].type == ENCODE_NUMBER)
            buf_add_text(out, value ? value : "null");
        else if (result_columns[i].type == ENCODE_BOOL)
            buf_add_text(out, *value == 't' ? "true" : "false");
        else
            buf_add_json(out, value ? value : "", value ? strlen(value) : 0);
    }
    buf_add_text(out, ",\"metrics\":{");
    const char *comma = "";
    for (size_t m = 0; m < r->count; m++)
        if (r->metrics[m]) {
            buf_addf(out, "%s\"%s\":%s", comma, r->set->metrics[m].name, r->metrics[m]);
            comma = ",";
        }
    buf_add_text(out, "}}");
    encode_end_row(&a->encoder, out);
}

static void write_result(struct answer *a, const struct pg_rows *row, struct buf *out)
{
    struct result_row r = {.set = set_of(row)};
    char at[TIME_TEXT_SIZE];
    _cleanup_text_ char *metrics = alloc_text(pg_text(row, 0, RESULT_METRICS));
    const char *large = pg_text(row, 0, RESULT_EXACT); /* NULL in nearly every row */
    _cleanup_text_ char *exact = large ? alloc_text(large) : NULL;
    for (size_t i = 0; i < COUNT(result_columns); i++)
        r.values[i] = pg_text(row, 0, (int)i);
    r.values[RESULT_AT] = rfc3339(r.values[RESULT_AT], at);
    r.values[RESULT_CHECK] = r.set ? r.set->check : "";
    r.values[RESULT_OUTCOME] = outcome_word((enum outcome)pg_int(row, 0, RESULT_OUTCOME));
    r.count = split_array(metrics, r.metrics);
    if (exact)
        split_array(exact, r.metrics);
    /* A database that a later version wrote may hold more than this one knows. */
    if (!r.set || r.count > r.set->count)
        r.count = r.set ? r.set->count : 0;
    (a->encoder.format == ENCODE_CSV ? write_result_csv : write_result_json)(a, &r, out);
}

const struct endpoint endpoint_results = {
    .params = PARAMS_COMMON | PARAMS_CELL | PARAM(FROM) | PARAM(TO) | PARAM(CHECK) | PARAM(TARGET) | PARAM(PROBE) |
              PARAM(KEY),
    .columns = result_columns,
    .column_count = COUNT(result_columns),
    .key = KEY_NEEDED,
    .select = select_results,
    .place = write_place,
    .row = write_result,
    .table = metric_columns,
};
