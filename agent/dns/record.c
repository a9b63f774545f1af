#include "agent/dns/record.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/dns/packet_ldns.h"

static const ldns_rr_list *section_of(const struct packet *p, enum record_section section)
{
    switch (section) {
    case RECORD_ANSWER:
        return ldns_pkt_answer(p->pkt);
    case RECORD_AUTHORITY:
        return ldns_pkt_authority(p->pkt);
    case RECORD_ADDITIONAL:
        break;
    }
    return ldns_pkt_additional(p->pkt);
}

size_t record_count(const struct packet *p, enum record_section section)
{
    return ldns_rr_list_rr_count(section_of(p, section));
}

/* ldns escapes what does not print as \DDD (RFC 1035 section 5.1), but lets tabs
 * through, and others by the locale's idea of printing. Returns whether it
 * fitted. */
static bool copy_ascii(char *to, size_t size, const char *from, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool plain = from[i] >= 0x20 && from[i] <= 0x7e;
        if (n + (plain ? 1 : 4) >= size) {
            to[n] = '\0';
            return false;
        }
        if (plain)
            to[n++] = from[i];
        else
            n += (size_t)snprintf(to + n, size - n, "\\%03u", (unsigned char)from[i]);
    }
    to[n] = '\0';
    return true;
}

void record_get(const struct packet *p, enum record_section section, size_t i, struct record *ret)
{
    const ldns_rr *rr = ldns_rr_list_rr(section_of(p, section), i);
    /* ldns writes a record as owner, TTL, class, type and data, between tabs. */
    _cleanup_text_ char *text = ldns_rr2str_fmt(ldns_output_format_nocomments, rr);
    _cleanup_text_ char *type = ldns_rr_type2str(ldns_rr_get_type(rr));
    const char *data = text ? text : "";
    size_t owner = strcspn(data, "\t");
    for (int field = 0; field < 4 && data; field++) {
        data = strchr(data, '\t');
        if (data)
            data++;
    }
    size_t len = data ? strcspn(data, "\n") : 0;
    ret->cut = !copy_ascii(ret->name, sizeof ret->name, text ? text : "", owner);
    for (char *c = ret->name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    copy_ascii(ret->type, sizeof ret->type, type ? type : "", type ? strlen(type) : 0);
    ret->cut |= !copy_ascii(ret->data, sizeof ret->data, data ? data : "", len);
    ret->ttl = ldns_rr_ttl(rr);
}

size_t record_count_type(const struct packet *p, enum record_section section, const char *type)
{
    const ldns_rr_list *list = section_of(p, section);
    ldns_rr_type wanted = ldns_get_rr_type_by_name(type);
    size_t count = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        count += ldns_rr_get_type(ldns_rr_list_rr(list, i)) == wanted;
    return count;
}

bool record_next(const struct packet *p, enum record_section section, const char *type, size_t *at, struct record *ret)
{
    const ldns_rr_list *list = section_of(p, section);
    ldns_rr_type wanted = ldns_get_rr_type_by_name(type);
    while (*at < ldns_rr_list_rr_count(list)) {
        size_t i = (*at)++;
        if (ldns_rr_get_type(ldns_rr_list_rr(list, i)) != wanted)
            continue;
        record_get(p, section, i, ret);
        return true;
    }
    return false;
}

bool record_address(const struct record *r, struct sockaddr_storage *ret)
{
    struct sockaddr_in *four = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
    struct sockaddr_storage read = {0};
    memset(ret, 0, sizeof *ret);
    if (strcmp(r->type, "A") == 0 && inet_pton(AF_INET, r->data, &read) == 1) {
        four->sin_family = AF_INET;
        memcpy(&four->sin_addr, &read, sizeof four->sin_addr);
        return true;
    }
    if (strcmp(r->type, "AAAA") == 0 && inet_pton(AF_INET6, r->data, &read) == 1) {
        six->sin6_family = AF_INET6;
        memcpy(&six->sin6_addr, &read, sizeof six->sin6_addr);
        return true;
    }
    return false;
}

void record_text(const struct record *r, char *ret, size_t size)
{
    size_t n = 0;
    bool quoted = false;
    for (const char *c = r->data; *c && n + 1 < size; c++) {
        if (*c == '"') {
            quoted = !quoted;
        } else if (*c == '\\' && isdigit((unsigned char)c[1]) && isdigit((unsigned char)c[2]) &&
                   isdigit((unsigned char)c[3])) {
            ret[n++] = '?'; /* an octet that does not print */
            c += 3;
        } else if (*c == '\\' && c[1]) {
            ret[n++] = *++c;
        } else if (quoted) {
            ret[n++] = *c;
        }
    }
    ret[n] = '\0';
}

static json_t *record_json(const struct record *r)
{
    json_t *entry = json_pack("{s:s, s:s, s:I, s:s}", "name", r->name, "type", r->type, "ttl", (json_int_t)r->ttl,
                              "data", r->data);
    if (r->cut)
        json_object_set_new(entry, "cut", json_true());
    return entry;
}

void record_report(const struct packet *p, json_t *detail)
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
    json_t *list = json_array();
    for (size_t i = 0; i < record_count(p, RECORD_ANSWER) && i < RECORD_REPORT_MAX; i++) {
        struct record record;
        record_get(p, RECORD_ANSWER, i, &record);
        json_array_append_new(list, record_json(&record));
    }
    json_object_set_new(detail, "answers", list);
}
