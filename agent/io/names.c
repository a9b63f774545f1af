/* One c-ares channel on the loop. c-ares tells which sockets it waits for
 * (on_socket_state) and how long (arm); the loop tells it what is ready. A
 * lookup passes these steps:
 *
 *   literal     an address, or localhost (RFC 6761 section 6.3: always
 *               loopback), is answered without asking anyone;
 *   c-ares      /etc/hosts first, then the servers of /etc/resolv.conf, A and
 *               AAAA at once. The name is taken as it stands: the search
 *               domains of whatever network this is would change what is
 *               measured. Addresses come in RFC 6724 order;
 *   delivery    always from a timer of the query, so never from inside
 *               names_lookup and never from inside c-ares.
 *
 * c-ares cannot cancel one lookup of many, so what it still works on (struct
 * asked) is separate from the query that its user holds and outlives it. A box
 * that boots before its network has an empty resolv.conf, and a laptop changes
 * networks: the file is looked at before each lookup and the channel made anew
 * when it changed and nothing is under way. */
#include "agent/io/names.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <ares.h>
#include <arpa/inet.h>
#include <sys/stat.h>

#define RESOLV_CONF "/etc/resolv.conf"
/* A resolver that is there answers within a second; c-ares doubles this from
 * try to try, over all servers. */
#define TRY_TIMEOUT_MS 2000
#define TRIES          3
/* c-ares is asked for its timeouts at least this often. */
#define TICK_MAX_MS 1000
#define DNS_PORT    53
/* The system's file holds three. */
#define SERVERS_MAX 8
/* "name.example" (253 octets, RFC 1035) in brackets, with a scope. */
#define HOST_MAX 300

struct asked { /* what c-ares works on */
    struct names *names;
    struct names_query *query; /* NULL once nobody waits */
};

struct names_query {
    struct names *names;
    struct names_query *prev, *next;
    struct asked *asked;
    uv_timer_t timer; /* the limit, then the delivery */
    int family;
    uint64_t since_ns;
    struct names_answer answer;
    names_done_fn done;
    void *user;
};

struct watch { /* one socket of c-ares */
    uv_poll_t poll;
    struct names *names;
    ares_socket_t fd;
    struct watch *next;
};

struct names {
    uv_loop_t *loop;
    ares_channel channel;
    uv_timer_t tick;
    struct watch *watches;
    struct names_query *queries;
    unsigned pending; /* lookups inside c-ares */
    struct stat conf; /* of resolv.conf when the channel was made */
    bool fixed;       /* names_use_servers: resolv.conf is not followed */
};

/* ---- c-ares on the loop ---- */

static void on_tick(uv_timer_t *timer);

static void arm(struct names *n)
{
    struct timeval max = {.tv_sec = TICK_MAX_MS / 1000}, left;
    const struct timeval *wait = n->pending ? ares_timeout(n->channel, &max, &left) : NULL;
    if (wait)
        uv_timer_start(&n->tick, on_tick, (uint64_t)(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1), 0);
    else
        uv_timer_stop(&n->tick);
}

static void on_tick(uv_timer_t *timer)
{
    struct names *n = timer->data;
    ares_process_fd(n->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm(n);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct names *n = w->names;
    ares_socket_t fd = w->fd;
    bool readable = status < 0 || events & UV_READABLE;
    bool writable = status < 0 || events & UV_WRITABLE;
    ares_process_fd(n->channel, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
    arm(n);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void watch_close(struct names *n, ares_socket_t fd)
{
    for (struct watch **at = &n->watches; *at; at = &(*at)->next) {
        struct watch *w = *at;
        if (w->fd != fd)
            continue;
        *at = w->next;
        uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        return;
    }
}

static struct watch *watch_open(struct names *n, ares_socket_t fd)
{
    for (struct watch *w = n->watches; w; w = w->next)
        if (w->fd == fd)
            return w;
    struct watch *w = alloc_zero(1, sizeof *w);
    if (uv_poll_init(n->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->names = n;
    w->fd = fd;
    w->next = n->watches;
    return n->watches = w;
}

static void on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    struct names *n = data;
    if (!readable && !writable) {
        watch_close(n, fd);
        return;
    }
    struct watch *w = watch_open(n, fd);
    if (w)
        uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
}

static int channel_open(struct names *n, ares_channel *ret)
{
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH,
        .timeout = TRY_TIMEOUT_MS,
        .tries = TRIES,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = n,
    };
    return ares_init_options(ret, &options,
                             ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
}

/* Follows resolv.conf, when nothing is under way. */
static void channel_renew(struct names *n)
{
    struct stat now = {0};
    ares_channel fresh;
    if (n->pending > 0 || n->fixed)
        return;
    if (stat(RESOLV_CONF, &now) < 0)
        now = (struct stat){0};
    if (now.st_ino == n->conf.st_ino && now.st_size == n->conf.st_size &&
        now.st_mtim.tv_sec == n->conf.st_mtim.tv_sec && now.st_mtim.tv_nsec == n->conf.st_mtim.tv_nsec)
        return;
    if (channel_open(n, &fresh) != ARES_SUCCESS)
        return;
    ares_destroy(n->channel);
    n->channel = fresh;
    n->conf = now;
}

/* ---- the life of a query ---- */

static void on_query_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void query_drop(struct names_query *q)
{
    if (q->asked)
        q->asked->query = NULL;
    if (q->prev)
        q->prev->next = q->next;
    else
        q->names->queries = q->next;
    if (q->next)
        q->next->prev = q->prev;
    uv_close((uv_handle_t *)&q->timer, on_query_closed);
}

static void on_deliver(uv_timer_t *timer)
{
    struct names_query *q = timer->data;
    names_done_fn done = q->done;
    void *user = q->user;
    /* The memory stays until the loop has closed the timer. */
    query_drop(q);
    done(user, &q->answer);
}

static void deliver(struct names_query *q)
{
    uv_timer_start(&q->timer, on_deliver, 0, 0);
}

static void fail(struct names_query *q, int error, const char *reason)
{
    q->answer.error = error;
    snprintf(q->answer.reason, sizeof q->answer.reason, "%s", reason);
}

static void on_limit(uv_timer_t *timer)
{
    struct names_query *q = timer->data;
    q->answer.ms = (double)(uv_hrtime() - q->since_ns) / 1e6;
    fail(q, -ETIMEDOUT, "the resolver did not answer in time");
    on_deliver(timer);
}

static void answer_add(struct names_answer *a, const void *addr, size_t len)
{
    if (a->count == NAMES_ADDRESSES_MAX)
        return;
    memcpy(&a->addrs[a->count++], addr, len);
}

/* ---- without asking anyone ---- */

static void answer_add4(struct names_answer *a, struct in_addr addr)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr = addr};
    answer_add(a, &sa, sizeof sa);
}

static void answer_add6(struct names_answer *a, struct in6_addr addr, unsigned scope)
{
    struct sockaddr_in6 sa = {.sin6_family = AF_INET6, .sin6_addr = addr, .sin6_scope_id = scope};
    answer_add(a, &sa, sizeof sa);
}

/* "::1", "[::1]" or "fe80::1%eth0" (RFC 4007 section 11). */
static bool literal6(const char *host, struct in6_addr *ret, unsigned *ret_scope)
{
    char text[HOST_MAX];
    size_t len = strlen(host);
    bool brackets = len > 2 && host[0] == '[' && host[len - 1] == ']';
    snprintf(text, sizeof text, "%.*s", (int)(brackets ? len - 2 : len), host + brackets);
    char *scope = strchr(text, '%');
    if (scope)
        *scope++ = '\0';
    if (inet_pton(AF_INET6, text, ret) != 1)
        return false;
    *ret_scope = scope ? if_nametoindex(scope) : 0;
    return !scope || *ret_scope;
}

static bool is_localhost(const char *host)
{
    size_t len = strlen(host);
    if (len > 0 && host[len - 1] == '.')
        len--;
    const size_t word = strlen("localhost");
    return len >= word && !strncasecmp(host + len - word, "localhost", word) &&
           (len == word || host[len - word - 1] == '.');
}

/* Fills the answer when the host is an address or localhost. */
static bool answer_literal(struct names_query *q, const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    unsigned scope;
    if (inet_pton(AF_INET, host, &v4) == 1) {
        if (q->family == 6)
            fail(q, -ENOENT, "an IPv4 address, and IPv6 is wanted");
        else
            answer_add4(&q->answer, v4);
    } else if (literal6(host, &v6, &scope)) {
        if (q->family == 4)
            fail(q, -ENOENT, "an IPv6 address, and IPv4 is wanted");
        else
            answer_add6(&q->answer, v6, scope);
    } else if (is_localhost(host)) {
        if (q->family != 6)
            answer_add4(&q->answer, (struct in_addr){htonl(INADDR_LOOPBACK)});
        if (q->family != 4)
            answer_add6(&q->answer, in6addr_loopback, 0);
    } else {
        return false;
    }
    return true;
}

/* ---- with c-ares ---- */

static int error_of(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_ENONAME:
    case ARES_EBADNAME:
        return -ENOENT;
    case ARES_ETIMEOUT:
        return -ETIMEDOUT;
    default:
        return -EIO;
    }
}

static const char *reason_of(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
        return "no such name";
    case ARES_ENODATA:
        return "the name has no address of the wanted family";
    case ARES_EBADNAME:
        return "not a name that DNS can hold";
    case ARES_ETIMEOUT:
        return "the resolver did not answer in time";
    case ARES_ECONNREFUSED:
        return "no resolver could be reached, or each one failed or refused";
    default:
        return ares_strerror(status);
    }
}

static void on_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
    struct asked *asked = arg;
    struct names_query *q = asked->query;
    asked->names->pending--;
    free(asked);
    if (q) {
        q->asked = NULL;
        q->answer.ms = (double)(uv_hrtime() - q->since_ns) / 1e6;
        for (struct ares_addrinfo_node *at = found ? found->nodes : NULL; at; at = at->ai_next)
            answer_add(&q->answer, at->ai_addr, at->ai_addrlen);
        if (q->answer.count == 0) {
            if (status == ARES_SUCCESS)
                status = ARES_ENODATA;
            fail(q, error_of(status), reason_of(status));
        }
        deliver(q);
    }
    if (found)
        ares_freeaddrinfo(found);
}

static void ask(struct names_query *q, const char *host, int64_t timeout_us)
{
    struct names *n = q->names;
    struct ares_addrinfo_hints hints = {
        .ai_family = q->family == 4   ? AF_INET
                     : q->family == 6 ? AF_INET6
                                      : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM, /* one node an address */
    };
    channel_renew(n);
    q->asked = alloc_zero(1, sizeof *q->asked);
    *q->asked = (struct asked){n, q};
    n->pending++;
    uv_update_time(n->loop);
    uv_timer_start(&q->timer, on_limit, (uint64_t)(timeout_us > 0 ? timeout_us / 1000 + 1 : 0), 0);
    ares_getaddrinfo(n->channel, host, NULL, &hints, on_addresses, q->asked);
    arm(n);
}

struct names_query *names_lookup(struct names *n, const char *host, int family, int64_t timeout_us, names_done_fn done,
                                 void *user)
{
    struct names_query *q = alloc_zero(1, sizeof *q);
    q->names = n;
    q->family = family;
    q->since_ns = uv_hrtime();
    q->done = done;
    q->user = user;
    q->next = n->queries;
    if (q->next)
        q->next->prev = q;
    n->queries = q;
    uv_timer_init(n->loop, &q->timer);
    q->timer.data = q;
    if (!*host || strlen(host) >= HOST_MAX) {
        fail(q, -ENOENT, "not a name that DNS can hold");
        deliver(q);
    } else if (answer_literal(q, host)) {
        deliver(q);
    } else {
        ask(q, host, timeout_us);
    }
    return q;
}

void names_cancel(struct names_query *q)
{
    if (q)
        query_drop(q);
}

/* ---- all of it ---- */

int names_new(uv_loop_t *loop, struct names **ret, struct fault *f)
{
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    if (status != ARES_SUCCESS)
        return fault_set(f, -EIO, "name resolution does not start: %s", ares_strerror(status));
    struct names *n = alloc_zero(1, sizeof *n);
    n->loop = loop;
    if (stat(RESOLV_CONF, &n->conf) < 0)
        n->conf = (struct stat){0};
    status = channel_open(n, &n->channel);
    if (status != ARES_SUCCESS) {
        free(n);
        ares_library_cleanup();
        return fault_set(f, -EIO, "name resolution does not start: %s", ares_strerror(status));
    }
    uv_timer_init(loop, &n->tick);
    n->tick.data = n;
    *ret = n;
    return 0;
}

static void on_names_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void names_free(struct names *n)
{
    if (!n)
        return;
    while (n->queries)
        query_drop(n->queries);
    ares_destroy(n->channel); /* hands every lookup back and closes its sockets */
    ares_library_cleanup();
    uv_close((uv_handle_t *)&n->tick, on_names_closed);
}

static size_t servers_of(ares_channel channel, struct sockaddr_storage *ret, size_t max)
{
    struct ares_addr_port_node *servers = NULL;
    size_t count = 0;
    if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS)
        return 0;
    for (struct ares_addr_port_node *at = servers; at && count < max; at = at->next) {
        in_port_t port = htons((uint16_t)(at->udp_port ? at->udp_port : DNS_PORT));
        struct sockaddr_storage *sa = &ret[count++];
        memset(sa, 0, sizeof *sa);
        if (at->family == AF_INET) {
            *(struct sockaddr_in *)sa = (struct sockaddr_in){
                .sin_family = AF_INET, .sin_addr = at->addr.addr4, .sin_port = port};
        } else {
            struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)sa;
            *v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
            memcpy(&v6->sin6_addr, &at->addr.addr6, sizeof v6->sin6_addr);
        }
    }
    ares_free_data(servers);
    return count;
}

size_t names_servers(struct names *n, struct sockaddr_storage *ret, size_t max)
{
    channel_renew(n);
    return servers_of(n->channel, ret, max);
}

int names_use_servers(struct names *n, const char *list, struct fault *f)
{
    struct sockaddr_storage found[SERVERS_MAX];
    ares_channel fresh;
    size_t wanted = 1;
    for (const char *at = list; *at; at++)
        wanted += *at == ',';
    if (n->pending > 0)
        return fault_set(f, -EBUSY, "name servers cannot change while a name is looked up");
    if (channel_open(n, &fresh) != ARES_SUCCESS)
        return fault_set(f, -EIO, "name resolution does not start");
    /* c-ares leaves out what it cannot read, and all of it when it reads none. */
    ares_set_servers_ports(fresh, NULL);
    if (ares_set_servers_ports_csv(fresh, list) != ARES_SUCCESS || servers_of(fresh, found, SERVERS_MAX) != wanted) {
        ares_destroy(fresh);
        return fault_set(f, -EINVAL, "\"%s\" is no list of name servers such as 192.0.2.1,[2001:db8::1]:5353", list);
    }
    ares_destroy(n->channel);
    n->channel = fresh;
    n->fixed = true;
    return 0;
}
