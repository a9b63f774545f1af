/* When the collector is asked what. It is a server here that hangs up on everybody, and counts them. */
#include "tests/unit/check.h"

#include "agent/daemon/hearing.h"
#include "agent/io/host.h"
#include "agent/uplink/keyring.h"

static int64_t mono_us;
static bool synced;
static unsigned asked, told;

static int64_t fake_wall(void *ctx)
{
    return INT64_C(1764000000000000) + mono_us;
}

static int64_t fake_mono(void *ctx)
{
    return mono_us;
}

static bool fake_synced(void *ctx)
{
    return synced;
}

static const struct clock fake = {.wall_us = fake_wall, .mono_us = fake_mono, .synced = fake_synced};

struct world {
    struct timekeeper keeper;
    struct host host;
    uv_tcp_t server;
    struct identity identity;
    struct settings settings;
    char url[64];
    struct uplink uplink;
    struct hearing *hearing;
};

static void on_hung_up(uv_handle_t *handle)
{
    free(handle);
}

static void on_caller(uv_stream_t *server, int status)
{
    uv_tcp_t *caller = calloc(1, sizeof *caller);
    uv_tcp_init(server->loop, caller);
    asked += uv_accept(server, (uv_stream_t *)caller) == 0;
    uv_close((uv_handle_t *)caller, on_hung_up);
}

static void on_heard(void *user, bool fresh)
{
    told++;
    assert_false(fresh);
}

static void world_open(struct world *w, enum settings_schedule source)
{
    struct sockaddr_in at;
    struct fault f;
    int size = sizeof at;
    asked = told = 0;
    mono_us = 5000000;
    *w = (struct world){.settings = {.schedule = source, .schedule_interval_us = INT64_C(3600000000)}};
    assert_int_equal(sign_key_new(&w->identity.key), 0);
    timekeeper_init(&w->keeper, &fake);
    assert_int_equal(host_open(&w->host, &w->keeper.clock, &f), 0);
    uv_ip4_addr("127.0.0.1", 0, &at);
    uv_tcp_init(&w->host.loop, &w->server);
    assert_int_equal(uv_tcp_bind(&w->server, (struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&w->server, 16, on_caller), 0);
    uv_tcp_getsockname(&w->server, (struct sockaddr *)&at, &size);
    snprintf(w->url, sizeof w->url, "http://127.0.0.1:%u", ntohs(at.sin_port));
    w->uplink = (struct uplink){
        .env = &w->host.env, .state_dir = "/nonexistent", .identity = &w->identity, .url = w->url};
    w->hearing = hearing_new(&w->uplink, &w->keeper, &w->settings, on_heard, NULL);
    assert_int_equal(hearing_schedule(w->hearing)->version, 0);
}

static void world_close(struct world *w)
{
    uv_close((uv_handle_t *)&w->server, NULL);
    hearing_free(w->hearing);
    host_close(&w->host);
}

/* Turns until `want` have asked and nobody waits for more. */
static void turn(struct world *w, unsigned want)
{
    while (asked < want || hearing_waits(w->hearing))
        uv_run(&w->host.loop, UV_RUN_ONCE);
}

static void the_time_is_asked_for_only_while_nobody_knows_it(void **state)
{
    static const struct {
        enum settings_schedule source;
        bool synced;
        unsigned asked;
    } rows[] = {
        {SCHEDULE_REMOTE, false, 2}, {SCHEDULE_REMOTE, true, 1}, {SCHEDULE_OFF, false, 1}, {SCHEDULE_OFF, true, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w;
        synced = rows[i].synced;
        world_open(&w, rows[i].source);
        hearing_once(w.hearing);
        assert_int_equal(hearing_waits(w.hearing), rows[i].asked > 0);
        assert_int_equal(told, 0); /* never from in there */
        turn(&w, rows[i].asked);
        assert_int_equal(asked, rows[i].asked);
        assert_int_equal(told, rows[i].asked); /* also of what did not come */
        world_close(&w);
    }
}

/* An unknown signature is no reason to ask often: anybody can make one. */
static void keys_are_asked_for_once_in_a_while(void **state)
{
    struct world w;
    synced = true;
    world_open(&w, SCHEDULE_REMOTE);
    hearing_keys(w.hearing);
    hearing_keys(w.hearing);
    turn(&w, 1);
    mono_us += KEYRING_PAUSE_US - 1;
    hearing_keys(w.hearing);
    hearing_schedule_now(w.hearing); /* behind it: whoever was asked before has been counted */
    turn(&w, 2);
    assert_int_equal(asked, 2);
    mono_us += 1;
    hearing_keys(w.hearing);
    turn(&w, 3);
    assert_int_equal(told, 1); /* the schedule's */
    world_close(&w);
}

static void stopped_it_hears_nothing_more(void **state)
{
    struct world w;
    synced = false;
    world_open(&w, SCHEDULE_REMOTE);
    hearing_start(w.hearing);
    hearing_stop(w.hearing);
    assert_false(hearing_waits(w.hearing));
    world_close(&w);
    assert_int_equal(told, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_is_asked_for_only_while_nobody_knows_it),
        cmocka_unit_test(keys_are_asked_for_once_in_a_while),
        cmocka_unit_test(stopped_it_hears_nothing_more),
    };
    return cmocka_run_group_tests_name("hearing", tests, NULL, NULL);
}
