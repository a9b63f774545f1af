#include "agent/io/packet.h"

#include <errno.h>
#include <string.h>

#include <ldns/ldns.h>

#include "common/lang.h"

struct packet {
    ldns_pkt *pkt;
};

static ldns_rr_type type_of(const char *word)
{
    ldns_rr_type type = ldns_get_rr_type_by_name(word);
    switch (type) {
    case LDNS_RR_TYPE_OPT:
    case LDNS_RR_TYPE_TSIG:
    case LDNS_RR_TYPE_IXFR:
    case LDNS_RR_TYPE_AXFR:
        return 0;
    default:
        return type;
    }
}

int packet_write(const struct packet_query *q, struct buf *ret, struct fault *f)
{
    ldns_rr_type type = type_of(q->type);
    if (type == 0)
        return fault_set(f, -EINVAL, _("%s is not a DNS record type that can be asked for"), q->type);
    ldns_rdf *name = ldns_dname_new_frm_str(q->name);
    if (!name)
        return fault_set(f, -EINVAL, _("%s is not a domain name"), q->name);
    ldns_pkt *pkt = ldns_pkt_query_new(name, type, LDNS_RR_CLASS_IN, q->rd ? LDNS_RD : 0);
    if (!pkt) {
        ldns_rdf_deep_free(name);
        return fault_set(f, -EINVAL, _("%s is not a domain name"), q->name);
    }
    ldns_pkt_set_id(pkt, q->id);
    if (q->bufsize > 0)
        ldns_pkt_set_edns_udp_size(pkt, (uint16_t)q->bufsize);
    ldns_pkt_set_edns_do(pkt, q->dnssec_ok);
    uint8_t *wire = NULL;
    size_t size = 0;
    ldns_status status = ldns_pkt2wire(&wire, pkt, &size);
    ldns_pkt_free(pkt);
    if (status != LDNS_STATUS_OK)
        return fault_set(f, -EINVAL, "%s", ldns_get_errorstr_by_id(status));
    buf_add(ret, wire, size);
    free(wire);
    return 0;
}

int packet_read(const uint8_t *bytes, size_t len, struct packet **ret)
{
    ldns_pkt *pkt = NULL;
    if (ldns_wire2pkt(&pkt, bytes, len) != LDNS_STATUS_OK)
        return -EBADMSG;
    struct packet *p = alloc_zero(1, sizeof *p);
    p->pkt = pkt;
    *ret = p;
    return 0;
}

void packet_free(struct packet *p)
{
    if (!p)
        return;
    ldns_pkt_free(p->pkt);
    free(p);
}

int packet_peek_id(const uint8_t *bytes, size_t len)
{
    return len < 2 ? -1 : bytes[0] << 8 | bytes[1];
}

bool packet_is_answer(const struct packet *p)
{
    return ldns_pkt_qr(p->pkt) && ldns_pkt_get_opcode(p->pkt) == LDNS_PACKET_QUERY;
}

bool packet_truncated(const struct packet *p)
{
    return ldns_pkt_tc(p->pkt);
}

int packet_rcode(const struct packet *p)
{
    return ldns_pkt_edns_extended_rcode(p->pkt) << 4 | (int)ldns_pkt_get_rcode(p->pkt);
}

bool packet_matches(const struct packet *p, const struct packet_query *q)
{
    const ldns_rr_list *questions = ldns_pkt_question(p->pkt);
    size_t count = ldns_rr_list_rr_count(questions);
    if (count == 0)
        return packet_rcode(p) != LDNS_RCODE_NOERROR && packet_rcode(p) != LDNS_RCODE_NXDOMAIN;
    if (count != 1)
        return false;
    const ldns_rr *question = ldns_rr_list_rr(questions, 0);
    if (ldns_rr_get_type(question) != type_of(q->type) || ldns_rr_get_class(question) != LDNS_RR_CLASS_IN)
        return false;
    ldns_rdf *name = ldns_dname_new_frm_str(q->name);
    bool same = name && ldns_dname_compare(name, ldns_rr_owner(question)) == 0;
    ldns_rdf_deep_free(name);
    return same;
}

/* ldns escapes what does not print as \DDD (RFC 1035 section 5.1), but lets tabs
 * through, and others by the locale's idea of printing. */
static json_t *ascii(const char *text, size_t len)
{
    _cleanup_(buf_free) struct buf escaped = {0};
    buf_reserve(&escaped, len);
    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e)
            buf_addf(&escaped, "\\%03u", (unsigned char)text[i]);
        else
            buf_add_char(&escaped, text[i]);
    }
    return json_stringn(escaped.data, escaped.len);
}

/* ldns writes a record as owner, TTL, class, type and data, between tabs. */
static json_t *answer_json(const ldns_rr *rr)
{
    char *text = ldns_rr2str_fmt(ldns_output_format_nocomments, rr);
    char *type = ldns_rr_type2str(ldns_rr_get_type(rr));
    const char *data = text ? text : "";
    for (int field = 0; field < 4 && data; field++) {
        data = strchr(data, '\t');
        if (data)
            data++;
    }
    size_t owner = text ? strcspn(text, "\t") : 0;
    size_t len = data ? strcspn(data, "\n") : 0;
    bool cut = len > PACKET_DATA_MAX;
    json_t *entry = json_object();
    json_object_set_new(entry, "name", ascii(text, owner));
    json_object_set_new(entry, "type", json_string(type ? type : ""));
    json_object_set_new(entry, "ttl", json_integer(ldns_rr_ttl(rr)));
    json_object_set_new(entry, "data", ascii(data, cut ? PACKET_DATA_MAX : len));
    if (cut)
        json_object_set_new(entry, "cut", json_true());
    free(text);
    free(type);
    return entry;
}

void packet_report(const struct packet *p, json_t *detail)
{
    const struct {
        const char *word;
        bool on;
    } flags[] = {
        {"qr", ldns_pkt_qr(p->pkt)}, {"aa", ldns_pkt_aa(p->pkt)},      {"tc", ldns_pkt_tc(p->pkt)},
        {"rd", ldns_pkt_rd(p->pkt)}, {"ra", ldns_pkt_ra(p->pkt)},      {"ad", ldns_pkt_ad(p->pkt)},
        {"cd", ldns_pkt_cd(p->pkt)}, {"do", ldns_pkt_edns_do(p->pkt)},
    };
    json_t *words = json_array();
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (flags[i].on)
            json_array_append_new(words, json_string(flags[i].word));
    }
    json_object_set_new(detail, "flags", words);
    json_object_set_new(detail, "counts",
                        json_pack("[i, i, i, i]", (int)ldns_pkt_qdcount(p->pkt), (int)ldns_pkt_ancount(p->pkt),
                                  (int)ldns_pkt_nscount(p->pkt), (int)ldns_pkt_arcount(p->pkt)));
    const ldns_rr_list *answers = ldns_pkt_answer(p->pkt);
    json_t *list = json_array();
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers) && i < PACKET_ANSWERS_MAX; i++)
        json_array_append_new(list, answer_json(ldns_rr_list_rr(answers, i)));
    json_object_set_new(detail, "answers", list);
}

const char *packet_rcode_word(int rcode)
{
    static const char *const words[] = {
        "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",  "REFUSED",
        "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE",
    };
    if (rcode == 16)
        return "BADVERS";
    if (rcode == 23)
        return "BADCOOKIE";
    return rcode >= 0 && (size_t)rcode < COUNT(words) ? words[rcode] : NULL;
}
