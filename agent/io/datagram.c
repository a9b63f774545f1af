#include "agent/io/datagram.h"

#include <errno.h>
#include <string.h>

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <netinet/icmp6.h>
#include <sys/random.h>
#include <sys/statvfs.h>

#include "agent/io/headers.h"
#include "agent/io/icmp.h"
#include "common/lang.h"

/* The kernel keeps, beside the queue of packets that came, an error queue
 * (MSG_ERRQUEUE) with the ICMP errors that our packets drew (IP_RECVERR) and
 * with copies of our packets stamped as the driver took them
 * (SOF_TIMESTAMPING_TX_SOFTWARE). Both queues wake the loop: an error queue
 * that holds something raises POLLERR, which libuv only hands over together
 * with POLLPRI, which SO_SELECT_ERR_QUEUE adds.
 *
 * An ICMP error also sets the socket's pending error, which the next call on
 * the socket returns whether it has to do with it or not; it is read away
 * before each send, as the error queue tells the same with more detail. */

struct datagram {
    uv_poll_t poll;
    int fd;
    enum datagram_kind kind;
    int af;
    bool raw, closed;
    uint16_t id; /* raw echo only */
    datagram_fn fn;
    void *user;
};

/* Packets handled in one wake-up, so that a flood cannot hold the loop. */
#define BURST 64

/* One loop, one thread: one buffer for all sockets, as large as UDP allows. */
static uint8_t buffer[65536];

static int set_int(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int open_echo(int af, bool *ret_raw)
{
    int family = af == 4 ? AF_INET : AF_INET6;
    int protocol = af == 4 ? IPPROTO_ICMP : (int)IPPROTO_ICMPV6;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    *ret_raw = false;
    if (fd >= 0)
        return fd;
    int refused = errno;
    fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    *ret_raw = true;
    return fd >= 0 ? fd : errno == EPERM || errno == EACCES ? -EPERM : -refused;
}

/* Which groups may open ICMP datagram sockets: by default none, on most systems. */
#define PING_GROUPS "/proc/sys/net/ipv4/ping_group_range"

/* In a container the kernel's settings are as a rule mounted read-only, for root too. */
static bool ping_groups_are_fixed(void)
{
    struct statvfs fs;
    return statvfs(PING_GROUPS, &fs) == 0 && (fs.f_flag & ST_RDONLY);
}

static int fault_echo(struct fault *f, int code)
{
    if (code != -EPERM)
        return fault_set(f, code, _("cannot open an ICMP socket: %s"), fault_errno(-code));
    if (ping_groups_are_fixed())
        return fault_set(f, code,
                         _("this system lets this user send no ICMP echoes, and it is a container that cannot change "
                           "that: on its host, start it with net.ipv4.ping_group_range=\"0 2147483647\", or with the "
                           "capability CAP_NET_RAW for this program"));
    return fault_set(f, code,
                     _("this system lets this user send no ICMP echoes; to let every user, until the next start: "
                       "`sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"`; the Debian package does it for "
                       "good"));
}

int datagram_echo_able(struct fault *f)
{
    bool raw;
    _cleanup_fd_ int fd4 = open_echo(4, &raw);
    _cleanup_fd_ int fd6 = open_echo(6, &raw);
    return fd4 >= 0 || fd6 >= 0 ? 0 : fault_echo(f, fd4);
}

/* Raw sockets see all ICMP of the host; only echo replies are wanted. Errors
 * come by the error queue. */
static int raw_filter(int fd, int af)
{
    if (af == 4) {
        struct icmp_filter filter = {.data = ~(1u << ICMP_ECHOREPLY)};
        return setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) < 0 ? -errno : 0;
    }
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) < 0 ? -errno : 0;
}

static int configure(const struct datagram *d)
{
    int r;
    if (d->af == 4) {
        if ((r = set_int(d->fd, IPPROTO_IP, IP_RECVERR, 1)) < 0 || (r = set_int(d->fd, IPPROTO_IP, IP_RECVTTL, 1)) < 0)
            return r;
    } else {
        if ((r = set_int(d->fd, IPPROTO_IPV6, IPV6_RECVERR, 1)) < 0 ||
            (r = set_int(d->fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1)) < 0)
            return r;
    }
    if ((r = set_int(d->fd, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1)) < 0)
        return r;
    /* Where the kernel cannot stamp, the program's own time serves. */
    (void)set_int(d->fd, SOL_SOCKET, SO_TIMESTAMPING,
                  SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE);
    return d->raw ? raw_filter(d->fd, d->af) : 0;
}

static void read_stamp(const struct cmsghdr *c, struct datagram_event *event)
{
    struct timespec software; /* the first of struct scm_timestamping's three */
    if (c->cmsg_len < CMSG_LEN(sizeof software))
        return;
    memcpy(&software, CMSG_DATA(c), sizeof software);
    event->at.kernel_ns = moment_timespec_ns(&software);
}

static void read_error(const struct cmsghdr *c, struct datagram_event *event)
{
    struct sock_extended_err error;
    if (c->cmsg_len < CMSG_LEN(sizeof error))
        return;
    memcpy(&error, CMSG_DATA(c), sizeof error);
    if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
        event->what = DATAGRAM_SENT;
        return;
    }
    event->what = DATAGRAM_ERROR;
    event->error = (int)error.ee_errno;
    event->type = error.ee_type;
    event->code = error.ee_code;
    event->local = error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6;
    size_t room = c->cmsg_len - CMSG_LEN(sizeof error);
    const struct sockaddr *offender = (const struct sockaddr *)(CMSG_DATA(c) + sizeof error);
    size_t size = room < sizeof(sa_family_t)        ? 0
                  : offender->sa_family == AF_INET  ? sizeof(struct sockaddr_in)
                  : offender->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                    : 0;
    event->from.ss_family = AF_UNSPEC;
    if (size > 0 && size <= room)
        memcpy(&event->from, offender, size);
}

static void read_control(struct msghdr *message, struct datagram_event *event)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING) {
            read_stamp(c, event);
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
            memcpy(&event->ttl, CMSG_DATA(c), sizeof event->ttl);
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            read_error(c, event);
        }
    }
}

/* Reads one packet of a queue and hands it over; false when it is empty. */
static bool receive(struct datagram *d, int flags)
{
    uint8_t control[512];
    struct datagram_event event = {.what = DATAGRAM_RECEIVED, .ttl = -1};
    struct iovec iov = {.iov_base = buffer, .iov_len = sizeof buffer};
    struct msghdr message = {
        .msg_name = &event.from,
        .msg_namelen = sizeof event.from,
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t n = recvmsg(d->fd, &message, flags | MSG_DONTWAIT);
    if (n < 0) /* anything but EAGAIN is a pending error, cleared by this very call */
        return errno != EAGAIN && errno != EBADF;
    moment_now(&event.at);
    read_control(&message, &event);
    if ((flags & MSG_ERRQUEUE) && event.what == DATAGRAM_RECEIVED)
        return true; /* an entry of the error queue without its description */
    event.bytes = buffer;
    event.len = (size_t)n;
    if (event.what == DATAGRAM_RECEIVED && d->raw && d->af == 4) {
        int skip = icmp_skip_ip4(event.bytes, event.len);
        if (skip < 0)
            return true;
        event.bytes += skip;
        event.len -= (size_t)skip;
    }
    d->fn(d->user, &event);
    return true;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct datagram *d = poll->data;
    /* Send stamps and errors first: a send stamp is older than its answer. */
    for (int i = 0; i < BURST && !d->closed && receive(d, MSG_ERRQUEUE); i++)
        ;
    for (int i = 0; i < BURST && !d->closed && receive(d, 0); i++)
        ;
}

static void on_closed(uv_handle_t *handle)
{
    struct datagram *d = handle->data;
    close(d->fd);
    free(d);
}

void datagram_close(struct datagram *d)
{
    if (!d || d->closed)
        return;
    d->closed = true;
    uv_close((uv_handle_t *)&d->poll, on_closed);
}

int datagram_open(uv_loop_t *loop, enum datagram_kind kind, int af, datagram_fn fn, void *user, struct datagram **ret,
                  struct fault *f)
{
    bool raw = false;
    int fd = kind == DATAGRAM_ECHO ? open_echo(af, &raw)
                                   : socket(af == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return kind == DATAGRAM_ECHO ? fault_echo(f, fd)
                                     : fault_set(f, -errno, _("cannot open a UDP socket: %s"), fault_errno(errno));
    struct datagram *d = alloc_zero(1, sizeof *d);
    *d = (struct datagram){.fd = fd, .kind = kind, .af = af, .raw = raw, .fn = fn, .user = user};
    if (raw && getrandom(&d->id, sizeof d->id, 0) != sizeof d->id)
        d->id = (uint16_t)getpid();
    int r = configure(d);
    if (r >= 0)
        r = uv_poll_init(loop, &d->poll, fd);
    if (r < 0) {
        close(fd);
        free(d);
        return fault_set(f, r, _("cannot prepare a socket: %s"), fault_errno(-r));
    }
    d->poll.data = d;
    uv_poll_start(&d->poll, UV_READABLE | UV_PRIORITIZED, on_poll);
    *ret = d;
    return 0;
}

int datagram_bind(struct datagram *d, uint16_t port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    int r = d->af == 4 ? bind(d->fd, (struct sockaddr *)&four, sizeof four)
                       : bind(d->fd, (struct sockaddr *)&six, sizeof six);
    return r < 0 ? -errno : 0;
}

static socklen_t address_size(const struct sockaddr *address)
{
    return address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

int datagram_connect(struct datagram *d, const struct sockaddr *peer)
{
    return connect(d->fd, peer, address_size(peer)) < 0 ? -errno : 0;
}

int datagram_set_ttl(struct datagram *d, int ttl)
{
    return d->af == 4 ? set_int(d->fd, IPPROTO_IP, IP_TTL, ttl) : set_int(d->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl);
}

int datagram_set_tos(struct datagram *d, int tos)
{
    return d->af == 4 ? set_int(d->fd, IPPROTO_IP, IP_TOS, tos) : set_int(d->fd, IPPROTO_IPV6, IPV6_TCLASS, tos);
}

static void clear_pending_error(const struct datagram *d)
{
    int error;
    socklen_t size = sizeof error;
    (void)getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &size);
}

int datagram_send(struct datagram *d, const struct sockaddr *to, const void *bytes, size_t len, int ttl,
                  struct moment *ret_sent)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec iov = {.iov_base = (void *)bytes, .iov_len = len};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
    if (to) {
        message.msg_name = (void *)to;
        message.msg_namelen = address_size(to);
    }
    if (ttl > 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = d->af == 4 ? IPPROTO_IP : IPPROTO_IPV6;
        c->cmsg_type = d->af == 4 ? IP_TTL : IPV6_HOPLIMIT;
        c->cmsg_len = CMSG_LEN(sizeof ttl);
        memcpy(CMSG_DATA(c), &ttl, sizeof ttl);
    }
    /* An error may come in between: then the send is tried once more. */
    for (int i = 0;; i++) {
        clear_pending_error(d);
        struct moment sent;
        moment_now(&sent);
        if (sendmsg(d->fd, &message, 0) >= 0) {
            *ret_sent = sent;
            return 0;
        }
        if (i == 1)
            return -errno;
    }
}

int datagram_echo_id(const struct datagram *d)
{
    return d->raw ? d->id : -1;
}

int datagram_ip_header(const struct datagram *d)
{
    return d->af == 4 ? IP4_HEADER_SIZE : IP6_HEADER_SIZE;
}

enum outcome datagram_outcome(int error)
{
    switch (error < 0 ? -error : error) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EPROTO: /* what Linux makes of ICMPv6 errors with no errno of their own */
        return OUTCOME_UNREACHABLE;
    case ECONNREFUSED:
        return OUTCOME_REFUSED;
    case ECONNRESET:
    case EPIPE:
        return OUTCOME_RESET;
    case ETIMEDOUT:
        return OUTCOME_TIMEOUT;
    case EPERM:
    case EACCES:
        return OUTCOME_DENIED;
    default:
        return OUTCOME_ERROR;
    }
}

/* libuv has no catalogue: those that a measurement meets are in ours. */
static const char *const uv_texts[] __attribute__((unused)) = {
    N_("address already in use"), N_("address family not supported"),
    N_("address not available"),  N_("broken pipe"),
    N_("connection refused"),     N_("connection reset by peer"),
    N_("connection timed out"),   N_("host is unreachable"),
    N_("message too long"),       N_("network is down"),
    N_("network is unreachable"), N_("no buffer space available"),
    N_("not enough memory"),      N_("protocol not supported"),
    N_("too many open files"),
};

const char *datagram_cause(int error)
{
    switch (error < 0 ? -error : error) {
    case ECONNREFUSED:
        return "connection_refused";
    case ECONNRESET:
    case EPIPE:
        return "connection_reset";
    case ETIMEDOUT:
        return "connect_timeout";
    case EHOSTUNREACH:
        return "host_unreachable";
    case EMSGSIZE:
        return "too_big";
    default:
        break;
    }
    enum outcome outcome = datagram_outcome(error);
    return outcome == OUTCOME_DENIED        ? "not_permitted"
           : outcome == OUTCOME_UNREACHABLE ? "network_unreachable"
                                            : "connection_failed";
}

const char *datagram_why(int error)
{
    if (datagram_outcome(error) == OUTCOME_DENIED)
        return _("not permitted: a firewall, as a rule this machine's own, or one of its routes forbids it");
    return _(uv_strerror(error < 0 ? error : -error));
}
