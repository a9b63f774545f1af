#include "common/stamp.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/timex.h>

/*   octet   sender                  reflector
 *   0       sequence number         sequence number
 *   4       T1                      T3
 *   12      error estimate          error estimate
 *   14      SSID                    SSID
 *   16      zero                    T2
 *   24                              sender's sequence number
 *   28                              T1
 *   36                              sender's error estimate, 2 octets of zero
 *   40                              sender's TTL, 3 octets of zero
 *   44      TLVs                    the same TLVs
 *
 * A TLV is flags u8, type u8, length u16, value. */

#define NTP_EPOCH_S  INT64_C(2208988800) /* 1970-01-01 in seconds since 1900 */
#define NS_PER_S     INT64_C(1000000000)
#define CLOCK_SYNCED 0x8000u
#define CLOCK_PTP    0x4000u

#define TLV_UNRECOGNIZED  0x80u
#define TLV_MALFORMED     0x40u
#define TLV_EXTRA_PADDING 1

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint64_t get64(const uint8_t *at)
{
    return (uint64_t)get32(at) << 32 | get32(at + 4);
}

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, (uint16_t)(value >> 16));
    put16(at + 2, (uint16_t)value);
}

static void put64(uint8_t *at, uint64_t value)
{
    put32(at, (uint32_t)(value >> 32));
    put32(at + 4, (uint32_t)value);
}

/* ---- time ---- */

static stamp_time time_from(int64_t unix_s, int64_t ns)
{
    return ((uint64_t)(unix_s + NTP_EPOCH_S) << 32) + ((uint64_t)ns << 32) / (uint64_t)NS_PER_S;
}

stamp_time stamp_time_make(int64_t unix_ns)
{
    int64_t s = unix_ns / NS_PER_S, ns = unix_ns % NS_PER_S;
    if (ns < 0) {
        ns += NS_PER_S;
        s--;
    }
    return time_from(s, ns);
}

int64_t stamp_time_between(stamp_time from, stamp_time to)
{
    int64_t span = (int64_t)(to - from);
    int64_t s = span >> 32; /* towards minus infinity, so that the fraction is positive */
    return s * NS_PER_S + (int64_t)(((uint64_t)(uint32_t)span * (uint64_t)NS_PER_S + (1u << 31)) >> 32);
}

uint16_t stamp_clock_write(const struct stamp_clock *c)
{
    /* error = multiplier * 2^(scale - 32), with the finest scale that holds it. */
    double multiplier = c->error * 0x1p32;
    unsigned scale = 0;
    while (multiplier > 255 && scale < 63) {
        multiplier /= 2;
        scale++;
    }
    unsigned whole = multiplier >= 255 ? 255 : multiplier <= 1 ? 1 : (unsigned)ceil(multiplier);
    return (uint16_t)((c->synced ? CLOCK_SYNCED : 0) | (c->ptp ? CLOCK_PTP : 0) | scale << 8 | whole);
}

int stamp_clock_read(uint16_t field, struct stamp_clock *ret)
{
    unsigned multiplier = field & 0xff, scale = field >> 8 & 0x3f;
    if (multiplier == 0)
        return -EBADMSG;
    *ret = (struct stamp_clock){
        .synced = field & CLOCK_SYNCED,
        .ptp = field & CLOCK_PTP,
        .error = ldexp(multiplier, (int)scale - 32),
    };
    return 0;
}

void stamp_clock_system(struct stamp_clock *ret)
{
    struct timex t = {0};
    int state = adjtimex(&t);
    ret->ptp = false;
    ret->synced = state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
    /* Undisciplined, the kernel's bound grows to its cap of 16 s and says no more. */
    ret->error = state >= 0 ? (double)t.maxerror / 1e6 : 16;
}

/* A time of a packet whose clock said which format it is in. */
static int time_read(const uint8_t *at, const struct stamp_clock *clock, stamp_time *ret)
{
    if (!clock->ptp) {
        *ret = get64(at);
        return 0;
    }
    uint32_t ns = get32(at + 4);
    if (ns >= NS_PER_S)
        return -EBADMSG;
    *ret = time_from(get32(at), ns);
    return 0;
}

/* ---- packets ---- */

void stamp_request_write(const struct stamp_request *q, size_t size, uint8_t *packet)
{
    memset(packet, 0, size);
    put32(packet, q->seq);
    put64(packet + 4, q->sent);
    put16(packet + 12, stamp_clock_write(&q->clock));
    put16(packet + 14, q->ssid);
    if (size < STAMP_PACKET_SIZE + STAMP_TLV_HEADER_SIZE)
        return;
    uint8_t *tlv = packet + STAMP_PACKET_SIZE;
    tlv[0] = TLV_UNRECOGNIZED; /* RFC 8972 section 4: until a reflector says otherwise */
    tlv[1] = TLV_EXTRA_PADDING;
    put16(tlv + 2, (uint16_t)(size - STAMP_PACKET_SIZE - STAMP_TLV_HEADER_SIZE));
}

static bool is_zero(const uint8_t *packet, size_t from, size_t to)
{
    while (from < to && packet[from] == 0)
        from++;
    return from >= to;
}

/* Behind STAMP's SSID stand zeros; what TWAMP's senders put there may be random. */
static bool is_twamp(const uint8_t *packet, size_t len)
{
    return len < STAMP_PACKET_SIZE || !is_zero(packet, 16, STAMP_PACKET_SIZE);
}

int stamp_request_read(const uint8_t *packet, size_t len, struct stamp_request *ret)
{
    struct stamp_request q;
    if (len < STAMP_TWAMP_REQUEST || stamp_clock_read(get16(packet + 12), &q.clock) < 0 ||
        time_read(packet + 4, &q.clock, &q.sent) < 0)
        return -EBADMSG;
    q.seq = get32(packet);
    q.ssid = is_twamp(packet, len) ? 0 : get16(packet + 14);
    *ret = q;
    return 0;
}

bool stamp_is_reply(const uint8_t *packet, size_t len)
{
    return len >= STAMP_TWAMP_REPLY && get64(packet + 16) != 0 && get16(packet + 38) == 0 &&
           is_zero(packet, STAMP_TWAMP_REPLY, len < STAMP_PACKET_SIZE ? len : STAMP_PACKET_SIZE);
}

/* RFC 8972 section 4: what is understood is marked so, what does not fit ends
 * the reading. Only padding is understood; it needs nothing done. A sender
 * marks each TLV as not understood: what begins without is TWAMP's padding. */
static void tlvs_reflect(uint8_t *at, size_t len)
{
    if (len > 0 && !(at[0] & TLV_UNRECOGNIZED))
        return;
    while (len > 0) {
        size_t size = len < STAMP_TLV_HEADER_SIZE ? len + 1 : STAMP_TLV_HEADER_SIZE + (size_t)get16(at + 2);
        if (size > len) {
            at[0] = TLV_MALFORMED;
            return;
        }
        at[0] = at[1] == TLV_EXTRA_PADDING ? 0 : TLV_UNRECOGNIZED;
        at += size;
        len -= size;
    }
}

size_t stamp_reply_write(const struct stamp_reply *p, uint8_t *packet, size_t len)
{
    bool twamp = is_twamp(packet, len);
    uint16_t sender_clock = get16(packet + 12); /* T1 and its estimate go back untouched, whatever their format */
    uint64_t sender_sent = get64(packet + 4);
    put32(packet, p->seq);
    put64(packet + 4, p->sent);
    put16(packet + 12, stamp_clock_write(&p->clock));
    put16(packet + 14, p->ssid);
    put64(packet + 16, p->received);
    put32(packet + 24, p->sender_seq);
    put64(packet + 28, sender_sent);
    put16(packet + 36, sender_clock);
    put16(packet + 38, 0);
    put32(packet + 40, (uint32_t)p->sender_ttl << 24);
    if (len < STAMP_PACKET_SIZE)
        return STAMP_PACKET_SIZE;
    if (!twamp)
        tlvs_reflect(packet + STAMP_PACKET_SIZE, len - STAMP_PACKET_SIZE);
    return len;
}

void stamp_reply_time(uint8_t *packet, stamp_time sent)
{
    put64(packet + 4, sent);
}

int stamp_reply_read(const uint8_t *packet, size_t len, struct stamp_reply *ret)
{
    struct stamp_reply p;
    if (len < STAMP_TWAMP_REPLY || stamp_clock_read(get16(packet + 12), &p.clock) < 0 ||
        stamp_clock_read(get16(packet + 36), &p.sender_clock) < 0 || time_read(packet + 4, &p.clock, &p.sent) < 0 ||
        time_read(packet + 16, &p.clock, &p.received) < 0 ||
        time_read(packet + 28, &p.sender_clock, &p.sender_sent) < 0)
        return -EBADMSG;
    p.seq = get32(packet);
    p.ssid = get16(packet + 14);
    p.sender_seq = get32(packet + 24);
    p.sender_ttl = packet[40];
    *ret = p;
    return 0;
}
