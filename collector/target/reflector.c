/* A reflector answers strangers, whose addresses may be made up; so:
 *
 * - An answer is as long as the request, save that TWAMP's senders in symmetrical
 *   size get 44 octets for their 41 (RFC 8762 section 4.6), and a network gets no
 *   more of them than the limiter allows: it amplifies nothing. TWAMP's shortest
 *   requests have 14 octets; they are answered only where the configuration has
 *   it so.
 * - No answer goes to a port below 1024, nor to this reflector's own port:
 *   what serves there (another reflector, echo, chargen) might answer in turn,
 *   for ever. Senders use ephemeral ports. Nor is another reflector's answer,
 *   known by its receive time, answered, whatever port it comes from.
 * - A stateful reflector keeps 32 octets a session in a table of fixed size. A
 *   session that finds no room is answered without state, which its sender can
 *   see: the answer's sequence number is a copy of its own.
 *
 * A sender that starts anew from the same port begins another session, though
 * nothing announces it: in one session a later number was sent later, so that a
 * number no higher than one that came before, sent after all that came before,
 * is of another. A duplicate, or a packet that was overtaken, was sent before. */
#include "collector/target/reflector.h"

#include <netinet/in.h>
#include <string.h>

#include "collector/http/keyed.h"
#include "common/alloc.h"

#define PORT_PRIVILEGED 1024
#define SETS            2048
#define WAYS            4
/* RFC 5357 section 3.1's REFWAIT: a session that is silent for so long is over. */
#define SESSION_WAIT_US (INT64_C(900) * 1000000)
/* Silent for so long, it makes room for another when its set is full. */
#define SESSION_YIELD_US (INT64_C(30) * 1000000)

struct session {
    uint64_t id; /* keyed hash of address, port and SSID; 0: a free place */
    int64_t seen_us;
    stamp_time sent; /* T1, the latest that came */
    uint32_t next, highest;
};

struct reflector {
    bool stateful;
    uint16_t port;
    size_t least;
    struct limiter *limiter;
    struct keyed key;
    struct session sessions[SETS][WAYS];
};

struct reflector *reflector_new(bool stateful, uint16_t port, size_t least, double rate, double total)
{
    struct reflector *r = alloc_zero(1, sizeof *r);
    r->stateful = stateful;
    r->port = port;
    r->least = least;
    r->limiter = limiter_new(rate, rate, total);
    keyed_init(&r->key);
    return r;
}

void reflector_free(struct reflector *r)
{
    if (!r)
        return;
    limiter_free(r->limiter);
    free(r);
}

static uint16_t port_of(const struct sockaddr *addr)
{
    return ntohs(addr->sa_family == AF_INET ? ((const struct sockaddr_in *)addr)->sin_port
                                            : ((const struct sockaddr_in6 *)addr)->sin6_port);
}

static uint64_t session_id(const struct reflector *r, const struct sockaddr *from, uint16_t ssid)
{
    uint8_t octets[20] = {0};
    uint16_t port = port_of(from);
    if (from->sa_family == AF_INET)
        memcpy(octets, &((const struct sockaddr_in *)from)->sin_addr, 4);
    else
        memcpy(octets, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
    memcpy(octets + 16, &port, 2);
    memcpy(octets + 18, &ssid, 2);
    uint64_t id = keyed_hash(&r->key, octets, sizeof octets);
    return id ? id : 1;
}

/* The session's own place, a free one, or one whose session has been silent
 * long enough; NULL when there is none. */
static struct session *session_find(struct reflector *r, uint64_t id, int64_t now)
{
    struct session *set = r->sessions[id % SETS], *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].id == id) {
            if (now - set[i].seen_us >= SESSION_WAIT_US)
                set[i] = (struct session){.id = id};
            return &set[i];
        }
        if (set[i].seen_us < oldest->seen_us) /* a free one was never seen */
            oldest = &set[i];
    }
    if (oldest->id != 0 && now - oldest->seen_us < SESSION_YIELD_US)
        return NULL;
    *oldest = (struct session){.id = id};
    return oldest;
}

static uint32_t number(struct reflector *r, const struct reflector_packet *p, const struct stamp_request *q)
{
    if (!r->stateful)
        return q->seq;
    struct session *s = session_find(r, session_id(r, p->from, q->ssid), p->mono_us);
    if (!s)
        return q->seq;
    bool later = s->next == 0 || stamp_time_between(s->sent, q->sent) > 0;
    if (later && q->seq <= s->highest)
        s->next = 0;
    if (later)
        s->sent = q->sent;
    if (s->next == 0 || q->seq > s->highest)
        s->highest = q->seq;
    s->seen_us = p->mono_us;
    return s->next++;
}

size_t reflector_answer(struct reflector *r, const struct reflector_packet *p, uint8_t *packet, size_t len)
{
    uint16_t port = port_of(p->from);
    struct stamp_request q;
    if (len < r->least || port < PORT_PRIVILEGED || port == r->port || stamp_is_reply(packet, len) ||
        stamp_request_read(packet, len, &q) < 0 || !limiter_allow(r->limiter, p->from, p->mono_us))
        return 0;
    struct stamp_reply reply = {
        .seq = number(r, p, &q),
        .clock = p->clock,
        .ssid = q.ssid,
        .received = p->received,
        .sender_seq = q.seq,
        .sender_ttl = (uint8_t)p->ttl,
    };
    return stamp_reply_write(&reply, packet, len);
}
