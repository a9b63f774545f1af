#include "tests/unit/check.h"

#include <pthread.h>

#include "collector/web/cache.h"
#include "common/wake.h"

static const struct page open_page = {.name = "open"}, secret_page = {.name = "secret", .secret = true};

static void put(struct cache *cache, const struct page *page, const char *path, const char *version, size_t len,
                char fill)
{
    _cleanup_(buf_free) struct buf body = {0};
    char etag[ETAG_SIZE];
    for (size_t i = 0; i < len; i++)
        buf_add_char(&body, fill);
    etag_make(body.data, body.len, etag);
    cache_put(cache, page, path, version, &body, etag);
}

/* What it holds of a path: the first octet of the page, 0 when it has none. */
static char got(struct cache *cache, const char *path, const char *version)
{
    _cleanup_(buf_free) struct buf body = {0};
    char etag[ETAG_SIZE], wanted[ETAG_SIZE];
    if (!cache_get(cache, path, version, &body, etag)) {
        assert_int_equal(body.len, 0);
        return 0;
    }
    etag_make(body.data, body.len, wanted);
    assert_string_equal(etag, wanted);
    return body.data[0];
}

static void a_page_is_good_for_its_version(void **state)
{
    struct cache *cache = cache_new();
    assert_int_equal(got(cache, "/fr/", "1"), 0);
    put(cache, &open_page, "/fr/", "1", 100, 'a');
    put(cache, &open_page, "/en/", "1", 100, 'b');
    assert_int_equal(got(cache, "/fr/", "1"), 'a');
    assert_int_equal(got(cache, "/en/", "1"), 'b');
    assert_int_equal(got(cache, "/fr/", "2"), 0);
    assert_int_equal(got(cache, "/fr/", "1 2027-01-01"), 0);
    put(cache, &open_page, "/fr/", "2", 100, 'c');
    assert_int_equal(got(cache, "/fr/", "2"), 'c');
    assert_int_equal(got(cache, "/fr/", "1"), 0);
    cache_free(cache);
}

static void secrets_are_not_kept(void **state)
{
    struct cache *cache = cache_new();
    put(cache, &secret_page, "/fr/sonde/s3cr3t", "1", 100, 's');
    assert_int_equal(got(cache, "/fr/sonde/s3cr3t", "1"), 0);
    cache_free(cache);
}

static void it_is_bounded(void **state)
{
    struct cache *cache = cache_new();
    char path[32];
    put(cache, &open_page, "/huge", "1", CACHE_BYTES_MAX + 1, 'h');
    assert_int_equal(got(cache, "/huge", "1"), 0);
    for (int i = 0; i < CACHE_PAGES_MAX + 10; i++) {
        snprintf(path, sizeof path, "/%d", i);
        put(cache, &open_page, path, "1", 10, 'n');
        assert_int_equal(got(cache, "/0", "1"), 'n'); /* asked for again and again, it stays */
    }
    assert_int_equal(got(cache, "/1", "1"), 0);
    assert_int_equal(got(cache, path, "1"), 'n');
    /* Four of a quarter each leave room for nothing else. */
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "/large/%d", i);
        put(cache, &open_page, path, "1", CACHE_BYTES_MAX / 4, 'l');
    }
    assert_int_equal(got(cache, "/0", "1"), 0);
    assert_int_equal(got(cache, "/large/0", "1"), 'l');
    assert_int_equal(got(cache, "/large/3", "1"), 'l');
    cache_free(cache);
}

/* Readers and writers at once: what is got is whole, and of the version asked for. */
static void *read_and_write(void *ctx)
{
    struct cache *cache = ctx;
    size_t wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char path[16], version[2] = {(char)('0' + i % 7), 0};
        snprintf(path, sizeof path, "/%d", i % 11);
        _cleanup_(buf_free) struct buf body = {0};
        char etag[ETAG_SIZE];
        if (cache_get(cache, path, version, &body, etag)) {
            for (size_t k = 0; k < body.len; k++)
                wrong += body.data[k] != version[0];
        } else {
            put(cache, &open_page, path, version, 50 + (size_t)i % 50, version[0]);
        }
    }
    return (void *)wrong;
}

static void threads_share_it(void **state)
{
    struct cache *cache = cache_new();
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_and_write, cache), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    cache_free(cache);
}

struct waiter {
    struct cache *cache;
    bool came;
};

static void *wait_for_it(void *ctx)
{
    struct waiter *w = ctx;
    const struct timespec until = wake_after_ms(10000);
    w->came = cache_turn_wait(w->cache, "/fr/", &until);
    return NULL;
}

static void one_makes_it_and_others_wait(void **state)
{
    struct cache *cache = cache_new();
    struct cache_turn first, other, none;
    struct waiter waiter = {.cache = cache};
    pthread_t thread;
    const struct timespec at_once = wake_after_ms(10);
    assert_true(cache_turn_take(cache, "/fr/", &first));
    assert_false(cache_turn_take(cache, "/fr/", &none));
    assert_true(cache_turn_take(cache, "/en/", &other));
    assert_false(cache_turn_wait(cache, "/fr/", &at_once));
    assert_int_equal(pthread_create(&thread, NULL, wait_for_it, &waiter), 0);
    cache_turn_give(cache, &first);
    pthread_join(thread, NULL);
    assert_true(waiter.came);
    assert_true(cache_turn_take(cache, "/fr/", &first));
    cache_turn_give(cache, &other);
    cache_turn_give(cache, &first);
    assert_true(cache_turn_wait(cache, "/en/", &at_once));
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_good_for_its_version),
        cmocka_unit_test(secrets_are_not_kept),
        cmocka_unit_test(it_is_bounded),
        cmocka_unit_test(threads_share_it),
        cmocka_unit_test(one_makes_it_and_others_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
