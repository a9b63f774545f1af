#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "agent/daemon/control.h"
#include "common/file.h"
#include "common/json.h"
#include "common/limits.h"

static char dir[] = "/tmp/imt-control-XXXXXX";
static uv_loop_t loop;
static struct control *control;
static struct control_call *last; /* that asked and has no answer yet */
static size_t asked, gone;

static void on_ask(void *user, struct control_call *call, const json_t *request)
{
    assert_true(json_is_object(request));
    asked++;
    last = call;
}

static void on_gone(void *user, struct control_call *call)
{
    assert_ptr_equal(call, last);
    gone++;
    last = NULL;
}

static void turn(void)
{
    for (int i = 0; i < 20; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
}

static int start(void **state)
{
    struct fault f;
    uv_loop_init(&loop);
    asked = gone = 0;
    last = NULL;
    return control_open(&loop, dir, on_ask, on_gone, NULL, &control, &f);
}

static int stop(void **state)
{
    control_close(control);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static int reach(void)
{
    struct sockaddr_un address;
    struct fault f;
    int at;
    assert_int_equal(control_address(dir, &address, &at, &f), 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    turn();
    return fd;
}

/* The agent may hang up before all is said. */
static void say(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        turn();
        if (n < 0 && errno != EAGAIN)
            return;
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

/* What has come; -1 when the agent has hung up without a word. */
static ssize_t hear(int fd, char *ret, size_t size)
{
    turn();
    ssize_t n = recv(fd, ret, size - 1, 0);
    ret[n > 0 ? n : 0] = '\0';
    return n == 0 || (n < 0 && errno == ECONNRESET) ? -1 : n < 0 ? 0 : n;
}

#define REQUEST "{\"errand\":\"push\"}"
#define DEEP    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["

/* An octet more than one may say, before the line has ended. */
static const char *oversize(void)
{
    static char text[CONTROL_BYTES_MAX + 2];
    memset(text, ' ', sizeof text - 1);
    return text;
}

/* As long as a request may be, its end included. */
static const char *longest(void)
{
    static char text[CONTROL_BYTES_MAX + 1];
    memset(text, ' ', sizeof text - 1);
    memcpy(text, REQUEST, sizeof REQUEST - 1);
    text[sizeof text - 2] = '\n';
    return text;
}

static void only_one_whole_request_is_heard(void **state)
{
    const struct {
        const char *bytes;
        size_t len; /* 0: strlen */
        bool heard;
    } rows[] = {
        {REQUEST "\n", 0, true},
        {"{}\n", 0, true},
        {longest(), 0, true},
        {"\n", 0, false},
        {"push\n", 0, false},
        {"[]\n", 0, false},
        {"null\n", 0, false},
        {REQUEST REQUEST "\n", 0, false},
        {REQUEST "\n" REQUEST "\n", 0, false}, /* one a connection */
        {REQUEST "\nx", 0, false},
        {"{\"a\":1,\"a\":2}\n", 0, false},
        {"{\"a\":" DEEP "\n", 0, false},
        {"{\"a\":\"\xff\xfe\"}\n", 0, false},
        {"{\"a\":\"\0\"}\n", 10, false},
        {"\0\0\0\0\n", 5, false},
        {"GET / HTTP/1.1\r\n\r\n", 0, false},
        {oversize(), 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char said[64];
        int fd = reach();
        size_t before = asked;
        say(fd, rows[i].bytes, rows[i].len ? rows[i].len : strlen(rows[i].bytes));
        ssize_t n = hear(fd, said, sizeof said);
        if ((asked - before == 1) != rows[i].heard || (n > 0) != rows[i].heard)
            fail_msg("row %zu: asked %zu, answered with %zd", i, asked - before, n);
        close(fd);
        turn();
        assert_null(last);
    }
}

static void in_pieces_and_answered(void **state)
{
    char said[256];
    int fd = reach();
    for (const char *c = REQUEST "\n"; *c; c++)
        say(fd, c, 1);
    assert_int_equal(asked, 1);
    assert_int_equal(hear(fd, said, sizeof said), 1);
    assert_string_equal(said, "\n"); /* it is at it */
    control_answer(last, json_pack("{s:i}", "waiting", 3));
    assert_true(hear(fd, said, sizeof said) > 0);
    assert_string_equal(said, "{\"waiting\":3}\n");
    assert_int_equal(hear(fd, said, sizeof said), -1);
    assert_int_equal(gone, 0);
    close(fd);
}

static void an_answer_that_nobody_reads_goes_out_piece_by_piece(void **state)
{
    size_t size = 4u << 20, got = 0;
    char *long_text = alloc_zero(1, size + 1), said[65536];
    memset(long_text, 'x', size);
    int fd = reach();
    say(fd, REQUEST "\n", strlen(REQUEST "\n"));
    control_answer(last, json_pack("{s:s}", "text", long_text));
    for (ssize_t n; (n = hear(fd, said, sizeof said)) >= 0;)
        got += (size_t)n;
    assert_int_equal(got, 1 + size + strlen("{\"text\":\"\"}\n"));
    free(long_text);
    close(fd);
}

static void who_goes_is_told(void **state)
{
    int fd = reach();
    say(fd, REQUEST "\n", strlen(REQUEST "\n"));
    assert_non_null(last);
    close(fd);
    turn();
    assert_int_equal(gone, 1);
    fd = reach();
    say(fd, "{\"errand", 8);
    close(fd); /* before it has asked */
    turn();
    assert_int_equal(gone, 1);
}

static void no_more_than_so_many_speak_at_once(void **state)
{
    int fds[CONTROL_CALLS_MAX + 1];
    char said[16];
    for (size_t i = 0; i < COUNT(fds); i++)
        fds[i] = reach();
    for (size_t i = 0; i < COUNT(fds); i++)
        assert_int_equal(hear(fds[i], said, sizeof said), i < CONTROL_CALLS_MAX ? 0 : -1);
    close(fds[0]);
    turn();
    close(fds[CONTROL_CALLS_MAX]);
    fds[0] = reach();
    assert_int_equal(hear(fds[0], said, sizeof said), 0);
    for (size_t i = 0; i < CONTROL_CALLS_MAX; i++)
        close(fds[i]);
    turn();
    assert_int_equal(asked, 0);
}

static void who_says_nothing_is_let_go(void **state)
{
    int fd = reach();
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char said[16];
    for (int i = 0; i < 200 && poll(&wait, 1, 100) == 0; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(hear(fd, said, sizeof said), -1);
    close(fd);
}

/* The mode of the socket keeps others off; were it changed, this does. */
static void another_user_is_not_heard(void **state)
{
    struct stat st;
    _cleanup_text_ char *path = alloc_format("%s/control", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    if (geteuid() != 0)
        return; /* nobody else can be tried; the e2e suite does, as root */
    chmod(dir, 0711);
    for (int open_to_all = 0; open_to_all < 2; open_to_all++) {
        if (open_to_all)
            chmod(path, 0666);
        pid_t pid = fork();
        if (pid == 0) {
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            strcpy(address.sun_path, path);
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            if (setgroups(0, NULL) < 0 || setresuid(65534, 65534, 65534) < 0)
                _exit(9);
            if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
                _exit(errno == EACCES ? 1 : 9);
            char c;
            send(fd, REQUEST "\n", strlen(REQUEST "\n"), MSG_NOSIGNAL);
            _exit(recv(fd, &c, 1, 0) > 0 ? 3 : 2); /* hung up on */
        }
        int status;
        while (waitpid(pid, &status, WNOHANG) == 0)
            uv_run(&loop, UV_RUN_NOWAIT);
        assert_int_equal(WEXITSTATUS(status), open_to_all ? 2 : 1);
    }
    assert_int_equal(asked, 0);
}

static void what_a_killed_agent_left_is_replaced(void **state)
{
    struct control *second;
    struct fault f;
    assert_int_equal(control_open(&loop, dir, on_ask, on_gone, NULL, &second, &f), 0);
    int fd = reach();
    say(fd, REQUEST "\n", strlen(REQUEST "\n"));
    assert_int_equal(asked, 1);
    close(fd);
    turn();
    control_close(second);
}

/* ---- the command's side ---- */

/* Somebody who says these octets to whoever connects, then hangs up. */
static pid_t speaker(const char *bytes, size_t len)
{
    struct sockaddr_un address;
    struct fault f;
    int at, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(control_address(dir, &address, &at, &f), 0);
    unlink(address.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char line[256];
        int peer = accept(fd, NULL, NULL);
        _exit(recv(peer, line, sizeof line, 0) > 0 && send(peer, bytes, len, MSG_NOSIGNAL) >= 0 ? 0 : 1);
    }
    close(fd);
    return pid;
}

static void what_a_command_makes_of_an_answer(void **state)
{
    const struct {
        const char *bytes;
        size_t len; /* 0: strlen */
        int r;
    } rows[] = {
        {"\n{\"a\":1}\n", 0, 0},
        {"{\"a\":1}\n", 0, 0},
        {"\n\n\n\n\n\n\n{\"a\":1}\n", 0, 0},
        {"", 0, -EAGAIN}, /* it was not even heard */
        {"\n\n", 0, -EPIPE},
        {"\n{\"a\":1", 0, -EPIPE},
        {"\nyes\n", 0, -EBADMSG},
        {"\n{\"a\":1}{}\n", 0, -EBADMSG},
        {"\0\n", 2, -EBADMSG},
        {oversize(), 0, -EBADMSG},
    };
    struct fault f;
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_json_ json_t *request = json_pack("{s:s}", "errand", "none"), *answer = NULL;
        pid_t pid = speaker(rows[i].bytes, rows[i].len ? rows[i].len : strlen(rows[i].bytes));
        int r = control_ask(dir, request, &answer, &f), status;
        if (r != rows[i].r || (answer != NULL) != (r == 0))
            fail_msg("row %zu: %d %s", i, r, r < 0 ? f.text : "");
        waitpid(pid, &status, 0);
        assert_int_equal(status, 0);
    }
    /* Nobody listens any more, and then there is no socket at all. */
    json_t *answer, *request = json_object();
    _cleanup_text_ char *path = alloc_format("%s/control", dir);
    assert_int_equal(control_ask(dir, request, &answer, &f), -ECONNREFUSED);
    unlink(path);
    assert_int_equal(control_ask(dir, request, &answer, &f), -ENOENT);
    json_decref(request);
}

int main(void)
{
    assert_non_null(mkdtemp(dir));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_one_whole_request_is_heard, start, stop),
        cmocka_unit_test_setup_teardown(in_pieces_and_answered, start, stop),
        cmocka_unit_test_setup_teardown(an_answer_that_nobody_reads_goes_out_piece_by_piece, start, stop),
        cmocka_unit_test_setup_teardown(who_goes_is_told, start, stop),
        cmocka_unit_test_setup_teardown(no_more_than_so_many_speak_at_once, start, stop),
        cmocka_unit_test_setup_teardown(who_says_nothing_is_let_go, start, stop),
        cmocka_unit_test_setup_teardown(another_user_is_not_heard, start, stop),
        cmocka_unit_test_setup_teardown(what_a_killed_agent_left_is_replaced, start, stop),
        cmocka_unit_test(what_a_command_makes_of_an_answer),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(dir);
    return r;
}
