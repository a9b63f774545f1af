#include "tests/unit/check.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "collector/figure/figure.h"
#include "collector/import/peer.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/json.h"
#include "common/sign.h"

/* A package of one table, in a folder of its own. */
struct parcel {
    char folder[sizeof "/tmp/imt-peer-XXXXXX"];
    struct buf table;
    json_t *package;
};

static json_t *fields(void)
{
    static const char *const types[] = {
        [ENCODE_TEXT] = "string", [ENCODE_NUMBER] = "number", [ENCODE_BOOL] = "boolean"};
    json_t *list = json_array();
    for (size_t c = 0; c < FIGURE_COLUMNS; c++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "name", figure_columns[c].name, "type", types[figure_columns[c].type]));
    return list;
}

static const struct {
    enum figure_column column;
    const char *text;
} plain[] = {
    {FIGURE_INDICATOR, "PER1"},   {FIGURE_PERIOD, "2025"},
    {FIGURE_STATISTIC, "p50"},    {FIGURE_COUNTRY, "SN"},
    {FIGURE_VALUE, "51.8"},       {FIGURE_UNIT, "ms"},
    {FIGURE_LOW, "16"},           {FIGURE_HIGH, "100"},
    {FIGURE_N_SAMPLES, "20000"},  {FIGURE_N_NETWORKS, "20"},
    {FIGURE_FLOOR, "met"},        {FIGURE_KIND, "measured"},
    {FIGURE_SOURCE, "measured"},  {FIGURE_SIMULATED, "false"},
    {FIGURE_METHOD_VERSION, "7"}, {FIGURE_RETRIEVED, "2026-01-31"},
    {FIGURE_ADMITTED, "true"},    {FIGURE_VERSION, "2"},
    {FIGURE_EDITION, "closed"},   {FIGURE_SPEAKS_OF, "country"},
};

/* A line of it, with one cell changed: column FIGURE_COLUMNS changes none. */
static void add_line(struct parcel *p, enum figure_column changed, const char *text)
{
    for (size_t c = 0; c < FIGURE_COLUMNS; c++) {
        const char *cell = "";
        for (size_t i = 0; i < COUNT(plain); i++)
            cell = plain[i].column == c ? plain[i].text : cell;
        buf_addf(&p->table, "%s%s", c ? "," : "", c == changed ? text : cell);
    }
    buf_add_char(&p->table, '\n');
}

static void open_parcel(struct parcel *p)
{
    *p = (struct parcel){.folder = "/tmp/imt-peer-XXXXXX"};
    assert_non_null(mkdtemp(p->folder));
    for (size_t c = 0; c < FIGURE_COLUMNS; c++)
        buf_addf(&p->table, "%s%s", c ? "," : "", figure_columns[c].name);
    buf_add_char(&p->table, '\n');
}

/* As package_json (collector/report/package.c) describes it. */
static void seal(struct parcel *p)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_TEXT_SIZE];
    hash_make("", p->table.data, p->table.len, hash);
    _cleanup_text_ char *sum = alloc_format("sha256:%s", hash_text(hash, hex));
    _cleanup_text_ char *path = alloc_format("%s/indicators.csv", p->folder);
    p->package = json_pack("{s:s, s:s, s:{s:s, s:i}, s:[{s:s, s:s}], s:[{s:s, s:s, s:I, s:{s:o}}]}", "title", "Rapport",
                           "profile", "data-package", "edition", "country", "SN", "year", 2025, "licenses", "name",
                           "CC-BY-4.0", "path", "https://creativecommons.org/licenses/by/4.0/", "resources", "path",
                           "indicators.csv", "hash", sum, "bytes", (json_int_t)p->table.len, "schema", "fields",
                           fields());
    assert_int_equal(file_write_atomic(path, p->table.data, p->table.len, 0644, NULL), 0);
}

static int read_parcel(const struct parcel *p, struct peer *peer, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/datapackage.json", p->folder), *text = json_text(p->package);
    struct buf bytes = {.data = text, .len = strlen(text)};
    *peer = (struct peer){0};
    int rc = datapackage_read(path, &bytes, &peer->package, f);
    return rc < 0 ? rc : peer_read(peer, f);
}

static void close_parcel(struct parcel *p)
{
    _cleanup_text_ char *path = alloc_format("%s/indicators.csv", p->folder);
    unlink(path);
    rmdir(p->folder);
    buf_free(&p->table);
    json_decref(p->package);
}

/* What is theirs comes in as it stands there; what is of others, or of another year, does not. */
static void takes_what_is_theirs(void **state)
{
    struct parcel p;
    struct peer peer;
    struct fault f = {0};
    open_parcel(&p);
    add_line(&p, FIGURE_COLUMNS, NULL);
    add_line(&p, FIGURE_OPERATOR, "Orange");
    add_line(&p, FIGURE_COUNTRY, "BJ");
    add_line(&p, FIGURE_PERIOD, "2024");
    add_line(&p, FIGURE_KIND, "imported");
    add_line(&p, FIGURE_SIMULATED, "true"); /* of an imaginary country, to try things on */
    seal(&p);
    if (read_parcel(&p, &peer, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(peer.package.country, "SN");
    assert_string_equal(peer.package.year, "2025");
    assert_string_equal(peer.package.licence, "CC-BY-4.0");
    assert_int_equal(json_array_size(peer.figures), 2);
    assert_int_equal(peer.left_out, 4);
    assert_int_equal(peer.version, 2);
    assert_false(peer.simulated);
    const json_t *second = json_array_get(peer.figures, 1);
    assert_int_equal(json_integer_value(json_object_get(second, "line")), 3);
    assert_string_equal(json_string_value(json_object_get(second, "operator")), "Orange");
    assert_string_equal(json_string_value(json_object_get(second, "high")), "100");
    assert_string_equal(json_string_value(json_object_get(second, "method_version")), "7");
    assert_null(json_object_get(second, "source"));
    peer_free(&peer);
    close_parcel(&p);
}

/* One cell of a line is not as it should be. */
static void names_line_and_column(void **state)
{
    static const struct {
        enum figure_column column;
        const char *text, *says;
    } rows[] = {
        {FIGURE_COLUMNS, "", "line 3: the same figure as line 2"},
        {FIGURE_INDICATOR, "PER99", "line 3: column indicator: \"PER99\" is no indicator here; upgrade"},
        {FIGURE_STATISTIC, "p51", "column statistic: \"p51\" is no statistic of PER1"},
        {FIGURE_STATISTIC, "value", "column statistic: \"value\" is no statistic of PER1"},
        {FIGURE_UNIT, "s", "column unit: \"s\" cannot be; ms"},
        {FIGURE_VALUE, "0x10", "column value: \"0x10\" cannot be; it is a number"},
        {FIGURE_VALUE, "nan", "column value: \"nan\" cannot be"},
        {FIGURE_VALUE, "-1", "column value: -1 cannot be"},
        {FIGURE_VALUE, "", "column low: \"16\" cannot be; it stands behind a value that is not published"},
        {FIGURE_VALUE, "10", "column low: \"16\" cannot be; it is above the value"},
        {FIGURE_VALUE, "100.5", "column high: \"100\" cannot be; it is below the value"},
        {FIGURE_FLOOR, "off", "column floor: \"off\" cannot be; the value is below the publication floor"},
        {FIGURE_FLOOR, "n<5", "column floor: \"n<5\" cannot be; the value is below"},
        {FIGURE_FLOOR, "", "column floor: \"\" cannot be; the value is below"},
        {FIGURE_N_PROBES, "4", "column n_probes: \"4\" cannot be; the value is below"},
        {FIGURE_N_NETWORKS, "2", "column n_networks: \"2\" cannot be; the value is below"},
        {FIGURE_N_NETWORKS, "20.5", "column n_networks: \"20.5\" cannot be; it is a whole number"},
        {FIGURE_N_SAMPLES, "1e30", "column n_samples: \"1e30\" cannot be; it is a whole number"},
        {FIGURE_METHOD_VERSION, "", "column method_version: \"\" cannot be; without it nothing can be compared"},
        {FIGURE_FAMILY, "ipv5", "column family: \"ipv5\" cannot be"},
        {FIGURE_GEO, "BJ-LI", "column geo: \"BJ-LI\" cannot be; it is of another country"},
        {FIGURE_EDITION, "provisional", "column version: \"2\" cannot be"},
        {FIGURE_SIMULATED, "t", "column simulated: \"t\" cannot be; it is true or false"},
        {FIGURE_OPERATOR,
         "Or\xE2\x80\xAE"
         "ange",
         "column operator: \"\" cannot be; characters are in it"},
        {FIGURE_RETRIEVED, "2026-02-30", "column retrieved: \"2026-02-30\" cannot be; it is a day"},
        {FIGURE_RETRIEVED, "9998-01-01", "column retrieved: \"9998-01-01\" cannot be; it lies in the future"},
        {FIGURE_SOURCE_URL, "javascript:1", "column source_url: \"javascript:1\" cannot be"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parcel p;
        struct peer peer;
        struct fault f = {0};
        open_parcel(&p);
        add_line(&p, FIGURE_COLUMNS, NULL);
        add_line(&p, rows[i].column, rows[i].text);
        seal(&p);
        assert_int_equal(read_parcel(&p, &peer, &f), -EBADMSG);
        if (!strstr(f.text, rows[i].says) || strncmp(f.text, "indicators.csv: line 3: ", 24) != 0)
            fail_msg("%s\nin the place of\n%s", f.text, rows[i].says);
        peer_free(&peer);
        close_parcel(&p);
    }
}

/* What the package says of itself, or of its table, does not hold. */
static void refuses_a_package_that_does_not_hold(void **state)
{
    static const struct {
        const char *change, *says;
    } rows[] = {
        {"{\"profile\": \"tabular\"}", "\"profile\" is not data-package"},
        {"{\"edition\": null}", "\"edition\" does not say of which country and year"},
        {"{\"edition\": {\"country\": \"XX\", \"year\": 2025}}",
         "edition: there is no country pack of \"XX\"; there are those of: BJ"},
        {"{\"edition\": {\"country\": \"TG\", \"year\": 2025}}", "edition: there is no country pack of \"TG\""},
        {"{\"edition\": {\"country\": \"SEN\", \"year\": 2025}}", "edition: "},
        {"{\"edition\": {\"country\": \"SN\", \"year\": \"2025\"}}", "edition: \"year\" is "},
        {"{\"edition\": {\"country\": \"SN\", \"year\": 2031}}",
         "indicators.csv: no figure of SN in it was measured or calculated for 2031"},
        {"{\"licenses\": []}", "\"licenses\" names none"},
        {"{\"licenses\": [{\"name\": \"\"}]}", "licenses: \"name\" is empty"},
        {"{\"title\": 5}", "\"title\" is "},
        {"{\"resources\": []}", "\"resources\" has 0 of them"},
        {"{\"resources\": [{\"path\": \"../indicators.csv\"}]}",
         "resources: \"path\" is \"../indicators.csv\": only a file beside"},
        {"{\"resources\": [{\"path\": \"/etc/passwd\"}]}", "only a file beside the package is read"},
        {"{\"resources\": [{\"path\": \"https://example.org/indicators.csv\"}]}",
         "only a file beside the package is read"},
        {"{\"resources\": [{\"path\": \".hidden\"}]}", "only a file beside the package is read"},
        {"{\"resources\": [{\"path\": \"x.csv\", \"hash\": \"\", \"bytes\": 99999999999}]}",
         "\"bytes\" is 99999999999: a table has at most 64 MB"},
        {"{\"resources\": [{\"path\": \"x.csv\", \"hash\": \"\", \"bytes\": 0}]}", "\"bytes\" is 0"},
        {"{\"resources\": [{\"path\": \"x.csv\", \"hash\": \"\", \"bytes\": 5}]}",
         "schema: field 1 is \"\" (), here it is indicator (string)"},
    };
    struct parcel p;
    open_parcel(&p);
    add_line(&p, FIGURE_COLUMNS, NULL);
    seal(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parcel other = p;
        struct peer peer;
        struct fault f = {0};
        _cleanup_json_ json_t *change = json_loads(rows[i].change, 0, NULL), *changed = json_copy(p.package);
        json_object_update(changed, change);
        other.package = changed;
        assert_int_equal(read_parcel(&other, &peer, &f), -EBADMSG);
        if (!strstr(f.text, rows[i].says))
            fail_msg("%s\nin the place of\n%s", f.text, rows[i].says);
        peer_free(&peer);
    }
    close_parcel(&p);
}

/* The table is another one than that of which the package speaks. */
static void refuses_another_table(void **state)
{
    static const struct {
        const char *member, *value, *says;
    } rows[] = {
        {"hash", "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"",
         "is not the file that the package was made of: its SHA-256 is"},
        {"hash", "\"md5:0\"", "is not the file that the package was made of"},
        {"bytes", "7", "has not the 7 bytes that the package says"},
        {"bytes", "77777", "has not the 77777 bytes that the package says"},
        {"schema", "{\"fields\": [{\"name\": \"indicator\", \"type\": \"number\"}]}",
         "schema: field 1 is \"indicator\" (number), here it is indicator (string)"},
        {"path", "\"gone.csv\"", "gone.csv"},
    };
    struct parcel p;
    open_parcel(&p);
    add_line(&p, FIGURE_COLUMNS, NULL);
    seal(&p);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parcel other = p;
        struct peer peer;
        struct fault f = {0};
        _cleanup_json_ json_t *value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
        other.package = json_deep_copy(p.package);
        json_object_set(json_array_get(json_object_get(other.package, "resources"), 0), rows[i].member, value);
        assert_true(read_parcel(&other, &peer, &f) < 0);
        if (!strstr(f.text, rows[i].says))
            fail_msg("%s\nin the place of\n%s", f.text, rows[i].says);
        peer_free(&peer);
        json_decref(other.package);
    }
    /* One column more than we know. */
    struct peer peer;
    struct fault f = {0};
    json_array_append_new(
        json_object_get(json_object_get(json_array_get(json_object_get(p.package, "resources"), 0), "schema"),
                        "fields"),
        json_pack("{s:s, s:s}", "name", "mood", "type", "string"));
    assert_int_equal(read_parcel(&p, &peer, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "a newer version of the program wrote it; upgrade this one first"));
    peer_free(&peer);
    close_parcel(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_theirs),
        cmocka_unit_test(names_line_and_column),
        cmocka_unit_test(refuses_a_package_that_does_not_hold),
        cmocka_unit_test(refuses_another_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
