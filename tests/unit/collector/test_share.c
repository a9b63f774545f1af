#include "tests/unit/check.h"

#include <errno.h>
#include <pthread.h>

#include "collector/api/share.h"
#include "common/wake.h"

static void tell(struct share *share, struct share_question *q, const char *text, struct http_reply *reply)
{
    struct buf body = {0};
    buf_add_text(&body, text);
    share_tell(share, q, &body, "2_00ff", reply);
    assert_null(body.data);
}

/* Reads a reply to its end, three octets at a time, and gives it back. */
static char *read_all(struct http_reply *reply)
{
    struct buf all = {0};
    char some[3];
    ssize_t len;
    while ((len = reply->stream.read(reply->stream.ctx, some, sizeof some)) > 0)
        buf_add(&all, some, (size_t)len);
    assert_int_equal(len, 0);
    assert_int_equal(reply->stream_len, all.len);
    reply->stream.free(reply->stream.ctx);
    return buf_take(&all);
}

struct waiter {
    struct share *share;
    struct share_question *q;
    struct http_reply reply;
    char next[PAGE_AFTER_SIZE];
    int rc;
};

static void *wait_for_it(void *ctx)
{
    struct waiter *w = ctx;
    const struct timespec until = wake_after_ms(10000);
    w->rc = share_wait(w->share, w->q, &until, w->next, &w->reply);
    return NULL;
}

static void all_who_ask_get_the_answer_of_one(void **state)
{
    struct share *share = share_new();
    struct share_question *first, *other;
    struct waiter waiters[3];
    pthread_t threads[COUNT(waiters)];
    struct http_reply reply = {0};
    assert_true(share_ask(share, "series a", &first));
    assert_true(share_ask(share, "series b", &other));
    for (size_t w = 0; w < COUNT(waiters); w++) {
        waiters[w] = (struct waiter){.share = share};
        assert_false(share_ask(share, "series a", &waiters[w].q));
        assert_int_equal(pthread_create(&threads[w], NULL, wait_for_it, &waiters[w]), 0);
    }
    tell(share, first, "[1,2,3]", &reply);
    _cleanup_text_ char *mine = read_all(&reply); /* and gone, before the others have read */
    assert_string_equal(mine, "[1,2,3]");
    for (size_t w = 0; w < COUNT(waiters); w++) {
        pthread_join(threads[w], NULL);
        assert_int_equal(waiters[w].rc, 0);
        _cleanup_text_ char *theirs = read_all(&waiters[w].reply);
        assert_string_equal(theirs, "[1,2,3]");
        assert_string_equal(waiters[w].next, "2_00ff"); /* and where it goes on */
    }
    share_leave(share, other, false);
    share_free(share);
}

static void what_was_told_is_not_told_again(void **state)
{
    struct share *share = share_new();
    struct share_question *q;
    for (int i = 0; i < 2; i++) {
        struct http_reply reply = {0};
        assert_true(share_ask(share, "series", &q));
        tell(share, q, i ? "" : "old", &reply);
        _cleanup_text_ char *text = read_all(&reply);
        assert_string_equal(text ? text : "", i ? "" : "old");
    }
    share_free(share);
}

static void who_waits_learns_how_it_ended(void **state)
{
    struct share *share = share_new();
    struct share_question *mine, *theirs;
    struct http_reply reply = {0};
    const struct timespec at_once = wake_after_ms(10);
    char next[PAGE_AFTER_SIZE];
    static const int wanted[] = {-EAGAIN, -EFBIG};
    for (int too_long = 0; too_long < 2; too_long++) {
        assert_true(share_ask(share, "series", &mine));
        assert_false(share_ask(share, "series", &theirs));
        share_leave(share, mine, too_long);
        assert_int_equal(share_wait(share, theirs, &at_once, next, &reply), wanted[too_long]);
    }
    assert_true(share_ask(share, "series", &mine));
    assert_false(share_ask(share, "series", &theirs));
    assert_int_equal(share_wait(share, theirs, &at_once, next, &reply), -ETIMEDOUT);
    assert_null(reply.stream.read);
    share_leave(share, mine, false);
    share_free(share);
}

static void what_is_read_is_bounded(void **state)
{
    struct share *share = share_new();
    struct http_reply replies[4] = {0};
    for (int i = 0; i < 4; i++) {
        struct share_question *q;
        struct buf body = {0};
        assert_int_equal(share_room(share), SHARE_BYTES_MAX);
        buf_reserve(&body, SHARE_BYTES_MAX);
        body.len = SHARE_BYTES_MAX - (i == 3 ? 5 : 0);
        assert_true(share_ask(share, "series", &q));
        share_tell(share, q, &body, "", &replies[i]);
    }
    assert_int_equal(share_room(share), 5);
    for (int i = 0; i < 4; i++)
        replies[i].stream.free(replies[i].stream.ctx);
    assert_int_equal(share_room(share), SHARE_BYTES_MAX);
    share_free(share);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_who_ask_get_the_answer_of_one),
        cmocka_unit_test(what_was_told_is_not_told_again),
        cmocka_unit_test(who_waits_learns_how_it_ended),
        cmocka_unit_test(what_is_read_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
