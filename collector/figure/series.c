#include "collector/figure/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"

enum fresh_column {
    FRESH_CHECK,
    FRESH_POSITION,
    FRESH_COUNTRY,
    FRESH_PLACE, /* BLOCK_FIELDS of them */
    FRESH_PROBE = FRESH_PLACE + BLOCK_FIELDS,
    FRESH_NETWORK,
    FRESH_VOUCHER,
};
#define FRESH_SQL                                                                                                      \
    "SELECT check_no, position, country, department, operator, technology, zone, probe_no, network, voucher "          \
    "FROM series_fresh($1::date)"

/* The lines of a day that measured one metric in one country, and are in no block. */
struct subject {
    int64_t of[FRESH_PLACE];
    struct block_line *lines;
    size_t count, cap;
};

static void add_line(struct subject *s, const struct pg_rows *row)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 256;
        s->lines = alloc_resize(s->lines, s->cap, sizeof *s->lines);
    }
    struct block_line *l = &s->lines[s->count++];
    *l = (struct block_line){.probe = (uint32_t)pg_int(row, 0, FRESH_PROBE),
                             .network = (uint32_t)pg_int(row, 0, FRESH_NETWORK),
                             .voucher = (uint32_t)pg_int(row, 0, FRESH_VOUCHER)};
    for (int f = 0; f < BLOCK_FIELDS; f++)
        l->fields[f] = (uint32_t)pg_int(row, 0, FRESH_PLACE + f);
}

/* Of the block that begins here; *ret_end: the next one. */
static json_t *block_of(const struct block_line *lines, size_t count, size_t begin, size_t *ret_end)
{
    json_t *probes = json_array(), *weights = json_array();
    bool alike = true;
    size_t i;
    for (i = begin; i < count && lines[i].block == lines[begin].block; i++) {
        json_array_append_new(probes, json_integer(lines[i].probe));
        json_array_append_new(weights, json_real(lines[i].weight));
        alike &= lines[i].weight >= 1;
    }
    *ret_end = i;
    json_t *block = json_pack("{s:o}", "probes", probes);
    if (!alike)
        json_object_set(block, "weights", weights);
    json_decref(weights);
    return block;
}

void series_part(struct block_line *lines, size_t count, int64_t check_no, int64_t position, json_t *blocks)
{
    unsigned *alike = NULL;
    size_t made = block_part(lines, count, &alike);
    for (size_t i = 0, end; made > 0 && i < count; i = end) {
        json_t *block = block_of(lines, count, i, &end);
        json_object_set_new(block, "check_no", json_integer(check_no));
        json_object_set_new(block, "position", json_integer(position));
        json_object_set_new(block, "alike", json_integer(alike[lines[i].block]));
        json_array_append_new(blocks, block);
    }
    free(alike);
}

static void part(struct subject *s, json_t *blocks)
{
    series_part(s->lines, s->count, s->of[FRESH_CHECK], s->of[FRESH_POSITION], blocks);
    s->count = 0;
}

static bool is_of(const struct subject *s, const struct pg_rows *row)
{
    for (int c = 0; c < FRESH_PLACE; c++)
        if (s->of[c] != pg_int(row, 0, c))
            return false;
    return true;
}

static int make_blocks(struct pg *pg, const char *day, json_t *blocks, struct fault *f)
{
    struct subject s = {0};
    const struct pg_rows *row = NULL;
    int rc = pg_stream_start(pg, FRESH_SQL, 1, &day, f);
    while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row) {
        if (!is_of(&s, row)) {
            part(&s, blocks);
            for (int c = 0; c < FRESH_PLACE; c++)
                s.of[c] = pg_int(row, 0, c);
        }
        add_line(&s, row);
    }
    part(&s, blocks);
    free(s.lines);
    return rc;
}

static int tell_day(struct pg *pg, const char *day, struct fault *f)
{
    _cleanup_json_ json_t *blocks = json_array();
    int rc = pg_query(pg, "SELECT series_begin($1::date), series_lift($1::date)", 1, &day, NULL, f);
    if (rc == 0)
        rc = make_blocks(pg, day, blocks, f);
    if (rc < 0 || json_array_size(blocks) == 0)
        return rc;
    _cleanup_text_ char *text = json_text(blocks);
    return pg_query(pg, "SELECT series_store($1::date, $2::jsonb)", 2, (const char *const[]){day, text}, NULL, f);
}

/* One day, with the lines of its year as they count now. *ret_any: there was one. */
static int step(struct pg *pg, char year[static 5], bool *ret_any, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT series_take()", 0, NULL, &rows, f);
    const char *day = rc == 0 ? pg_text(rows, 0, 0) : NULL;
    *ret_any = day != NULL;
    if (!day)
        return rc;
    if (strncmp(year, day, 4) != 0) {
        snprintf(year, 5, "%.4s", day);
        rc = pg_query(pg, "SELECT series_line_make($1::int)", 1, (const char *const[]){year}, NULL, f);
    }
    return rc < 0 ? rc : tell_day(pg, day, f);
}

static int count_due(struct pg *pg, int64_t *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT count(DISTINCT day) FROM series_dirty WHERE due <= (now() AT TIME ZONE 'UTC')::date";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc == 0)
        *ret = pg_int(rows, 0, 0);
    return rc;
}

int series_tell(struct pg *pg, bool shown, struct fault *f)
{
    char year[5] = "";
    struct progress progress = {0};
    int64_t done = 0, whole = 0;
    int rc = shown ? count_due(pg, &whole, f) : 0;
    for (bool any = true; rc == 0 && any; done++) {
        if (done < whole)
            progress_show(&progress, _("days of series"), done, whole);
        rc = pg_run(pg, "BEGIN; SET LOCAL jit = off", f);
        if (rc == 0)
            rc = step(pg, year, &any, f);
        if (rc == 0)
            rc = pg_run(pg, "COMMIT", f);
        if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
            log_debug("the transaction ended with the connection");
    }
    progress_end(&progress);
    return rc;
}
