#include "agent/dns/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "agent/dns/rrset.h"
#include "common/alloc.h"

struct line {
    ldns_buffer *wire; /* the whole record */
    size_t rdata;      /* where its data begins: all before is the same in each */
};

static const uint8_t *data_of(const struct line *l, size_t *ret_len)
{
    *ret_len = ldns_buffer_position(l->wire) - l->rdata;
    return ldns_buffer_at(l->wire, l->rdata);
}

/* RFC 4034 section 6.3: octet by octet, the shorter first. */
static int compare(const void *a, const void *b)
{
    size_t left, right;
    const uint8_t *x = data_of(a, &left), *y = data_of(b, &right);
    int order = memcmp(x, y, left < right ? left : right);
    return order ? order : (left > right) - (left < right);
}

/* RFC 4035 section 5.3.2: the name as it was signed; the caller's. */
static ldns_rdf *owner_of(const ldns_rr *rr, unsigned labels)
{
    ldns_rdf *owner = ldns_rr_owner(rr);
    unsigned count = ldns_dname_label_count(owner);
    if (count <= labels || (ldns_dname_is_wildcard(owner) && count == labels + 1))
        return ldns_rdf_clone(owner);
    ldns_rdf *rest = ldns_dname_clone_from(owner, (uint16_t)(count - labels));
    ldns_rdf *wildcard = ldns_dname_new_frm_str("*");
    if (ldns_dname_cat(wildcard, rest) != LDNS_STATUS_OK) {
        ldns_rdf_deep_free(wildcard);
        wildcard = NULL;
    }
    ldns_rdf_deep_free(rest);
    return wildcard;
}

static ldns_status line_write(const ldns_rr *rr, const ldns_rr *sig, struct line *ret)
{
    ldns_rr *copy = ldns_rr_clone(rr);
    ldns_rdf *owner = owner_of(rr, rrset_number(sig, 2));
    ldns_status status = LDNS_STATUS_DOMAINNAME_OVERFLOW;
    if (owner) {
        ldns_rdf_deep_free(ldns_rr_owner(copy));
        ldns_rr_set_owner(copy, owner);
        ldns_rr_set_ttl(copy, ldns_rdf2native_int32(ldns_rr_rdf(sig, 3)));
        ldns_rr2canonical(copy);
        ret->wire = ldns_buffer_new(LDNS_MIN_BUFLEN);
        ret->rdata = ldns_rdf_size(owner) + 2 + 2 + 4 + 2;
        status = ldns_rr2buffer_wire_canonical(ret->wire, copy, LDNS_SECTION_ANSWER);
        if (status == LDNS_STATUS_OK && ldns_buffer_position(ret->wire) < ret->rdata)
            status = LDNS_STATUS_ERR;
    }
    ldns_rr_free(copy);
    return status;
}

ldns_status canonical_write(const ldns_rr_list *set, const ldns_rr *sig, ldns_buffer *ret)
{
    size_t count = ldns_rr_list_rr_count(set);
    struct line *lines = alloc_zero(count, sizeof *lines);
    ldns_rr *head = ldns_rr_clone(sig);
    ldns_rr2canonical(head);
    ldns_status status = ldns_rrsig2buffer_wire(ret, head);
    ldns_rr_free(head);
    size_t total = 0;
    for (size_t i = 0; i < count && status == LDNS_STATUS_OK; i++) {
        status = line_write(ldns_rr_list_rr(set, i), sig, &lines[i]);
        if (status == LDNS_STATUS_OK && (total += ldns_buffer_position(lines[i].wire)) > CANONICAL_MAX)
            status = LDNS_STATUS_PACKET_OVERFLOW;
    }
    if (status == LDNS_STATUS_OK)
        qsort(lines, count, sizeof *lines, compare);
    for (size_t i = 0; i < count && status == LDNS_STATUS_OK; i++) {
        if (i > 0 && compare(&lines[i - 1], &lines[i]) == 0)
            continue; /* the same record twice */
        size_t len = ldns_buffer_position(lines[i].wire);
        if (!ldns_buffer_reserve(ret, len))
            status = LDNS_STATUS_MEM_ERR;
        else
            ldns_buffer_write(ret, ldns_buffer_begin(lines[i].wire), len);
    }
    for (size_t i = 0; i < count; i++)
        ldns_buffer_free(lines[i].wire);
    free(lines);
    return status;
}
