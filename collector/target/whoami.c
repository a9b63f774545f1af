#include "collector/target/whoami.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <netinet/in.h>

#include "collector/http/keyed.h"
#include "common/lang.h"

#define TTL           60
#define TTL_WHOAMI    0
#define WILD_V4       "192.0.2.53" /* documentation addresses (RFC 5737, RFC 3849): no host has them */
#define WILD_V6       "2001:db8::53"
#define HEADER_SIZE   12
#define OPTION_SUBNET 8
#define OPTION_COOKIE 10
#define PAD_MIN       128
#define PAD_MAX       4096
/* RFC 7873 section 4: ours is 16 octets: version and reserved, time, hash. */
#define COOKIE_CLIENT  8
#define COOKIE_SERVER  16
#define COOKIE_AGE_MAX 3600 /* RFC 9018 section 4.3 */
#define COOKIE_SKEW    300
#define RCODE_BADVERS  16

struct whoami {
    ldns_rdf *zone;
    struct keyed cookie_key;
    uint64_t beacons;
    char beacon[64];
};

/* One query while it is answered. */
struct asking {
    struct whoami *whoami;
    const struct whoami_query *query;
    const ldns_pkt *in;
    const ldns_rdf *name; /* as the query spells it */
    ldns_rr_type type;
    ldns_pkt *out;
    bool edns, cookie_good;
    const uint8_t *cookie, *subnet; /* option data of the query, NULL when absent */
    size_t cookie_len, subnet_len;
};

int whoami_new(const char *zone, struct whoami **ret, struct fault *f)
{
    ldns_rdf *name = ldns_dname_new_frm_str(zone);
    if (!name)
        return fault_set(f, -EINVAL, _("dns_zone: '%s' is not a domain name"), zone);
    struct whoami *w = alloc_zero(1, sizeof *w);
    w->zone = name;
    keyed_init(&w->cookie_key);
    *ret = w;
    return 0;
}

void whoami_free(struct whoami *w)
{
    if (!w)
        return;
    ldns_rdf_deep_free(w->zone);
    free(w);
}

uint64_t whoami_beacons(const struct whoami *w, char ret_label[static 64])
{
    memcpy(ret_label, w->beacon, sizeof w->beacon);
    return w->beacons;
}

/* ---- records ---- */

static void add(struct asking *a, ldns_pkt_section section, const ldns_rdf *owner, uint32_t ttl, ldns_rr_type type,
                ldns_rdf *data)
{
    if (!data)
        return;
    ldns_rr *rr = ldns_rr_new();
    ldns_rr_set_owner(rr, ldns_rdf_clone(owner));
    ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
    ldns_rr_set_type(rr, type);
    ldns_rr_set_ttl(rr, ttl);
    ldns_rr_push_rdf(rr, data);
    ldns_pkt_push_rr(a->out, section, rr);
}

__attribute__((format(printf, 3, 4))) static void add_text(struct asking *a, uint32_t ttl, const char *format, ...)
{
    char text[256];
    uint8_t data[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    data[0] = (uint8_t)strlen(text);
    memcpy(data + 1, text, data[0]);
    add(a, LDNS_SECTION_ANSWER, a->name, ttl, LDNS_RR_TYPE_TXT,
        ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, data[0] + 1u, data));
}

/* The address as A or AAAA, when that is what was asked for. */
static void add_address(struct asking *a, uint32_t ttl, const struct sockaddr *addr)
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)addr)->sin6_addr;
    bool mapped = addr->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(six);
    const void *four = mapped ? (const void *)(six->s6_addr + 12)
                              : (const void *)&((const struct sockaddr_in *)addr)->sin_addr;
    if ((addr->sa_family == AF_INET || mapped) && a->type == LDNS_RR_TYPE_A)
        add(a, LDNS_SECTION_ANSWER, a->name, ttl, a->type, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_A, 4, four));
    else if (addr->sa_family == AF_INET6 && !mapped && a->type == LDNS_RR_TYPE_AAAA)
        add(a, LDNS_SECTION_ANSWER, a->name, ttl, a->type, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_AAAA, 16, six));
}

static ldns_rdf *below(const ldns_rdf *zone, const char *label)
{
    ldns_rdf *name = ldns_dname_new_frm_str(label);
    if (name && ldns_dname_cat(name, zone) != LDNS_STATUS_OK) {
        ldns_rdf_deep_free(name);
        return NULL;
    }
    return name;
}

static void add_soa(struct asking *a, ldns_pkt_section section)
{
    const ldns_rdf *zone = a->whoami->zone;
    static const uint32_t numbers[] = {1, 3600, 600, 86400, TTL}; /* serial, refresh, retry, expire, minimum */
    ldns_rr *rr = ldns_rr_new();
    ldns_rr_set_owner(rr, ldns_rdf_clone(zone));
    ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
    ldns_rr_set_type(rr, LDNS_RR_TYPE_SOA);
    ldns_rr_set_ttl(rr, TTL);
    ldns_rr_push_rdf(rr, below(zone, "ns"));
    ldns_rr_push_rdf(rr, below(zone, "hostmaster"));
    for (size_t i = 0; i < COUNT(numbers); i++)
        ldns_rr_push_rdf(rr, ldns_native2rdf_int32(i ? LDNS_RDF_TYPE_PERIOD : LDNS_RDF_TYPE_INT32, numbers[i]));
    ldns_pkt_push_rr(a->out, section, rr);
}

/* ---- names ---- */

static void host_text(const struct sockaddr *addr, char ret[static INET6_ADDRSTRLEN], unsigned *ret_port)
{
    if (addr->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)addr;
        inet_ntop(AF_INET, &four->sin_addr, ret, INET6_ADDRSTRLEN);
        *ret_port = ntohs(four->sin_port);
        return;
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)addr;
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, ret, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, &six->sin6_addr, ret, INET6_ADDRSTRLEN);
    *ret_port = ntohs(six->sin6_port);
}

/* RFC 7871 section 6: family, source prefix length, scope, the prefix. */
static bool subnet_text(const struct asking *a, char *ret, size_t size)
{
    uint8_t octets[16] = {0};
    char text[INET6_ADDRSTRLEN];
    if (!a->subnet || a->subnet_len < 4)
        return false;
    unsigned family = (unsigned)(a->subnet[0] << 8 | a->subnet[1]), bits = a->subnet[2];
    size_t room = family == 1 ? 4 : family == 2 ? 16 : 0, len = a->subnet_len - 4;
    if (room == 0 || bits > 8 * room || len > room)
        return false;
    memcpy(octets, a->subnet + 4, len);
    inet_ntop(family == 1 ? AF_INET : AF_INET6, octets, text, sizeof text);
    snprintf(ret, size, "%s/%u", text, bits);
    return true;
}

static void answer_whoami(struct asking *a)
{
    char host[INET6_ADDRSTRLEN], subnet[64];
    unsigned port;
    add_address(a, TTL_WHOAMI, a->query->from);
    if (a->type != LDNS_RR_TYPE_TXT)
        return;
    host_text(a->query->from, host, &port);
    add_text(a, TTL_WHOAMI, "addr=%s", host);
    add_text(a, TTL_WHOAMI, "port=%u", port);
    add_text(a, TTL_WHOAMI, "transport=%s", a->query->tcp ? "tcp" : "udp");
    if (!a->edns)
        return;
    add_text(a, TTL_WHOAMI, "bufsize=%u", ldns_pkt_edns_udp_size(a->in));
    add_text(a, TTL_WHOAMI, "do=%d", ldns_pkt_edns_do(a->in));
    if (subnet_text(a, subnet, sizeof subnet))
        add_text(a, TTL_WHOAMI, "ecs=%s", subnet);
}

static void answer_wild(struct asking *a)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    inet_pton(AF_INET, WILD_V4, &four.sin_addr);
    inet_pton(AF_INET6, WILD_V6, &six.sin6_addr);
    add_address(a, TTL, (struct sockaddr *)&four);
    add_address(a, TTL, (struct sockaddr *)&six);
    if (a->type == LDNS_RR_TYPE_TXT)
        add_text(a, TTL, "wild");
}

/* Strings of TXT until header, question, one record and OPT make the size. */
static void answer_pad(struct asking *a, long size)
{
    if (a->type != LDNS_RR_TYPE_TXT)
        return;
    const ldns_rdf *options = ldns_pkt_edns_data(a->out);
    long opt = a->edns ? 11 + (options ? (long)ldns_rdf_size(options) : 0) : 0;
    long left = size - HEADER_SIZE - (long)ldns_rdf_size(a->name) - 4 - 12 - opt;
    ldns_rr *rr = ldns_rr_new();
    ldns_rr_set_owner(rr, ldns_rdf_clone(a->name));
    ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
    ldns_rr_set_type(rr, LDNS_RR_TYPE_TXT);
    ldns_rr_set_ttl(rr, TTL);
    uint8_t data[256];
    memset(data, 'x', sizeof data);
    do {
        data[0] = (uint8_t)(left > 256 ? 255 : left > 1 ? left - 1 : 1);
        ldns_rr_push_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, data[0] + 1u, data));
        left -= data[0] + 1;
    } while (left > 1);
    ldns_pkt_push_rr(a->out, LDNS_SECTION_ANSWER, rr);
}

/* Label n (0 is the leftmost) in lower case; "" when it does not print. */
static void label_text(const ldns_rdf *name, unsigned n, char ret[static 64])
{
    const uint8_t *at = ldns_rdf_data(name);
    while (n-- > 0 && *at)
        at += *at + 1;
    size_t len = *at;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = at[1 + i];
        if (c < 0x21 || c > 0x7e)
            len = 0;
        else
            ret[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    ret[len] = '\0';
}

static void refuse(struct asking *a, ldns_pkt_rcode rcode)
{
    ldns_pkt_set_rcode(a->out, rcode);
    if (rcode == LDNS_RCODE_NXDOMAIN)
        add_soa(a, LDNS_SECTION_AUTHORITY);
}

static void answer_apex(struct asking *a)
{
    if (a->type == LDNS_RR_TYPE_SOA)
        add_soa(a, LDNS_SECTION_ANSWER);
    else if (a->type == LDNS_RR_TYPE_NS)
        add(a, LDNS_SECTION_ANSWER, a->name, TTL, LDNS_RR_TYPE_NS, below(a->whoami->zone, "ns"));
}

/* What stands `depth` labels below the zone, by the label next to it. */
static void answer_below(struct asking *a, unsigned depth)
{
    char branch[64], *end;
    label_text(a->name, depth - 1, branch);
    long pad = strncmp(branch, "pad", 3) == 0 ? strtol(branch + 3, &end, 10) : 0;
    if (strcmp(branch, "whoami") == 0) {
        answer_whoami(a);
    } else if (strcmp(branch, "wild") == 0) {
        if (depth > 1)
            answer_wild(a);
    } else if (strcmp(branch, "beacon") == 0) {
        if (depth == 2) {
            label_text(a->name, 0, a->whoami->beacon);
            a->whoami->beacons++;
        }
        if (depth > 1)
            answer_wild(a);
    } else if (strcmp(branch, "nx") == 0 && depth == 1) {
        return; /* it exists; what is below does not */
    } else if (strcmp(branch, "ns") == 0 && depth == 1) {
        if (a->query->local)
            add_address(a, TTL, a->query->local);
    } else if (pad >= PAD_MIN && pad <= PAD_MAX && *end == '\0') {
        answer_pad(a, pad);
    } else {
        refuse(a, LDNS_RCODE_NXDOMAIN);
    }
}

static void answer_name(struct asking *a, const ldns_rr *question)
{
    const ldns_rdf *zone = a->whoami->zone;
    int depth = ldns_dname_label_count(a->name) - ldns_dname_label_count(zone);
    bool apex = ldns_dname_compare(a->name, zone) == 0;
    if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN || (!apex && !ldns_dname_is_subdomain(a->name, zone))) {
        refuse(a, LDNS_RCODE_REFUSED);
        return;
    }
    ldns_pkt_set_aa(a->out, true);
    if (apex)
        answer_apex(a);
    else
        answer_below(a, (unsigned)depth);
    if (ldns_pkt_get_rcode(a->out) == LDNS_RCODE_NOERROR && ldns_pkt_ancount(a->out) == 0)
        add_soa(a, LDNS_SECTION_AUTHORITY);
}

/* ---- EDNS ---- */

static uint64_t cookie_hash(const struct asking *a, const uint8_t *client, const uint8_t *head)
{
    uint8_t octets[COOKIE_CLIENT + 8 + 16] = {0};
    memcpy(octets, client, COOKIE_CLIENT);
    memcpy(octets + COOKIE_CLIENT, head, 8);
    if (a->query->from->sa_family == AF_INET)
        memcpy(octets + COOKIE_CLIENT + 8, &((const struct sockaddr_in *)a->query->from)->sin_addr, 4);
    else
        memcpy(octets + COOKIE_CLIENT + 8, &((const struct sockaddr_in6 *)a->query->from)->sin6_addr, 16);
    return keyed_hash(&a->whoami->cookie_key, octets, sizeof octets);
}

static bool cookie_check(const struct asking *a)
{
    if (!a->cookie || a->cookie_len != COOKIE_CLIENT + COOKIE_SERVER)
        return false;
    const uint8_t *server = a->cookie + COOKIE_CLIENT;
    uint64_t hash = cookie_hash(a, a->cookie, server);
    uint32_t made;
    memcpy(&made, server + 4, sizeof made);
    int32_t age = (int32_t)((uint32_t)a->query->now_s - ntohl(made));
    return memcmp(server + 8, &hash, sizeof hash) == 0 && age >= -COOKIE_SKEW && age <= COOKIE_AGE_MAX;
}

static void read_options(struct asking *a)
{
    const ldns_rdf *data = ldns_pkt_edns_data(a->in);
    const uint8_t *at = data ? ldns_rdf_data(data) : NULL;
    size_t left = data ? ldns_rdf_size(data) : 0;
    while (left >= 4) {
        unsigned code = (unsigned)(at[0] << 8 | at[1]);
        size_t len = (size_t)(at[2] << 8 | at[3]);
        if (len > left - 4)
            return;
        if (code == OPTION_COOKIE && !a->cookie && len >= COOKIE_CLIENT && len <= COOKIE_CLIENT + 32) {
            a->cookie = at + 4;
            a->cookie_len = len;
        } else if (code == OPTION_SUBNET && !a->subnet && len >= 4 && len <= 20) {
            a->subnet = at + 4;
            a->subnet_len = len;
        }
        at += 4 + len;
        left -= 4 + len;
    }
}

static size_t put_option(uint8_t *to, unsigned code, const uint8_t *data, size_t len)
{
    const uint8_t head[] = {(uint8_t)(code >> 8), (uint8_t)code, (uint8_t)(len >> 8), (uint8_t)len};
    memcpy(to, head, sizeof head);
    memcpy(to + sizeof head, data, len);
    return sizeof head + len;
}

static void write_edns(struct asking *a)
{
    uint8_t options[64], cookie[COOKIE_CLIENT + COOKIE_SERVER] = {0};
    size_t len = 0;
    ldns_pkt_set_edns_udp_size(a->out, WHOAMI_UDP_MAX);
    if (ldns_pkt_edns_do(a->in))
        ldns_pkt_set_edns_do(a->out, true);
    if (a->cookie) {
        uint32_t now = htonl((uint32_t)a->query->now_s);
        memcpy(cookie, a->cookie, COOKIE_CLIENT);
        cookie[COOKIE_CLIENT] = 1; /* version */
        memcpy(cookie + COOKIE_CLIENT + 4, &now, sizeof now);
        uint64_t hash = cookie_hash(a, cookie, cookie + COOKIE_CLIENT);
        memcpy(cookie + COOKIE_CLIENT + 8, &hash, sizeof hash);
        len += put_option(options + len, OPTION_COOKIE, cookie, sizeof cookie);
    }
    if (a->subnet) {
        size_t at = len + 4;
        len += put_option(options + len, OPTION_SUBNET, a->subnet, a->subnet_len);
        options[at + 3] = 0; /* scope: good for every client */
    }
    if (len > 0)
        ldns_pkt_set_edns_data(a->out, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, len, options));
}

/* ---- the message ---- */

static size_t size_limit(const struct asking *a)
{
    if (a->query->tcp)
        return WHOAMI_ANSWER_MAX;
    size_t offered = a->edns ? ldns_pkt_edns_udp_size(a->in) : 512;
    size_t limit = offered < 512 ? 512 : offered > WHOAMI_UDP_MAX ? WHOAMI_UDP_MAX : offered;
    size_t ratio = a->query->len * WHOAMI_RATIO;
    return a->cookie_good || ratio > limit ? limit : ratio;
}

static void cut(struct asking *a)
{
    ldns_rr_list *answer = ldns_pkt_answer(a->out);
    for (ldns_rr *rr; (rr = ldns_rr_list_pop_rr(answer));)
        ldns_rr_free(rr);
    ldns_pkt_set_ancount(a->out, 0);
    ldns_pkt_set_tc(a->out, true);
}

static size_t write_out(struct asking *a, uint8_t *ret)
{
    size_t limit = size_limit(a), size = 0;
    for (int attempt = 0; attempt < 2; attempt++) {
        uint8_t *wire = NULL;
        if (ldns_pkt2wire(&wire, a->out, &size) != LDNS_STATUS_OK)
            return 0;
        bool fits = size <= limit && size <= WHOAMI_ANSWER_MAX;
        if (fits)
            memcpy(ret, wire, size);
        free(wire);
        if (fits)
            return size;
        cut(a);
    }
    return 0;
}

static void answer(struct asking *a, const ldns_rr *question)
{
    ldns_pkt_set_id(a->out, ldns_pkt_id(a->in));
    ldns_pkt_set_qr(a->out, true);
    ldns_pkt_set_rd(a->out, ldns_pkt_rd(a->in));
    ldns_pkt_push_rr(a->out, LDNS_SECTION_QUESTION, ldns_rr_clone(question));
    if (a->edns)
        write_edns(a);
    if (a->edns && ldns_pkt_edns_version(a->in) > 0)
        ldns_pkt_set_edns_extended_rcode(a->out, RCODE_BADVERS >> 4);
    else
        answer_name(a, question);
}

size_t whoami_answer(struct whoami *w, const struct whoami_query *q, uint8_t ret[static WHOAMI_ANSWER_MAX])
{
    ldns_pkt *in = NULL;
    size_t len = 0;
    if (q->len < HEADER_SIZE || ldns_wire2pkt(&in, q->bytes, q->len) != LDNS_STATUS_OK)
        return 0;
    struct asking a = {.whoami = w, .query = q, .in = in, .edns = ldns_pkt_edns(in)};
    if (!ldns_pkt_qr(in) && ldns_pkt_get_opcode(in) == LDNS_PACKET_QUERY && ldns_pkt_qdcount(in) == 1 &&
        ldns_pkt_ancount(in) == 0) {
        const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(in), 0);
        a.name = ldns_rr_owner(question);
        a.type = ldns_rr_get_type(question);
        a.out = ldns_pkt_new();
        read_options(&a);
        a.cookie_good = cookie_check(&a);
        answer(&a, question);
        len = write_out(&a, ret);
        ldns_pkt_free(a.out);
    }
    ldns_pkt_free(in);
    return len;
}
