#include "tests/unit/check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/command/country.h"
#include "agent/uplink/enroll.h"
#include "agent/uplink/remote.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/line.h"
#include "common/statement.h"

static struct sign_key probe, collector, spare;
static char id[PROBE_ID_SIZE], public[64], public_spare[64], public_probe[64];

static void the_request_proves_possession(void **state)
{
    struct enrolment e = {
        .token = "imt_x", .country = "BJ", .department = "BJ-BO", .site = "school", .carrier = "Celtiis (SBIN)"};
    struct buf out = {0};
    struct fault f = {0};
    json_t *o;
    enroll_request(&e, &probe, 1795341600000000, 7, &out);
    assert_int_equal(statement_read(&probe.public, 1, DOMAIN_ENROL, out.data, out.len, &o, &f), 0);
    assert_string_equal(json_string_value(json_object_get(o, "token")), "imt_x");
    assert_string_equal(json_string_value(json_object_get(o, "public")), public_probe);
    assert_string_equal(json_string_value(json_object_get(o, "at")), "2026-11-22T10:00:00.000000Z");
    assert_string_equal(json_string_value(json_object_get(o, "department")), "BJ-BO");
    assert_string_equal(json_string_value(json_object_get(o, "site")), "school");
    assert_true(json_is_false(json_object_get(o, "metered")));
    assert_int_equal(json_integer_value(json_object_get(o, "turn")), 7);
    assert_string_equal(json_string_value(json_object_get(o, "consent")), CONSENT_VERSION);
    assert_null(json_object_get(o, "commune")); /* what was not said is absent */
    assert_int_equal(statement_read(&spare.public, 1, DOMAIN_ENROL, out.data, out.len, &o, &f), -EKEYREJECTED);
    json_decref(o);
    buf_free(&out);
}

static int answer(const char *object, const struct sign_key *signer, const char *domain, const char *pin,
                  struct identity *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf out = {0};
    _cleanup_json_ json_t *o = NULL;
    assert_int_equal(json_read(object, strlen(object), 1 << 16, 32, &o, f), 0);
    statement_write(signer, domain, o, &out);
    char seen[NETWORK_TEXT_MAX];
    return enroll_answer(out.data, out.len, &probe, pin, ret, seen, f);
}

static char *good(const char *who, const char *collector_url)
{
    return alloc_format("{\"enrolled\":1,\"probe\":\"%s\",\"keys\":[\"%s\",\"%s\"]%s%s%s}", who, public_spare, public,
                        collector_url ? ",\"collector\":\"" : "", collector_url ? collector_url : "",
                        collector_url ? "\"" : "");
}

static void pins_the_collectors_keys(void **state)
{
    struct identity got = {.collector = "http://typed"};
    struct fault f = {0};
    _cleanup_text_ char *text = good(id, NULL);
    if (answer(text, &collector, DOMAIN_ENROL, NULL, &got, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(got.key_count, 2);
    assert_memory_equal(got.keys[1], collector.public, SIGN_PUBLIC_SIZE);
    assert_string_equal(got.probe, id);
    assert_string_equal(got.collector, "http://typed");
    assert_memory_equal(got.key.secret, probe.secret, SIGN_SECRET_SIZE);
    _cleanup_text_ char *moved = good(id, "https://collector.example/");
    assert_int_equal(answer(moved, &collector, DOMAIN_ENROL, public, &got, &f), 0);
    assert_string_equal(got.collector, "https://collector.example");
}

static void refuses_a_wrong_answer(void **state)
{
    struct identity got = {.collector = "http://typed"};
    struct fault f = {0};
    _cleanup_text_ char *text = good(id, NULL);
    _cleanup_text_ char *other = good("aaaaaaaaaaaaaaaaaaaa", NULL);
    _cleanup_text_ char *url = good(id, "ftp://x");
    struct sign_key stranger;
    char pin[64];
    assert_int_equal(sign_key_new(&stranger), 0);
    base64_write(stranger.public, SIGN_PUBLIC_SIZE, pin);
    assert_int_equal(answer(text, &stranger, DOMAIN_ENROL, NULL, &got, &f), -EKEYREJECTED);
    assert_int_equal(answer(text, &collector, DOMAIN_ACK, NULL, &got, &f), -EKEYREJECTED);
    assert_int_equal(answer(text, &collector, DOMAIN_ENROL, pin, &got, &f), -EKEYREJECTED);
    assert_int_equal(answer(text, &collector, DOMAIN_ENROL, public_spare, &got, &f), -EKEYREJECTED);
    assert_int_equal(answer(text, &collector, DOMAIN_ENROL, "short", &got, &f), -EINVAL);
    assert_int_equal(answer(other, &collector, DOMAIN_ENROL, NULL, &got, &f), -EBADMSG);
    assert_true(answer(url, &collector, DOMAIN_ENROL, NULL, &got, &f) < 0);
    static const char *const rows[] = {
        "[]",
        "{}",
        "{\"enrolled\":2}",
        "{\"enrolled\":1,\"probe\":7}",
        "{\"enrolled\":1,\"probe\":\"x\",\"keys\":[]}",
        "{\"enrolled\":1,\"probe\":\"x\",\"keys\":[1]}",
        "{\"enrolled\":1,\"probe\":\"x\",\"keys\":[\"AAAA\"]}",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (answer(rows[i], &collector, DOMAIN_ENROL, NULL, &got, &f) >= 0)
            fail_msg("row %zu was read", i);
    char seen[NETWORK_TEXT_MAX];
    static const char *const raw[] = {"", "OK", "<html>", "\n\n", "{\"enrolled\":1}\n"};
    for (size_t i = 0; i < COUNT(raw); i++)
        assert_true(enroll_answer(raw[i], strlen(raw[i]), &probe, NULL, &got, seen, &f) < 0);
    assert_int_equal(got.key_count, 0); /* untouched */
}

static void checks_what_is_said(void **state)
{
    static const struct {
        struct enrolment e;
        const char *says;
    } rows[] = {
        {{.token = "abc"}, "imt_"},
        {{.token = "imt_x", .commune = ""}, "--commune"},
        {{.token = "imt_x", .carrier = "a\nb"}, "--operator"},
        {{.token = "imt_x", .tariff = "\xff"}, "--tariff"},
        {{.token = "imt_x", .contact = "a\x7f"}, "--contact: one line"},
        {{.token = "imt_x", .contact = "a\xc2\x9bm"}, "--contact: one line"},
        {{.token = "imt_x", .tariff = "Pass \u202e1 Go"}, "U+202E in it is not seen"},
        {{.token = "imt_x", .replaces = "me"}, "--replaces"},
    };
    struct fault f = {0};
    const struct enrolment fine = {
        .token = "imt_x", .zone = "rural", .site = "school", .technology = "wifi-hotspot", .commune = "Pobè"};
    assert_int_equal(enroll_check(&fine, &f), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(enroll_check(&rows[i].e, &f), -EINVAL);
        if (!strstr(f.text, rows[i].says))
            fail_msg("row %zu says: %s", i, f.text);
    }
}

/* Taken wrongly for unmetered, a line costs its owner money. */
static void holds_a_line_for_metered_unless_it_seldom_is(void **state)
{
    for (const struct choice *c = line_technologies; c->word; c++)
        assert_int_equal(line_metered(c->word), strcmp(c->word, "fibre") != 0 && strcmp(c->word, "adsl") != 0);
    assert_true(line_metered(NULL));
}

static void knows_what_people_call_it(void **state)
{
    static const struct {
        const struct choice *list;
        const char *text, *word; /* word NULL: not understood */
    } rows[] = {
        {line_zones, "ville", "urban"},
        {line_zones, "Urbaine", "urban"},
        {line_zones, "TOWN", "urban"},
        {line_zones, "urban", "urban"},
        {line_zones, "Campagne", "rural"},
        {line_zones, "countryside", "rural"},
        {line_zones, "mer", NULL},
        {line_zones, "", NULL},
        {line_zones, "-", NULL},
        {line_sites, "École", "school"},
        {line_sites, "Mairie", "town-hall"},
        {line_sites, "Centre de santé", "health-centre"},
        {line_sites, "maison", "home"},
        {line_sites, "Cybercafe", "cybercafe"},
        {line_sites, "réseau communautaire", "community"},
        {line_sites, "bateau", NULL},
        {line_technologies, "Fibre optique", "fibre"},
        {line_technologies, "fiber", "fibre"},
        {line_technologies, "adsl", "adsl"},
        {line_technologies, "4G", "4g"},
        {line_technologies, "wifi", "wifi-hotspot"},
        {line_technologies, "Wi-Fi", "wifi-hotspot"},
        {line_technologies, "Point d’accès", "wifi-hotspot"},
        {line_technologies, "reseau communautaire", "community"},
        {line_technologies, "VSAT", "satellite"},
        {line_technologies, "Autre", "other"},
        {line_technologies, "6g", NULL},
    };
    struct fault f = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *word = NULL;
        int r = enroll_word("x", rows[i].list, rows[i].text, &word, &f);
        if (r != (rows[i].word ? 0 : -EINVAL) || (word && strcmp(word, rows[i].word) != 0))
            fail_msg("\"%s\" is read as %s: %s", rows[i].text, word ? word : "nothing", f.text);
    }
    assert_non_null(strstr(f.text, "--x 6g"));
}

/* Whatever is shown in one language is understood in both. */
static void understands_what_it_shows(void **state)
{
    static const struct choice *const lists[] = {line_zones, line_sites, line_technologies};
    static const char *const languages[] = {"fr", "en"};
    for (size_t i = 0; i < COUNT(languages); i++) {
        lang_start(languages[i]);
        for (size_t list = 0; list < COUNT(lists); list++) {
            const struct choice *choices = lists[list];
            for (const struct choice *c = choices; c->word; c++) {
                _cleanup_text_ char *shown = alloc_text(_(c->shown));
                lang_start(languages[1 - i]);
                const char *word = choice_read(choices, shown);
                if (!word || strcmp(word, c->word) != 0)
                    fail_msg("\"%s\" is read as %s", shown, word ? word : "nothing");
                lang_start(languages[i]);
            }
        }
    }
}

static void knows_the_departments(void **state)
{
    _cleanup_json_ json_t *bj = NULL;
    struct fault f = {0};
    const char *iso;
    assert_int_equal(country_read("BJ", &bj, &f), 0);
    static const char *const rows[][2] = {{"Borgou", "BJ-BO"}, {"BORGOU", "BJ-BO"}, {"bj-bo", "BJ-BO"},
                                          {"Ouémé", "BJ-OU"},  {"oueme", "BJ-OU"},  {"OUÉMÉ", "BJ-OU"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (country_department(bj, rows[i][0], &iso, &f) < 0)
            fail_msg("%s", f.text);
        assert_string_equal(iso, rows[i][1]);
    }
    static const char *const bad[] = {"", "Borg", "Borgous", "Paris", "\xc3"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(country_department(bj, bad[i], &iso, &f), -EINVAL);
    assert_non_null(strstr(f.text, "Atacora"));
    json_t *none;
    assert_int_equal(country_read("XX", &none, &f), -ENOENT);
    assert_non_null(strstr(f.text, "BJ"));
}

static void the_identity_lasts(void **state)
{
    char dir[96];
    struct identity got = {.key = probe, .key_count = 1, .enrolled_at_us = 1795341600000000}, back;
    struct sign_key again;
    struct fault f = {0};
    snprintf(dir, sizeof dir, "%s", scratch_dir());
    strcpy(got.probe, id);
    strcpy(got.collector, "http://127.0.0.1:8080");
    memcpy(got.keys[0], collector.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(identity_read(dir, &back, &f), -ENOENT);
    assert_int_equal(identity_key(dir, &again, &f), 0);
    assert_int_equal(identity_read(dir, &back, &f), -ENOENT); /* a key alone is no enrolment */
    assert_int_equal(identity_key(dir, &got.key, &f), 0);
    assert_memory_equal(again.secret, got.key.secret, SIGN_SECRET_SIZE); /* kept for the next try */
    assert_int_equal(identity_write(dir, &got, &f), 0);
    if (identity_read(dir, &back, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(back.probe, id);
    assert_string_equal(back.collector, got.collector);
    assert_int_equal(back.enrolled_at_us, got.enrolled_at_us);
    assert_memory_equal(back.keys[0], collector.public, SIGN_PUBLIC_SIZE);

    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/key", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(identity_read(dir, &back, &f), -EIO);
    snprintf(path, sizeof path, "rm -rf %s", dir);
    assert_int_equal(system(path), 0);
}

static void addresses(void **state)
{
    char url[COLLECTOR_URL_MAX + 1];
    struct fault f;
    assert_int_equal(identity_url("https://collector.example//", url, &f), 0);
    assert_string_equal(url, "https://collector.example");
    static const char *const bad[] = {"",        "collector.example", "http://",   "https:///",
                                      "ftp://x", "http://x?y",        "http://x y"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(identity_url(bad[i], url, &f), -EINVAL);
}

/* The collector's schedule: signed by a pinned key, and never an older one. */
static void schedules_only_grow(void **state)
{
    char dir[96], command[160];
    struct identity me = {.key_count = 1};
    struct schedule s = {0};
    struct fault f = {0};
    snprintf(dir, sizeof dir, "%s", scratch_dir());
    memcpy(me.keys[0], collector.public, SIGN_PUBLIC_SIZE);
    static const struct {
        int64_t have, offered;
        bool stranger;
        const char *domain;
        int result;
    } rows[] = {
        {0, 1, false, DOMAIN_SCHEDULE, 1},
        {1, 1, false, DOMAIN_SCHEDULE, 0},
        {1, 5, false, DOMAIN_SCHEDULE, 1},
        {5, 4, false, DOMAIN_SCHEDULE, -ESTALE},
        {5, 6, true, DOMAIN_SCHEDULE, -EKEYREJECTED},
        {5, 6, false, DOMAIN_ACK, -EKEYREJECTED},
    };
    assert_int_equal(remote_read(dir, &me, &s, &f), -ENOENT);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        _cleanup_json_ json_t *o = json_pack("{s:i, s:I, s:[]}", "schedule", 1, "version", (json_int_t)rows[i].offered,
                                             "tasks");
        statement_write(rows[i].stranger ? &spare : &collector, rows[i].domain, o, &out);
        assert_int_equal(remote_accept(dir, &me, rows[i].have, out.data, out.len, &s, &f), rows[i].result);
        buf_free(&out);
    }
    schedule_free(&s);
    assert_int_equal(remote_read(dir, &me, &s, &f), 0);
    assert_int_equal(s.version, 5); /* what was refused was not kept */
    memcpy(me.keys[0], spare.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(remote_read(dir, &me, &s, &f), -EKEYREJECTED); /* checked again at each start */
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_proves_possession),
        cmocka_unit_test(pins_the_collectors_keys),
        cmocka_unit_test(refuses_a_wrong_answer),
        cmocka_unit_test(checks_what_is_said),
        cmocka_unit_test(holds_a_line_for_metered_unless_it_seldom_is),
        cmocka_unit_test(knows_what_people_call_it),
        cmocka_unit_test(understands_what_it_shows),
        cmocka_unit_test(knows_the_departments),
        cmocka_unit_test(the_identity_lasts),
        cmocka_unit_test(addresses),
        cmocka_unit_test(schedules_only_grow),
    };
    if (sign_key_new(&probe) < 0 || sign_key_new(&collector) < 0 || sign_key_new(&spare) < 0)
        return 1;
    probe_id_make(probe.public, id);
    base64_write(collector.public, SIGN_PUBLIC_SIZE, public);
    base64_write(spare.public, SIGN_PUBLIC_SIZE, public_spare);
    base64_write(probe.public, SIGN_PUBLIC_SIZE, public_probe);
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
