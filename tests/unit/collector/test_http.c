#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/http/http.h"

/* Every case speaks to a real server over a real socket. */

static struct http_server *server;

static int hello(struct http_request *request, struct http_reply *reply)
{
    const char *name = http_query(request, "name");
    assert_string_equal(http_peer(request), "127.0.0.1");
    reply->content_type = "text/plain";
    if (http_route_data(request))
        buf_addf(&reply->body, "%s ", (const char *)http_route_data(request));
    buf_addf(&reply->body, "%s %s %s", (const char *)http_context(request), name ? name : "nobody",
             http_header(request, "X-Word") ? http_header(request, "X-Word") : "-");
    return 0;
}

static int told(struct http_request *request, struct http_reply *reply)
{
    char text[PATH_MEMBER_SIZE];
    const char *id = http_member(request, "id", text);
    buf_addf(&reply->body, "member <%s>", id ? id : "none");
    return 0;
}

static int echo(struct http_request *request, struct http_reply *reply)
{
    const struct buf *body = http_body(request);
    if (body->data)
        buf_add(&reply->body, body->data, body->len);
    return 0;
}

static int broken(struct http_request *request, struct http_reply *reply)
{
    buf_add_text(&reply->body, "half an answer");
    return -EIO;
}

static int away(struct http_request *request, struct http_reply *reply)
{
    return http_unavailable(request, reply, 7, "come \"later\"");
}

static void count(struct http_request *request, const char *bytes, size_t len)
{
    http_notes(request)[0] += (int64_t)len;
}

static int counted(struct http_request *request, struct http_reply *reply)
{
    buf_addf(&reply->body, "%lld, kept %zu", (long long)http_notes(request)[0], http_body(request)->len);
    return 0;
}

static atomic_int kept_count;

static void let_go(void *kept)
{
    free(kept);
    kept_count--;
}

/* By the first octets: "no" ends it, another word is kept for the handler. */
static int judge(struct http_request *request, struct http_reply *reply)
{
    const char *word = http_header(request, "X-Word");
    assert_in_range(http_body(request)->len, 1000, 2999999);
    kept_count++;
    http_keep(request, alloc_format("%s of %zu", word, http_body_total(request)), let_go);
    if (!strcmp(word, "broken"))
        return -EIO;
    return strcmp(word, "no") ? 0 : http_problem(request, reply, 403, "no", "No", "not wanted");
}

static int judged(struct http_request *request, struct http_reply *reply)
{
    const char *kept = http_kept(request);
    buf_addf(&reply->body, "handled %s, %zu", kept ? kept : "alone", http_body(request)->len);
    return 0;
}

static int busy(struct http_request *request, struct http_reply *reply)
{
    struct fault f;
    return http_failed(request, reply, fault_set(&f, -EBUSY, "the pool is empty"), &f);
}

static int faulty(struct http_request *request, struct http_reply *reply)
{
    struct fault f;
    return http_failed(request, reply, fault_set(&f, -EIO, "secret words of the database"), &f);
}

/* More headers than any answer has today: none may be missing. */
static int adorned(struct http_request *request, struct http_reply *reply)
{
    for (int i = 1; i <= 20; i++) {
        char name[24];
        snprintf(name, sizeof name, "X-Header-%d", i);
        http_reply_header(request, name, "there");
    }
    return 0;
}

static atomic_int freed;

static ssize_t stream_read(void *ctx, char *bytes, size_t max)
{
    int *left = ctx;
    if (*left == 0)
        return 0;
    size_t n = (size_t)*left < max ? (size_t)*left : max;
    memset(bytes, 's', n);
    *left -= (int)n;
    return (ssize_t)n;
}

static void stream_free(void *ctx)
{
    freed++;
    free(ctx);
}

static int streamed(struct http_request *request, struct http_reply *reply)
{
    int *left = alloc_zero(1, sizeof *left);
    *left = 200000;
    reply->stream = (struct http_stream){stream_read, stream_free, left};
    return 0;
}

static const struct http_route first[] = {
    {.method = "GET", .path = "/hello", .handler = hello},
    {.method = "POST", .path = "/echo", .handler = echo, .body_max = 100000},
    {.method = "POST", .path = "/judged", .handler = judged, .body_max = 3000000, .front = judge, .front_len = 1000},
    {.method = "GET", .path = "/broken", .handler = broken},
    {.method = "GET", .path = "/away", .handler = away},
    {.method = "GET", .path = "/busy", .handler = busy},
    {.method = "GET", .path = "/faulty", .handler = faulty},
    {.method = "GET", .path = "/adorned", .handler = adorned},
    {.method = "GET", .path = "/told/{id}", .handler = told},
    {.method = "GET", .path = "/told/hello", .handler = hello},
    {.method = "GET", .path = "/told/{id}/{name}", .handler = told},
    {0},
};
static const struct http_route second[] = {
    {.method = "POST", .path = "/count", .handler = counted, .body_max = 10000000, .sink = count},
    {.method = "GET", .path = "/tree/*", .handler = echo},
    {.method = "GET", .path = "/tree/exact", .handler = hello, .data = "exactly"},
    {.method = "GET", .path = "/stream", .handler = streamed},
    {0},
};
static const struct http_table tables[] = {{first, (void *)(uintptr_t) "the app"},
                                           {second, (void *)(uintptr_t) "the other"}};

/* ---- a client ---- */

static int dial(void)
{
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

static void say(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        assert_true(n > 0);
        bytes += n;
        len -= (size_t)n;
    }
}

/* Everything until the server closes. */
static struct buf hear(int fd)
{
    struct buf b = {0};
    char piece[65536];
    for (ssize_t n; (n = recv(fd, piece, sizeof piece, 0)) > 0;)
        buf_add(&b, piece, (size_t)n);
    buf_add_text(&b, ""); /* a text, even when nothing came */
    close(fd);
    return b;
}

static struct buf ask(const char *request, size_t extra)
{
    int fd = dial();
    char *body = alloc_zero(extra + 1, 1);
    memset(body, 'x', extra);
    say(fd, request, strlen(request));
    say(fd, body, extra);
    free(body);
    return hear(fd);
}

#define CLOSE "Host: a\r\nConnection: close\r\n"

static void answers(void **state)
{
    static const struct {
        const char *request;
        size_t extra; /* octets of body after it */
        const char *says[4];
        const char *says_not;
    } cases[] = {
        {"GET /hello?name=a%20b%26c HTTP/1.1\r\nX-Word: w\r\n" CLOSE "\r\n", 0, {"200 OK", "the app a b&c w"}, NULL},
        /* What a handler would read is not what was sent. */
        {"GET /hello?name=a%00b HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n",
         0,
         {"400", "problem:query", "the control octet %00 in it"},
         "the app"},
        {"GET /hello?na%00me=a HTTP/1.1\r\n" CLOSE "\r\n", 0, {"400", "problem:query"}, "the app"},
        {"GET /hello?name=a%0Ab HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n",
         0,
         {"400", "problem:query", "the control octet %0A in it"},
         "the app"},
        {"GET /hello?name=%7f HTTP/1.1\r\n" CLOSE "\r\n", 0, {"400", "problem:query", "%7F"}, "the app"},
        {"GET /hello?a%1b=1 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"400", "problem:query"}, "the app"},
        /* As proxies are asked. */
        {"GET http://b.example:80/hello?name=x HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "the app x -"}, NULL},
        {"GET HTTPS://b/told/7 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "member <7>"}, NULL},
        {"POST http://b/echo HTTP/1.1\r\nContent-Length: 3\r\n" CLOSE "\r\n", 3, {"200 OK", "\r\n\r\nxxx"}, NULL},
        {"GET http://b HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n", 0, {"404", "\"/ is no path"}, NULL},
        {"GET http://b/hello%00x HTTP/1.1\r\n" CLOSE "\r\n", 0, {"400", "problem:path"}, "the app"},
        {"GET ftp://b/hello HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404"}, "the app"},
        {"GET /hello%00x HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n",
         0,
         {"400", "problem:path", "behind /hello is a NUL octet (%00)"},
         "the app"},
        {"GET /told/7%00/8 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"400", "problem:path"}, "member"},
        {"POST /echo%00 HTTP/1.1\r\nContent-Length: 3\r\n" CLOSE "\r\n", 3, {"400", "problem:path"}, "xxx"},
        {"GET /told/%2500 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "member <%00>"}, NULL},
        {"GET /hello?name= HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "the app  -"}, NULL},
        {"HEAD /hello HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "Content-Length: 16"}, "nobody"},
        {"GET /nothing HTTP/1.1\r\n" CLOSE "\r\n",
         0,
         {"404", "application/problem+json", "problem:not-found", "Cache-Control: no-store\r\n"},
         NULL},
        {"GET / HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404"}, NULL},
        /* A problem is UTF-8, whatever it is about. */
        {"GET /%ffB%C3%A9%C3 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404", "\"/?Bé? n'est"}, "\xff"},
        {"G\xffT /hello HTTP/1.1\r\n" CLOSE "\r\n", 0, {"405", "pas G?T\""}, "\xff"},
        /* Who asks for no language is French. */
        {"GET /nothing HTTP/1.1\r\n" CLOSE "\r\n",
         0,
         {"Content-Language: fr\r\n", "Vary: Accept-Language\r\n", "Il n'y a rien ici", "n'est pas un chemin"},
         NULL},
        {"GET /nothing HTTP/1.1\r\nAccept-Language: fr;q=0.5, en-GB\r\n" CLOSE "\r\n",
         0,
         {"Content-Language: en\r\n", "Vary: Accept-Language\r\n", "Nothing is here", "is no path"},
         NULL},
        {"POST /echo HTTP/1.1\r\nAccept-Language: en\r\nContent-Length: 3000000\r\n" CLOSE "\r\n",
         3000000,
         {"413", "Content-Language: en", "The body is too large", "takes at most 100000 octets"},
         NULL},
        {"GET /away HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n", 0, {"503", "Not available"}, NULL},
        {"GET /away HTTP/1.1\r\nAccept-Language: fr\r\n" CLOSE "\r\n", 0, {"503", "Indisponible"}, NULL},
        {"DELETE /hello HTTP/1.1\r\n" CLOSE "\r\n", 0, {"405", "Allow: GET, HEAD\r\n", "problem:method"}, NULL},
        {"GET /echo HTTP/1.1\r\n" CLOSE "\r\n", 0, {"405", "Allow: POST\r\n"}, NULL},
        {"GET /broken HTTP/1.1\r\n" CLOSE "\r\n", 0, {"500", "problem:internal"}, "half"},
        {"GET /away HTTP/1.1\r\n" CLOSE "\r\n", 0, {"503", "Retry-After: 7\r\n", "come \\\"later\\\""}, NULL},
        {"GET /busy HTTP/1.1\r\nAccept-Language: en\r\n" CLOSE "\r\n",
         0,
         {"503", "Retry-After: 5\r\n", "nothing is lost"},
         "pool"},
        {"GET /faulty HTTP/1.1\r\n" CLOSE "\r\n", 0, {"500", "problem:internal"}, "secret"},
        {"GET /adorned HTTP/1.1\r\n" CLOSE "\r\n", 0, {"X-Header-1: there\r\n", "X-Header-20: there\r\n"}, NULL},
        {"GET /tree/a/b HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK"}, "nobody"},
        {"GET /tree/exact HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "exactly the other nobody"}, NULL},
        {"GET /told/7 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "member <7>"}, NULL},
        {"HEAD /told/7 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "Content-Length: 10"}, "member"},
        {"GET /told/MTN%20B%C3%A9nin%253f?id=8 HTTP/1.1\r\n" CLOSE "\r\n",
         0,
         {"200 OK", "member <MTN Bénin%3f>"},
         NULL},
        {"GET /told/hello HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "the app nobody"}, NULL},
        {"GET /told/7%2F8 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"200 OK", "member <7>"}, NULL},
        {"GET /told/ HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404"}, NULL},
        {"GET /told/%ff HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404"}, NULL},
        {"GET /told/7/8/9 HTTP/1.1\r\n" CLOSE "\r\n", 0, {"404"}, NULL},
        {"POST /told/7 HTTP/1.1\r\nContent-Length: 0\r\n" CLOSE "\r\n", 0, {"405", "Allow: GET, HEAD\r\n"}, NULL},
        {"POST /echo HTTP/1.1\r\nContent-Length: 3\r\n" CLOSE "\r\n", 3, {"200 OK", "\r\n\r\nxxx"}, NULL},
        {"POST /echo HTTP/1.1\r\nContent-Length: 0\r\n" CLOSE "\r\n", 0, {"200 OK"}, NULL},
        {"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE "\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
         0,
         {"200 OK", "\r\n\r\nabc"},
         NULL},
        /* Bodies that are refused: the whole is sent before anything is read, and the answer is still seen. */
        {"POST /echo HTTP/1.1\r\nContent-Length: 3000000\r\n" CLOSE "\r\n",
         3000000,
         {"413", "problem:body-size", "100000"},
         NULL},
        {"POST /nothing HTTP/1.1\r\nContent-Length: 3000000\r\n" CLOSE "\r\n", 3000000, {"404"}, NULL},
        {"PUT /echo HTTP/1.1\r\nContent-Length: 3000000\r\n" CLOSE "\r\n", 3000000, {"405"}, NULL},
        {"GET /hello HTTP/1.1\r\nContent-Length: 5\r\n" CLOSE "\r\n", 5, {"413", "problem:body\""}, NULL},
        /* One that waits for leave to send is told at once. */
        {"POST /echo HTTP/1.1\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n" CLOSE "\r\n",
         0,
         {"413"},
         "100 Continue"},
        {"POST /count HTTP/1.1\r\nContent-Length: 5000000\r\n" CLOSE "\r\n",
         5000000,
         {"200 OK", "5000000, kept 0"},
         NULL},
        /* Judged by its first octets, when more are to come. */
        {"POST /judged HTTP/1.1\r\nX-Word: yes\r\nContent-Length: 3000000\r\n" CLOSE "\r\n",
         3000000,
         {"200 OK", "handled yes of 3000000, 3000000"},
         NULL},
        {"POST /judged HTTP/1.1\r\nX-Word: no\r\nContent-Length: 3000000\r\n" CLOSE "\r\n",
         3000000,
         {"403", "problem:no"},
         "handled"},
        {"POST /judged HTTP/1.1\r\nX-Word: broken\r\nContent-Length: 3000000\r\n" CLOSE "\r\n",
         3000000,
         {"500", "problem:internal"},
         "handled"},
        {"POST /judged HTTP/1.1\r\nX-Word: no\r\nContent-Length: 999\r\n" CLOSE "\r\n",
         999,
         {"200 OK", "handled alone, 999"},
         NULL},
        {"POST /count HTTP/1.1\r\nContent-Length: 11000000\r\n" CLOSE "\r\n", 11000000, {"413"}, "kept"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf b = ask(cases[i].request, cases[i].extra);
        for (size_t k = 0; k < 4 && cases[i].says[k]; k++)
            if (!strstr(b.data, cases[i].says[k]))
                fail_msg("%s\nanswered\n%s\nwithout %s", cases[i].request, b.data, cases[i].says[k]);
        if (cases[i].says_not && strstr(b.data, cases[i].says_not))
            fail_msg("%s\nanswered\n%s", cases[i].request, b.data);
        buf_free(&b);
    }
    assert_int_equal(kept_count, 0);
}

/* Chunks past the limit, without a length given before. */
static void chunked_body_has_the_same_limit(void **state)
{
    int fd = dial();
    const char head[] = "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE "\r\n";
    char chunk[0x1000 + 9];
    memset(chunk, 'x', sizeof chunk);
    memcpy(chunk, "1000\r\n", 6);
    memcpy(chunk + 6 + 0x1000, "\r\n", 2);
    say(fd, head, sizeof head - 1);
    for (int i = 0; i < 100; i++)
        say(fd, chunk, 6 + 0x1000 + 2);
    say(fd, "0\r\n\r\n", 5);
    struct buf b = hear(fd);
    assert_non_null(strstr(b.data, "413"));
    buf_free(&b);
}

static void stream_is_sent_whole_and_freed(void **state)
{
    freed = 0;
    struct buf b = ask("GET /stream HTTP/1.1\r\n" CLOSE "\r\n", 0);
    size_t count = 0;
    for (const char *p = strstr(b.data, "\r\n\r\n"); p && *p; p++)
        count += *p == 's';
    assert_int_equal(count, 200000);
    assert_non_null(strstr(b.data, "chunked"));
    buf_free(&b);
    b = ask("HEAD /stream HTTP/1.1\r\n" CLOSE "\r\n", 0);
    assert_null(strstr(b.data, "sss"));
    buf_free(&b);
    /* A client that leaves in the middle. */
    int fd = dial();
    say(fd, "GET /stream HTTP/1.1\r\n\r\n", 24);
    close(fd);
    for (int i = 0; i < 500 && freed < 3; i++)
        usleep(10000);
    assert_int_equal(freed, 3);
}

static void connection_is_kept(void **state)
{
    const char two[] = "GET /hello?name=one HTTP/1.1\r\nHost: a\r\n\r\nGET /hello?name=two HTTP/1.1\r\n" CLOSE "\r\n";
    struct buf b = ask(two, 0);
    assert_non_null(strstr(b.data, "one"));
    assert_non_null(strstr(b.data, "two"));
    buf_free(&b);
}

static void garbage_is_survived(void **state)
{
    static const char *const garbage[] = {"\r\n\r\n",
                                          "GET\r\n\r\n",
                                          "\x16\x03\x01\x02\x00\x01",
                                          "POST /echo HTTP/1.1\r\n",
                                          "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                                          "POST /echo HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                                          "POST /echo HTTP/1.1\r\nContent-Length: 50\r\n\r\nshort"};
    for (size_t i = 0; i < COUNT(garbage); i++) {
        int fd = dial();
        say(fd, garbage[i], strlen(garbage[i]));
        shutdown(fd, SHUT_WR);
        struct buf b = hear(fd);
        assert_null(strstr(b.data, " 200 "));
        buf_free(&b);
    }
    struct buf b = ask("GET /hello HTTP/1.1\r\n" CLOSE "\r\n", 0);
    assert_non_null(strstr(b.data, "200 OK"));
    buf_free(&b);
}

static void listen_says_what_is_wrong(void **state)
{
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%u", http_port(server));
    const struct {
        const char *listen, *says;
    } cases[] = {
        {"8080", "ADDRESS:PORT"},
        {"127.0.0.1:", "ADDRESS:PORT"},
        {"127.0.0.1:http", "ADDRESS:PORT"},
        {"::1:8080", "ADDRESS:PORT"},
        {"127.0.0.1:99999", "ADDRESS:PORT"},
        {"203.0.113.7:8080", "assign"},
        {taken, "in use"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_options options = {.listen = cases[i].listen, .connections_max = 4, .idle_timeout_s = 5};
        struct http_server *none = NULL;
        struct fault f = {0};
        assert_true(http_start(&options, &none, &f) < 0);
        if (!strstr(f.text, cases[i].says))
            fail_msg("%s: %s", cases[i].listen, f.text);
    }
}

/* Never idle, never done: such a peer is left, whether its body is wanted or not. */
static void body_that_trickles_is_cut(void **state)
{
    static const struct http_route routes[] = {{.method = "POST", .path = "/echo", .handler = echo, .body_max = 5000},
                                               {0}};
    static const struct http_table one[] = {{routes, NULL}};
    static const char *const lengths[] = {"5000", "6000"};
    const struct http_options options = {.listen = "127.0.0.1:0",
                                         .tables = one,
                                         .table_count = 1,
                                         .connections_max = 4,
                                         .idle_timeout_s = 60,
                                         .body_timeout_s = 1};
    struct http_server *kept = server;
    struct fault f = {0};
    assert_int_equal(http_start(&options, &server, &f), 0);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        char answer[16];
        int fd = dial(), octets = 0;
        dprintf(fd, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: %s\r\n\r\n", lengths[i]);
        while (octets < 4000 && send(fd, "x", 1, MSG_NOSIGNAL) == 1 &&
               recv(fd, answer, sizeof answer, MSG_DONTWAIT) < 0 && errno == EAGAIN) {
            usleep(10000);
            octets++;
        }
        assert_in_range(octets, 10, 3999);
        close(fd);
    }
    http_stop(server);
    server = kept;
}

static atomic_bool inside;

static int slow(struct http_request *request, struct http_reply *reply)
{
    inside = true;
    usleep(300000);
    buf_add_text(&reply->body, "done");
    return 0;
}

static void stop_waits_for_answers(void **state)
{
    static const struct http_route routes[] = {{.method = "GET", .path = "/slow", .handler = slow}, {0}};
    static const struct http_table one[] = {{routes, NULL}};
    struct http_options options = {
        .listen = "127.0.0.1:0", .tables = one, .table_count = 1, .connections_max = 4, .idle_timeout_s = 5};
    struct http_server *kept = server;
    struct fault f = {0};
    assert_int_equal(http_start(&options, &server, &f), 0);
    int fd = dial();
    const char request[] = "GET /slow HTTP/1.1\r\n" CLOSE "\r\n";
    say(fd, request, sizeof request - 1);
    while (!inside)
        usleep(1000);
    http_stop(server);
    server = kept;
    struct buf b = hear(fd);
    assert_non_null(strstr(b.data, "done"));
    buf_free(&b);
}

int main(void)
{
    lang_start("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(chunked_body_has_the_same_limit),
        cmocka_unit_test(stream_is_sent_whole_and_freed),
        cmocka_unit_test(connection_is_kept),
        cmocka_unit_test(garbage_is_survived),
        cmocka_unit_test(listen_says_what_is_wrong),
        cmocka_unit_test(body_that_trickles_is_cut),
        cmocka_unit_test(stop_waits_for_answers),
    };
    struct http_options options = {.listen = "127.0.0.1:0",
                                   .tables = tables,
                                   .table_count = COUNT(tables),
                                   .connections_max = 16,
                                   .idle_timeout_s = 5};
    struct fault f = {0};
    if (http_start(&options, &server, &f) < 0) {
        fprintf(stderr, "%s\n", f.text);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_stop(server);
    return failed;
}
