#include "agent/dns/packet.h"

#include <errno.h>
#include <string.h>

#include "agent/dns/packet_ldns.h"
#include "common/lang.h"

#define EDNS_DO  0x8000
#define HEADER_Z 0x40 /* in the fourth octet */

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

static ldns_rr_type asked_type(const struct packet_query *q)
{
    return q->transfer ? LDNS_RR_TYPE_AXFR : type_of(q->type);
}

static ldns_rr_class class_of(const struct packet_query *q)
{
    return q->chaos ? LDNS_RR_CLASS_CH : LDNS_RR_CLASS_IN;
}

/* ldns adds an OPT record as soon as one of its members is set. */
static void write_edns(const struct packet_query *q, ldns_pkt *pkt)
{
    if (q->bufsize > 0)
        ldns_pkt_set_edns_udp_size(pkt, (uint16_t)q->bufsize);
    if (q->edns_version > 0)
        ldns_pkt_set_edns_version(pkt, (uint8_t)q->edns_version);
    if (q->edns_flags)
        ldns_pkt_set_edns_z(pkt, q->edns_flags);
    if (q->dnssec_ok)
        ldns_pkt_set_edns_do(pkt, true);
    if (q->options && q->options->len > 0)
        ldns_pkt_set_edns_data(pkt, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, q->options->len, q->options->data));
}

void packet_option_add(struct buf *options, uint16_t code, const void *bytes, size_t len)
{
    const uint8_t head[] = {(uint8_t)(code >> 8), (uint8_t)code, (uint8_t)(len >> 8), (uint8_t)len};
    buf_add(options, head, sizeof head);
    buf_add(options, bytes, len);
}

bool packet_type_valid(const char *type)
{
    return type_of(type) != 0;
}

bool packet_type_signed(const char *type)
{
    ldns_rr_type number = type_of(type);
    return number != 0 && (number < 128 || number > 255) && number != LDNS_RR_TYPE_RRSIG && number != LDNS_RR_TYPE_SIG;
}

int packet_write(const struct packet_query *q, struct buf *ret, struct fault *f)
{
    ldns_rr_type type = asked_type(q);
    if (type == 0)
        return fault_set(f, -EINVAL, _("%s is not a DNS record type that can be asked for"), q->type);
    ldns_rdf *name = ldns_dname_new_frm_str(q->name);
    if (!name)
        return fault_set(f, -EINVAL, _("%s is not a domain name"), q->name);
    uint16_t flags = (uint16_t)((q->rd ? LDNS_RD : 0) | (q->cd ? LDNS_CD : 0) | (q->ad ? LDNS_AD : 0));
    ldns_pkt *pkt = ldns_pkt_query_new(name, type, class_of(q), flags);
    if (!pkt) {
        ldns_rdf_deep_free(name);
        return fault_set(f, -EINVAL, _("%s is not a domain name"), q->name);
    }
    ldns_pkt_set_id(pkt, q->id);
    write_edns(q, pkt);
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
    p->reserved = bytes[3] & HEADER_Z;
    p->opts = (size_t)(bytes[10] << 8 | bytes[11]) - ldns_rr_list_rr_count(ldns_pkt_additional(pkt)) -
              (ldns_pkt_tsig(pkt) ? 1 : 0);
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

bool packet_authoritative(const struct packet *p)
{
    return ldns_pkt_aa(p->pkt);
}

bool packet_authentic(const struct packet *p)
{
    return ldns_pkt_ad(p->pkt);
}

bool packet_recursion_desired(const struct packet *p)
{
    return ldns_pkt_rd(p->pkt);
}

bool packet_recursion_available(const struct packet *p)
{
    return ldns_pkt_ra(p->pkt);
}

bool packet_checking_disabled(const struct packet *p)
{
    return ldns_pkt_cd(p->pkt);
}

bool packet_reserved(const struct packet *p)
{
    return p->reserved;
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
    if (ldns_rr_get_type(question) != asked_type(q) || ldns_rr_get_class(question) != class_of(q))
        return false;
    ldns_rdf *name = ldns_dname_new_frm_str(q->name);
    bool same = name && ldns_dname_compare(name, ldns_rr_owner(question)) == 0;
    ldns_rdf_deep_free(name);
    return same;
}

bool packet_same_spelling(const struct packet *p, const struct packet_query *q)
{
    const ldns_rr_list *questions = ldns_pkt_question(p->pkt);
    if (ldns_rr_list_rr_count(questions) == 0)
        return false;
    const ldns_rdf *owner = ldns_rr_owner(ldns_rr_list_rr(questions, 0));
    ldns_rdf *name = ldns_dname_new_frm_str(q->name);
    bool same = name && ldns_rdf_size(name) == ldns_rdf_size(owner) &&
                memcmp(ldns_rdf_data(name), ldns_rdf_data(owner), ldns_rdf_size(name)) == 0;
    ldns_rdf_deep_free(name);
    return same;
}

void packet_edns(const struct packet *p, struct packet_edns *ret)
{
    *ret = (struct packet_edns){
        .present = ldns_pkt_edns(p->pkt),
        .version = ldns_pkt_edns_version(p->pkt),
        .bufsize = ldns_pkt_edns_udp_size(p->pkt),
        .flags = ldns_pkt_edns_z(p->pkt),
    };
    if (ldns_pkt_edns_do(p->pkt))
        ret->flags |= EDNS_DO;
}

size_t packet_opts(const struct packet *p)
{
    return p->opts;
}

const uint8_t *packet_option(const struct packet *p, uint16_t code, size_t *ret_len)
{
    const ldns_rdf *data = ldns_pkt_edns_data(p->pkt);
    const uint8_t *at = data ? ldns_rdf_data(data) : NULL;
    size_t left = data ? ldns_rdf_size(data) : 0;
    while (left >= 4) {
        size_t len = (size_t)(at[2] << 8 | at[3]);
        if (len > left - 4)
            return NULL;
        if ((at[0] << 8 | at[1]) == code) {
            *ret_len = len;
            return at + 4;
        }
        at += 4 + len;
        left -= 4 + len;
    }
    return NULL;
}

const char *packet_rcode_word(int rcode)
{
    static const char *const words[] = {
        "NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",  "REFUSED",
        "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE",
    };
    if (rcode == PACKET_BADVERS)
        return "BADVERS";
    if (rcode == PACKET_BADCOOKIE)
        return "BADCOOKIE";
    return rcode >= 0 && (size_t)rcode < COUNT(words) ? words[rcode] : NULL;
}
