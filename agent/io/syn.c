#include "agent/io/syn.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>

#include "agent/io/moment.h"

/* Copies lie in the socket's queue before TCP itself sees a packet, so that
 * they are there, to be fetched without waiting, when the connection is told to
 * stand. A packet that leaves through several devices (a VLAN, a bridge) is
 * seen on each; the first one's copies are taken. */

#define TCP_SYN 0x02
#define TCP_ACK 0x10
/* IP with options, and TCP's fixed part. */
#define SNAP 128

struct entry {
    uint16_t port;
    int device;
    struct syn_seen seen;
};

struct syn_watch {
    int fd, af;
    uint16_t peer_port;
    size_t count, capacity;
    struct entry entries[];
};

#define STEP(code, k)         ((struct sock_filter){(code), 0, 0, (k)})
#define TEST(code, k, jt, jf) ((struct sock_filter){(code), (jt), (jf), (k)})
#define LOAD_BYTE             (BPF_LD | BPF_B | BPF_ABS)
#define LOAD_WORD             (BPF_LD | BPF_W | BPF_ABS)
#define IF_EQUAL              (BPF_JMP | BPF_JEQ | BPF_K)
#define IF_SET                (BPF_JMP | BPF_JSET | BPF_K)

/* "Is IPv4, is TCP, from or to that address, with SYN" for the kernel. */
static size_t filter4(const struct in_addr *peer, struct sock_filter *f)
{
    uint32_t address = ntohl(peer->s_addr);
    const struct sock_filter steps[] = {
        STEP(LOAD_BYTE, 0),
        STEP(BPF_ALU | BPF_AND | BPF_K, 0xf0),
        TEST(IF_EQUAL, 0x40, 0, 10),
        STEP(LOAD_BYTE, 9),
        TEST(IF_EQUAL, IPPROTO_TCP, 0, 8),
        STEP(LOAD_WORD, 12),
        TEST(IF_EQUAL, address, 2, 0),
        STEP(LOAD_WORD, 16),
        TEST(IF_EQUAL, address, 0, 4),
        STEP(BPF_LDX | BPF_B | BPF_MSH, 0),
        STEP(BPF_LD | BPF_B | BPF_IND, 13),
        TEST(IF_SET, TCP_SYN, 0, 1),
        STEP(BPF_RET | BPF_K, SNAP),
        STEP(BPF_RET | BPF_K, 0),
    };
    memcpy(f, steps, sizeof steps);
    return COUNT(steps);
}

/* The same for IPv6: TCP right behind the fixed header, as it is with every
 * peer but those that put extension headers before a SYN+ACK. */
static size_t filter6(const struct in6_addr *peer, struct sock_filter *f)
{
    uint32_t words[4];
    size_t n = 0;
    memcpy(words, peer, sizeof words);
    f[n++] = STEP(LOAD_BYTE, 0);
    f[n++] = STEP(BPF_ALU | BPF_AND | BPF_K, 0xf0);
    f[n++] = TEST(IF_EQUAL, 0x60, 0, 21);
    f[n++] = STEP(LOAD_BYTE, 6);
    f[n++] = TEST(IF_EQUAL, IPPROTO_TCP, 0, 19);
    for (uint8_t i = 0; i < 4; i++) { /* source; past the destination's eight when all are equal */
        f[n++] = STEP(LOAD_WORD, 8 + 4u * i);
        f[n++] = TEST(IF_EQUAL, ntohl(words[i]), i == 3 ? 8 : 0, (uint8_t)(2 * (3 - i)));
    }
    for (uint8_t i = 0; i < 4; i++) { /* destination */
        f[n++] = STEP(LOAD_WORD, 24 + 4u * i);
        f[n++] = TEST(IF_EQUAL, ntohl(words[i]), 0, (uint8_t)(2 * (3 - i) + 3));
    }
    f[n++] = STEP(LOAD_BYTE, 40 + 13);
    f[n++] = TEST(IF_SET, TCP_SYN, 0, 1);
    f[n++] = STEP(BPF_RET | BPF_K, SNAP);
    f[n++] = STEP(BPF_RET | BPF_K, 0);
    return n;
}

/* The filter stands before the socket is bound: nothing else ever comes in. */
static int prepare(int fd, const struct sockaddr *peer)
{
    struct sock_filter steps[32];
    size_t n = peer->sa_family == AF_INET ? filter4(&((const struct sockaddr_in *)peer)->sin_addr, steps)
                                          : filter6(&((const struct sockaddr_in6 *)peer)->sin6_addr, steps);
    struct sock_fprog program = {.len = (unsigned short)n, .filter = steps};
    struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&all, sizeof all) < 0)
        return -errno;
    return 0;
}

int syn_watch_open(const struct sockaddr *peer, size_t connections, struct syn_watch **ret)
{
    _cleanup_fd_ int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int r = prepare(fd, peer);
    if (r < 0)
        return r;
    struct syn_watch *w = alloc_zero(1, sizeof *w + connections * sizeof w->entries[0]);
    w->capacity = connections;
    w->af = peer->sa_family;
    w->peer_port = ntohs(w->af == AF_INET ? ((const struct sockaddr_in *)peer)->sin_port
                                          : ((const struct sockaddr_in6 *)peer)->sin6_port);
    w->fd = fd;
    fd = -1;
    *ret = w;
    return 0;
}

void syn_watch_close(struct syn_watch *w)
{
    if (!w)
        return;
    close(w->fd);
    free(w);
}

static struct entry *entry_find(struct syn_watch *w, uint16_t port)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->entries[i].port == port)
            return &w->entries[i];
    return NULL;
}

static void note(struct syn_watch *w, const uint8_t *tcp, const struct sockaddr_ll *from, int64_t at_ns)
{
    uint16_t source = (uint16_t)(tcp[0] << 8 | tcp[1]), target = (uint16_t)(tcp[2] << 8 | tcp[3]);
    bool answer = tcp[13] & TCP_ACK, outgoing = from->sll_pkttype == PACKET_OUTGOING;
    if (answer == outgoing || (answer ? source : target) != w->peer_port)
        return;
    struct entry *e = entry_find(w, answer ? target : source);
    if (answer) {
        if (e && e->seen.answer_ns == 0)
            e->seen.answer_ns = at_ns;
        return;
    }
    if (!e && w->count < w->capacity) {
        e = &w->entries[w->count++];
        *e = (struct entry){.port = source, .device = from->sll_ifindex, .seen = {.syn_ns = at_ns}};
    }
    if (e && e->device == from->sll_ifindex)
        e->seen.syns++;
}

/* One packet; false when there is none. */
static bool fetch(struct syn_watch *w)
{
    uint8_t packet[SNAP], control[128];
    struct sockaddr_ll from = {0};
    struct iovec iov = {.iov_base = packet, .iov_len = sizeof packet};
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(w->fd, &m, 0);
    if (n < 0)
        return errno != EAGAIN;
    int64_t at_ns = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        struct timespec t;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
            continue;
        memcpy(&t, CMSG_DATA(c), sizeof t);
        at_ns = moment_timespec_ns(&t);
    }
    size_t header = w->af == AF_INET ? (size_t)(packet[0] & 15) * 4 : 40;
    if (at_ns > 0 && (size_t)n >= header + 14)
        note(w, packet + header, &from, at_ns);
    return true;
}

int syn_watch_find(struct syn_watch *w, uint16_t port, struct syn_seen *ret)
{
    while (fetch(w))
        ;
    const struct entry *e = entry_find(w, port);
    if (!e || e->seen.answer_ns == 0)
        return -ENOENT;
    *ret = e->seen;
    return 0;
}
