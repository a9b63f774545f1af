#include "collector/report/package.h"

#include <stdlib.h>

#include "collector/report/document.h"
#include "common/json.h"
#include "common/sign.h"

void package_csv(const struct evidence *s, struct buf *out)
{
    struct encoder e = {ENCODE_CSV, figure_columns, FIGURE_COLUMNS, false};
    const char *values[FIGURE_COLUMNS];
    encode_open(&e, out);
    for (size_t row = 0; row < evidence_count(s); row++) {
        for (size_t c = 0; c < FIGURE_COLUMNS; c++)
            values[c] = evidence_text(s, row, (enum figure_column)c);
        encode_row(&e, values, out);
    }
    encode_close(&e, out);
}

/* Table Schema (Frictionless): what each column holds. PostgreSQL's words for booleans are t and f. */
static json_t *schema(void)
{
    static const char *const types[] = {
        [ENCODE_TEXT] = "string", [ENCODE_NUMBER] = "number", [ENCODE_BOOL] = "boolean"};
    json_t *fields = json_array();
    for (size_t c = 0; c < FIGURE_COLUMNS; c++) {
        json_t *field = json_pack("{s:s, s:s}", "name", figure_columns[c].name, "type", types[figure_columns[c].type]);
        if (figure_columns[c].type == ENCODE_BOOL)
            json_object_update_new(field, json_pack("{s:[s], s:[s]}", "trueValues", "true", "falseValues", "false"));
        json_array_append_new(fields, field);
    }
    return json_pack("{s:o, s:[s]}", "fields", fields, "missingValues", "");
}

/* What a program calls it: "internetmetre-bj-2026", and with its name what is no yearly report. */
static char *name_of(const struct report *r)
{
    const struct document *d = r->order->document;
    char *name = alloc_format("internetmetre-%s-%s%s%s", r->country, r->year, d->option ? "-" : "",
                              d->option ? d->name : "");
    for (char *at = name; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    return name;
}

/* Whose figures stand in the table beside our own: {title, path}, each once. */
static json_t *sources_of(const struct evidence *s)
{
    _cleanup_json_ json_t *seen = json_pack("{s:n, s:n, s:n}", "measured", "simulated", "calculated");
    json_t *sources = json_array();
    for (size_t row = 0; row < evidence_count(s); row++) {
        const char *source = evidence_text(s, row, FIGURE_SOURCE);
        if (json_object_get(seen, source))
            continue;
        json_object_set_new(seen, source, json_null());
        json_array_append_new(
            sources, json_pack("{s:s, s:s*}", "title", source, "path", evidence_text(s, row, FIGURE_SOURCE_URL)));
    }
    return sources;
}

void package_json(const struct report *r, const struct buf *csv, struct buf *out)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_TEXT_SIZE];
    hash_make("", csv->data, csv->len, hash);
    _cleanup_text_ char *sum = alloc_format("sha256:%s", hash_text(hash, hex)), *name = name_of(r);
    _cleanup_text_ char *title = phrase_fill(phrase(&r->words, "title"), json_pack("{s:s}", "in", r->in));
    _cleanup_text_ char *full = alloc_format("%s, %s", title, r->year);
    _cleanup_json_ json_t *package = json_pack(
        "{s:s, s:s, s:s, s:[{s:s, s:s, s:s}], s:[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o}]}", "name", name,
        "title", full, "profile", "data-package", "licenses", "name", "CC-BY-4.0", "title",
        "Creative Commons Attribution 4.0", "path", "https://creativecommons.org/licenses/by/4.0/", "resources", "name",
        "indicators", "path", "indicators.csv", "profile", "tabular-data-resource", "format", "csv", "mediatype",
        "text/csv", "encoding", "utf-8", "hash", sum, "bytes", (json_int_t)csv->len, "schema", schema());
    json_t *sources = sources_of(&r->evidence);
    if (json_array_size(sources))
        json_object_set(package, "sources", sources);
    json_decref(sources);
    /* Which another chapter takes (collector/import/datapackage.h). */
    if (!r->order->document->option)
        json_object_set_new(package, "edition", json_pack("{s:s, s:i}", "country", r->country, "year", atoi(r->year)));
    char *text = json_dumps(package, JSON_INDENT(2));
    buf_addf(out, "%s\n", text);
    free(text);
}
