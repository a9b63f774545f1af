/* A real connection on loopback to a server that answers in awkward pieces. */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>

#include "agent/io/stream.h"

#define MESSAGES_MAX 8

struct scene {
    uv_loop_t loop;
    uv_tcp_t listener, served;
    uv_timer_t timer;
    struct sockaddr_in address;
    const char *answer; /* sent `piece` octets at a time */
    size_t answer_len, at, piece;
    bool close_after, close_in_callback;
    struct stream *stream;
    char asked[64];
    size_t asked_len;
    size_t lengths[MESSAGES_MAX];
    char first[MESSAGES_MAX];
    int messages, ends, error;
    int64_t bytes;
};

static void on_stream(void *user, const struct stream_event *event)
{
    struct scene *s = user;
    assert_int_equal(s->ends, 0);
    if (event->bytes) {
        assert_in_range(s->messages, 0, MESSAGES_MAX - 1);
        s->lengths[s->messages] = event->len;
        s->first[s->messages] = event->len ? (char)event->bytes[0] : 0;
        s->messages++;
        if (s->close_in_callback) {
            s->bytes = stream_wire_bytes(s->stream);
            stream_close(s->stream);
            s->stream = NULL;
            uv_stop(&s->loop);
        }
        return;
    }
    s->ends++;
    s->error = event->error;
    uv_stop(&s->loop);
}

static void on_timer(uv_timer_t *timer)
{
    struct scene *s = timer->data;
    size_t left = s->answer_len - s->at, n = s->piece < left ? s->piece : left;
    uv_buf_t bytes = uv_buf_init((char *)s->answer + s->at, (unsigned)n);
    if (n > 0)
        assert_int_equal(uv_try_write((uv_stream_t *)&s->served, &bytes, 1), n);
    s->at += n;
    if (s->at < s->answer_len)
        return;
    uv_timer_stop(timer);
    if (s->close_after)
        uv_close((uv_handle_t *)&s->served, NULL);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
    struct scene *s = handle->data;
    *ret = uv_buf_init(s->asked + s->asked_len, (unsigned)(sizeof s->asked - s->asked_len));
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf)
{
    struct scene *s = tcp->data;
    if (n > 0)
        s->asked_len += (size_t)n;
    if (n > 0 && s->at == 0)
        uv_timer_start(&s->timer, on_timer, 0, 1);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct scene *s = listener->data;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&s->served), 0);
    uv_read_start((uv_stream_t *)&s->served, on_alloc, on_read);
}

static void set_up(struct scene *s)
{
    int size = sizeof s->address;
    uv_loop_init(&s->loop);
    uv_tcp_init(&s->loop, &s->listener);
    uv_tcp_init(&s->loop, &s->served);
    uv_timer_init(&s->loop, &s->timer);
    s->listener.data = s->served.data = s->timer.data = s;
    uv_ip4_addr("127.0.0.1", 0, &s->address);
    assert_int_equal(uv_tcp_bind(&s->listener, (struct sockaddr *)&s->address, 0), 0);
    assert_int_equal(uv_tcp_getsockname(&s->listener, (struct sockaddr *)&s->address, &size), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&s->listener, 1, on_connection), 0);
}

static void close_one(uv_handle_t *handle, void *arg)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void tear_down(struct scene *s)
{
    stream_close(s->stream);
    uv_walk(&s->loop, close_one, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
}

static void frames(void **state)
{
    static const struct {
        const char *answer;
        size_t len, piece;
        int messages;
        size_t lengths[3];
        char first[3];
        int ends;
    } rows[] = {
        {"\0\3abc", 5, 5, 1, {3}, {'a'}, 1},
        {"\0\3abc", 5, 1, 1, {3}, {'a'}, 1},
        {"\0\3abc\0\1x\0\2yz", 12, 12, 3, {3, 1, 2}, {'a', 'x', 'y'}, 1},
        {"\0\3abc\0\1x\0\2yz", 12, 4, 3, {3, 1, 2}, {'a', 'x', 'y'}, 1},
        {"\0\0\0\1x", 5, 5, 2, {0, 1}, {0, 'x'}, 1}, /* an empty message is one */
        {"\xff\xff"
         "abc",
         5,
         5,
         0,
         {0},
         {0},
         1}, /* promised, never sent */
        {"\0", 1, 1, 0, {0}, {0}, 1},
        {"", 0, 1, 0, {0}, {0}, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene s = {
            .answer = rows[i].answer, .answer_len = rows[i].len, .piece = rows[i].piece, .close_after = true};
        set_up(&s);
        s.stream = stream_open(&s.loop, (struct sockaddr *)&s.address, "query", 5, on_stream, &s);
        uv_run(&s.loop, UV_RUN_DEFAULT);
        assert_int_equal(s.asked_len, 7);
        assert_memory_equal(s.asked, "\0\5query", 7);
        assert_int_equal(s.messages, rows[i].messages);
        for (int m = 0; m < s.messages; m++) {
            assert_int_equal(s.lengths[m], rows[i].lengths[m]);
            assert_int_equal(s.first[m], rows[i].first[m]);
        }
        assert_int_equal(s.ends, rows[i].ends);
        assert_int_equal(s.error, 0);
        tear_down(&s);
    }
}

static void closes_while_told(void **state)
{
    struct scene s = {.answer = "\0\1a\0\1b", .answer_len = 6, .piece = 6, .close_in_callback = true};
    set_up(&s);
    s.stream = stream_open(&s.loop, (struct sockaddr *)&s.address, "q", 1, on_stream, &s);
    uv_run(&s.loop, UV_RUN_DEFAULT);
    assert_int_equal(s.messages, 1); /* the second is not told any more */
    /* at least handshake, query, answer and closing: 8 segments, 9 octets */
    assert_in_range(s.bytes, 8 * 52 + 9, 14 * 52 + 9);
    tear_down(&s);
}

static void tells_failures(void **state)
{
    struct scene s = {0};
    set_up(&s);
    uv_close((uv_handle_t *)&s.listener, NULL);
    uv_run(&s.loop, UV_RUN_NOWAIT);
    s.stream = stream_open(&s.loop, (struct sockaddr *)&s.address, "q", 1, on_stream, &s);
    assert_int_equal(s.ends, 0); /* never from inside stream_open */
    uv_run(&s.loop, UV_RUN_DEFAULT);
    assert_int_equal(s.ends, 1);
    assert_int_equal(s.error, -ECONNREFUSED);
    tear_down(&s);

    /* an address that TCP cannot connect to at all */
    struct scene t = {0};
    set_up(&t);
    uv_ip4_addr("224.0.0.1", 53, &t.address);
    t.stream = stream_open(&t.loop, (struct sockaddr *)&t.address, "q", 1, on_stream, &t);
    assert_int_equal(t.ends, 0);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    assert_int_equal(t.ends, 1);
    assert_true(t.error < 0);
    tear_down(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
        cmocka_unit_test(closes_while_told),
        cmocka_unit_test(tells_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
