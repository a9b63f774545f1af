/* Real sockets on loopback: what goes in comes out with stamps and errors. */
#include "tests/unit/check.h"

#include <errno.h>

#include <arpa/inet.h>

#include "agent/io/datagram.h"
#include "agent/io/icmp.h"

struct seen {
    uv_loop_t *loop;
    struct tag tag;
    int sent, received, errors, wanted;
    struct datagram_event last[3]; /* by kind */
    struct datagram *echo;         /* answers what it receives */
};

static void on_event(void *user, const struct datagram_event *event)
{
    struct seen *seen = user;
    uint32_t seq = 0;
    seen->last[event->what] = *event;
    if (event->what == DATAGRAM_SENT) {
        assert_true(tag_find(&seen->tag, event->bytes, event->len, &seq));
        assert_int_equal(seq, 42);
        seen->sent++;
    } else if (event->what == DATAGRAM_RECEIVED) {
        seen->received++;
    } else {
        seen->errors++;
    }
    if (seen->sent + seen->received + seen->errors == seen->wanted)
        uv_stop(seen->loop);
}

static void on_echo(void *user, const struct datagram_event *event)
{
    struct seen *seen = user;
    struct moment sent;
    if (event->what == DATAGRAM_RECEIVED)
        assert_int_equal(
            datagram_send(seen->echo, (const struct sockaddr *)&event->from, event->bytes, event->len, 9, &sent), 0);
}

static void on_deadline(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void run(uv_loop_t *loop)
{
    uv_timer_t deadline;
    uv_timer_init(loop, &deadline);
    uv_timer_start(&deadline, on_deadline, 5000, 0);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&deadline, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
}

static void loopback(int af, uint16_t port, struct sockaddr_storage *ret)
{
    *ret = (struct sockaddr_storage){0};
    if (af == 4)
        uv_ip4_addr("127.0.0.1", port, (struct sockaddr_in *)ret);
    else
        uv_ip6_addr("::1", port, (struct sockaddr_in6 *)ret);
}

/* A free port from the range that nothing else here takes. */
static uint16_t bind_some(struct datagram *d)
{
    for (uint16_t port = 23000; port < 24000; port++) {
        int r = datagram_bind(d, port);
        if (r == 0)
            return port;
        assert_int_equal(r, -EADDRINUSE);
    }
    fail_msg("no free port");
    return 0;
}

static void with_echo(int af)
{
    uv_loop_t loop;
    struct fault f;
    struct seen seen = {.loop = &loop, .wanted = 2};
    struct datagram *d = NULL;
    struct sockaddr_storage peer;
    struct moment sent;
    uint8_t bytes[TAG_SIZE];
    uv_loop_init(&loop);
    tag_make(&seen.tag);
    tag_write(&seen.tag, 42, bytes);
    assert_int_equal(datagram_open(&loop, DATAGRAM_UDP, af, on_echo, &seen, &seen.echo, &f), 0);
    loopback(af, bind_some(seen.echo), &peer);
    assert_int_equal(datagram_open(&loop, DATAGRAM_UDP, af, on_event, &seen, &d, &f), 0);
    assert_int_equal(datagram_send(d, (struct sockaddr *)&peer, bytes, sizeof bytes, 0, &sent), 0);
    run(&loop);
    assert_int_equal(seen.sent, 1);
    assert_int_equal(seen.received, 1);
    assert_int_equal(seen.errors, 0);
    assert_int_equal(seen.last[DATAGRAM_RECEIVED].ttl, 9);
    assert_int_equal(seen.last[DATAGRAM_RECEIVED].len, TAG_SIZE);
    assert_true(seen.last[DATAGRAM_SENT].at.kernel_ns > 0);
    sent.kernel_ns = seen.last[DATAGRAM_SENT].at.kernel_ns;
    assert_true(moment_ms(&sent, &seen.last[DATAGRAM_RECEIVED].at) < 1000);
    datagram_close(d);
    datagram_close(seen.echo);
    datagram_close(NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void without_listener(int af)
{
    uv_loop_t loop;
    struct fault f;
    struct seen seen = {.loop = &loop, .wanted = 2};
    struct datagram *d = NULL, *closed = NULL;
    struct sockaddr_storage peer;
    struct moment sent;
    uint8_t bytes[TAG_SIZE + 4] = {0};
    uv_loop_init(&loop);
    tag_make(&seen.tag);
    tag_write(&seen.tag, 42, bytes);
    assert_int_equal(datagram_open(&loop, DATAGRAM_UDP, af, on_event, &seen, &closed, &f), 0);
    loopback(af, bind_some(closed), &peer);
    datagram_close(closed);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(datagram_open(&loop, DATAGRAM_UDP, af, on_event, &seen, &d, &f), 0);
    assert_int_equal(datagram_connect(d, (struct sockaddr *)&peer), 0);
    assert_int_equal(datagram_send(d, NULL, bytes, sizeof bytes, 5, &sent), 0);
    run(&loop);
    const struct datagram_event *error = &seen.last[DATAGRAM_ERROR];
    assert_int_equal(seen.errors, 1);
    assert_int_equal(icmp_error_class(af, error->type, error->code), ICMP_CLASS_PORT);
    assert_false(error->local);
    assert_int_equal(error->error, ECONNREFUSED);
    assert_int_equal(error->len, sizeof bytes); /* what is quoted after the UDP header */
    assert_int_equal(error->from.ss_family, peer.ss_family);
    /* the error is pending on the socket; the next send goes out all the same */
    assert_int_equal(datagram_send(d, NULL, bytes, sizeof bytes, 0, &sent), 0);
    datagram_close(d);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void echoes4(void **state)
{
    with_echo(4);
}

static void echoes6(void **state)
{
    with_echo(6);
}

static void refuses4(void **state)
{
    without_listener(4);
}

static void refuses6(void **state)
{
    without_listener(6);
}

static void outcomes(void **state)
{
    static const struct {
        int error;
        enum outcome outcome;
    } rows[] = {
        {-ENETUNREACH, OUTCOME_UNREACHABLE},
        {EHOSTUNREACH, OUTCOME_UNREACHABLE},
        {-ECONNREFUSED, OUTCOME_REFUSED},
        {-ECONNRESET, OUTCOME_RESET},
        {-ETIMEDOUT, OUTCOME_TIMEOUT},
        {-EPERM, OUTCOME_DENIED},
        {-ENOMEM, OUTCOME_ERROR},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(datagram_outcome(rows[i].error), rows[i].outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes4),  cmocka_unit_test(echoes6),  cmocka_unit_test(refuses4),
        cmocka_unit_test(refuses6), cmocka_unit_test(outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
