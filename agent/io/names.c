/* A lookup passes these steps:
 *
 *   literal     an address, or localhost (RFC 6761 section 6.3: always
 *               loopback), is answered without asking anyone;
 *   hosts       what stands in /etc/hosts is not asked for either;
 *   c-ares      asks the servers of /etc/resolv.conf. The name is taken as it
 *               stands: the search domains of whatever network this is would
 *               change what is measured. A and AAAA are asked for apart and
 *               at once: where a resolver or a box on the way swallows one of
 *               them, the other is the answer after a short grace (RFC 8305
 *               section 3);
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
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <sys/stat.h>

#include "agent/io/address.h"
#include "agent/io/addresses.h"
#include "agent/io/channel.h"
#include "agent/io/headers.h"
#include "agent/io/hostname.h"
#include "common/cause.h"
#include "common/lang.h"

#define RESOLV_CONF "/etc/resolv.conf"
/* How long the second family may still take once the first has addresses. */
#define GRACE_MS 300

struct asked { /* what c-ares works on: one family of a query */
    struct names *names;
    struct names_query *query; /* NULL once nobody waits */
    int family;                /* 4 or 6 */
};

struct names_query {
    struct names *names;
    struct names_query *prev, *next;
    struct asked *asked[2]; /* under way */
    uv_timer_t timer;       /* the limit, then the delivery */
    int family;
    int status; /* of c-ares, when no address came */
    uint64_t since_ns;
    uint64_t until_ms; /* the limit, in the loop's time */
    struct names_answer answer;
    names_done_fn done;
    void *user;
};

struct names {
    uv_loop_t *loop;
    struct channel *channel, *hosts; /* DNS, and /etc/hosts alone */
    struct names_query *queries;
    unsigned pending;                           /* lookups inside c-ares */
    struct stat conf;                           /* of resolv.conf when the channel was made */
    bool fixed;                                 /* names_use_servers: resolv.conf is not followed */
    struct nameserver servers[NAMESERVERS_MAX]; /* of resolv.conf, or those that it uses instead */
    size_t server_count;
};

static int channel_make(struct names *n, struct channel **ret)
{
    int status = channel_new(n->loop, "b", ret);
    if (status == ARES_SUCCESS)
        channel_servers(*ret, n->servers, n->server_count);
    return status;
}

/* Follows resolv.conf, when nothing is under way. */
static void channel_renew(struct names *n)
{
    struct stat now = {0};
    struct channel *fresh;
    if (n->pending > 0 || n->fixed)
        return;
    if (stat(RESOLV_CONF, &now) < 0)
        now = (struct stat){0};
    if (now.st_ino == n->conf.st_ino && now.st_size == n->conf.st_size &&
        now.st_mtim.tv_sec == n->conf.st_mtim.tv_sec && now.st_mtim.tv_nsec == n->conf.st_mtim.tv_nsec)
        return;
    n->server_count = nameservers_load(RESOLV_CONF, n->servers, COUNT(n->servers));
    if (channel_make(n, &fresh) != ARES_SUCCESS)
        return;
    channel_free(n->channel);
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
    for (size_t i = 0; i < COUNT(q->asked); i++)
        if (q->asked[i])
            q->asked[i]->query = NULL;
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

/* reason: NULL for the cause's own. */
static void fail(struct names_query *q, int error, const char *cause, const char *reason)
{
    q->answer.error = error;
    q->answer.cause = cause;
    snprintf(q->answer.reason, sizeof q->answer.reason, "%s", reason ? reason : cause_text(cause));
}

static double since_ms(const struct names_query *q)
{
    return (double)(uv_hrtime() - q->since_ns) / 1e6;
}

static void answer_add(struct names_answer *a, const void *addr, size_t len)
{
    if (a->count == NAMES_ADDRESSES_MAX)
        return;
    memcpy(&a->addrs[a->count++], addr, len);
}

/* ---- without asking anyone ---- */

static void answer_addr(struct names_query *q, const struct sockaddr_storage *addr)
{
    int version = address_version(addr);
    if (q->family && q->family != version)
        fail(q, -ENOENT, "other_family",
             version == 4 ? _("an IPv4 address, and IPv6 is wanted") : _("an IPv6 address, and IPv4 is wanted"));
    else
        answer_add(&q->answer, addr, sizeof *addr);
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
    const struct sockaddr_in loop4 = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct sockaddr_in6 loop6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_storage addr;
    struct fault f;
    int r = address_read(host, &addr, &f);
    if (r == 0) {
        answer_addr(q, &addr);
    } else if (r != -EINVAL) {
        fail(q, -ENOENT, r == -ENODEV ? "no_interface" : "not_a_name", f.text);
    } else if (is_localhost(host)) {
        if (q->family != 6)
            answer_add(&q->answer, &loop4, sizeof loop4);
        if (q->family != 4)
            answer_add(&q->answer, &loop6, sizeof loop6);
    } else {
        return false;
    }
    return true;
}

static void on_hosts(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
    struct names_answer *answer = arg;
    for (const struct ares_addrinfo_node *at = found ? found->nodes : NULL; at; at = at->ai_next)
        answer_add(answer, at->ai_addr, at->ai_addrlen);
    if (found)
        ares_freeaddrinfo(found);
}

/* Fills the answer from /etc/hosts; what stands there is not asked for. The
 * channel has no other source, so it answers before it returns. */
static bool answer_hosts(struct names_query *q, const char *host)
{
    const struct ares_addrinfo_hints hints = {
        .ai_family = q->family == 4   ? AF_INET
                     : q->family == 6 ? AF_INET6
                                      : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM, /* one node an address */
    };
    ares_getaddrinfo(q->names->hosts->ares, host, NULL, &hints, on_hosts, &q->answer);
    return q->answer.count > 0;
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

static const char *cause_of(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
        return "no_such_name";
    case ARES_ENODATA:
        return "no_address";
    case ARES_EBADNAME:
        return "not_a_name";
    case ARES_ETIMEOUT:
        return "resolver_timeout";
    case ARES_EBADRESP:
        return "resolver_malformed";
    default: /* refused, each one failed, no socket */
        return "resolver_failed";
    }
}

/* Would this host speak IPv6 to the address, and not only by an address of a
 * closed network (fc00::/7) to one that is not (RFC 6724 rules 1, 2 and 5)?
 * Connecting a UDP socket sends nothing. */
static bool v6_is_good(const struct sockaddr_storage *to)
{
    struct sockaddr_in6 dst = *(const struct sockaddr_in6 *)to, src;
    socklen_t len = sizeof src;
    dst.sin6_port = htons(DNS_PORT);
    _cleanup_fd_ int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&dst, sizeof dst) < 0 ||
        getsockname(fd, (struct sockaddr *)&src, &len) < 0)
        return false;
    return (src.sin6_addr.s6_addr[0] & 0xfe) != 0xfc || (dst.sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
}

/* One family before the other, each in the order in which c-ares gave it. */
static void answer_sort(struct names_answer *a)
{
    struct sockaddr_storage sorted[NAMES_ADDRESSES_MAX] = {0};
    sa_family_t first = AF_INET;
    size_t n = 0;
    for (size_t i = 0; i < a->count && first == AF_INET; i++)
        if (a->addrs[i].ss_family == AF_INET6 && v6_is_good(&a->addrs[i]))
            first = AF_INET6;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < a->count; i++)
            if ((a->addrs[i].ss_family == first) == (pass == 0))
                sorted[n++] = a->addrs[i];
    memcpy(a->addrs, sorted, n * sizeof sorted[0]);
}

/* Both families have answered, or the time is up. */
static void query_settle(struct names_query *q)
{
    if (q->answer.count > 0) {
        answer_sort(&q->answer);
        return;
    }
    q->answer.ms = since_ms(q);
    fail(q, error_of(q->status), cause_of(q->status), NULL);
}

static void on_limit(uv_timer_t *timer)
{
    struct names_query *q = timer->data;
    q->status = ARES_ETIMEOUT;
    query_settle(q);
    on_deliver(timer);
}

static void query_note(struct names_query *q, const struct asked *asked, int status,
                       const struct sockaddr_storage *found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answer_add(&q->answer, &found[i], sizeof found[i]);
    if (count > 0)
        q->answer.ms = since_ms(q);
    else if (q->status == ARES_SUCCESS || q->status == ARES_ENODATA)
        q->status = status == ARES_SUCCESS ? ARES_ENODATA : status;
    q->asked[asked->family == 6] = NULL;
}

static void on_addresses(void *arg, int status, int timeouts, unsigned char *message, int len)
{
    struct sockaddr_storage found[NAMES_ADDRESSES_MAX];
    struct asked *asked = arg;
    struct names_query *q = asked->query;
    asked->names->pending--;
    if (q) {
        size_t room = q->family == 0 ? NAMES_ADDRESSES_MAX / 2 : NAMES_ADDRESSES_MAX;
        int count = status == ARES_SUCCESS ? addresses_read(message, (size_t)len, asked->family, found, room) : 0;
        query_note(q, asked, count < 0 ? ARES_EBADRESP : status, found, count < 0 ? 0 : (size_t)count);
        if (!q->asked[0] && !q->asked[1]) {
            query_settle(q);
            deliver(q);
        } else if (q->answer.count > 0) {
            uint64_t now = uv_now(q->names->loop), left = q->until_ms > now ? q->until_ms - now : 0;
            uv_timer_start(&q->timer, on_limit, left < GRACE_MS ? left : GRACE_MS, 0);
        }
    }
    free(asked);
}

static void ask(struct names_query *q, const char *host, int64_t timeout_us)
{
    static const int families[] = {4, 6};
    struct names *n = q->names;
    struct asked *asked[2] = {0};
    uv_update_time(n->loop);
    q->until_ms = uv_now(n->loop) + (uint64_t)(timeout_us > 0 ? timeout_us / 1000 + 1 : 0);
    uv_timer_start(&q->timer, on_limit, q->until_ms - uv_now(n->loop), 0);
    for (size_t i = 0; i < COUNT(asked); i++) {
        if (q->family != 0 && q->family != families[i])
            continue;
        asked[i] = q->asked[i] = alloc_zero(1, sizeof *asked[i]);
        *asked[i] = (struct asked){n, q, families[i]};
        n->pending++;
    }
    /* Both stand before c-ares hears of one: it may answer at once. */
    for (size_t i = 0; i < COUNT(asked); i++)
        if (asked[i])
            ares_query(n->channel->ares, host, C_IN, families[i] == 4 ? T_A : T_AAAA, on_addresses, asked[i]);
    channel_arm(n->channel);
}

struct names_query *names_lookup(struct names *n, const char *host, int family, int64_t timeout_us, names_done_fn done,
                                 void *user)
{
    struct names_query *q = alloc_zero(1, sizeof *q);
    char name[HOSTNAME_SIZE];
    struct fault f;
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
    channel_renew(n);
    if (answer_literal(q, host)) {
        deliver(q);
    } else if (hostname_read(host, name, &f) < 0) {
        fail(q, -ENOENT, "not_a_name", f.text);
        deliver(q);
    } else if (answer_hosts(q, name)) {
        q->answer.ms = since_ms(q);
        deliver(q);
    } else if (n->channel->server_count == 0) {
        fail(q, -EIO, "no_resolver", n->server_count ? n->servers[0].why.text : _("this system names no resolver"));
        deliver(q);
    } else {
        ask(q, name, timeout_us);
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
        return fault_set(f, -EIO, _("name resolution does not start: %s"), ares_strerror(status));
    struct names *n = alloc_zero(1, sizeof *n);
    n->loop = loop;
    if (stat(RESOLV_CONF, &n->conf) < 0)
        n->conf = (struct stat){0};
    n->server_count = nameservers_load(RESOLV_CONF, n->servers, COUNT(n->servers));
    status = channel_make(n, &n->channel);
    if (status == ARES_SUCCESS)
        status = channel_new(loop, "f", &n->hosts);
    if (status != ARES_SUCCESS) {
        names_free(n);
        return fault_set(f, -EIO, _("name resolution does not start: %s"), ares_strerror(status));
    }
    *ret = n;
    return 0;
}

void names_free(struct names *n)
{
    if (!n)
        return;
    while (n->queries)
        query_drop(n->queries);
    channel_free(n->hosts);
    channel_free(n->channel);
    ares_library_cleanup();
    free(n);
}

size_t names_servers(struct names *n, const struct nameserver **ret)
{
    channel_renew(n);
    *ret = n->servers;
    return n->server_count;
}

/* -EINVAL when one of the list is none. */
static int servers_read(const char *list, struct nameserver *ret, size_t *ret_count)
{
    size_t count = 0;
    for (const char *at = list; count < NAMESERVERS_MAX;) {
        size_t len = strcspn(at, ",");
        _cleanup_text_ char *text = alloc_text_n(at, len);
        nameserver_read(text, &ret[count]);
        if (ret[count++].addr.ss_family == AF_UNSPEC)
            return -EINVAL;
        if (!at[len]) {
            *ret_count = count;
            return 0;
        }
        at += len + 1;
    }
    return -EINVAL;
}

int names_use_servers(struct names *n, const char *list, struct fault *f)
{
    struct nameserver servers[NAMESERVERS_MAX];
    size_t count;
    struct channel *fresh;
    if (n->pending > 0)
        return fault_set(f, -EBUSY, _("name servers cannot change while a name is looked up"));
    if (servers_read(list, servers, &count) < 0)
        return fault_set(f, -EINVAL, _("\"%s\" is no list of name servers such as 192.0.2.1,[2001:db8::1]:5353"), list);
    memcpy(n->servers, servers, count * sizeof servers[0]);
    n->server_count = count;
    n->fixed = true;
    if (channel_make(n, &fresh) != ARES_SUCCESS)
        return fault_set(f, -EIO, _("name resolution does not start"));
    channel_free(n->channel);
    n->channel = fresh;
    return 0;
}
