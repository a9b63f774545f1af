/* Zones that are signed here, and a resolver that gives what a test put into it.
 * Signatures are valid around SIGNED_NOW. */
#pragma once

#include "agent/dns/packet_ldns.h"
#include "agent/dns/rrset.h"
#include "agent/dns/trust.h"
#include "agent/dns/walk.h"
#include "tests/unit/check.h"

#define SIGNED_NOW  1795260000 /* 21 November 2026 */
#define ANSWERS_MAX 24

struct key {
    ldns_key *key;
    ldns_key_list *list; /* of this one, which it owns */
    ldns_rr *rr;         /* DNSKEY */
};

struct world {
    struct {
        char *name, *type;
        ldns_pkt *pkt;
    } answers[ANSWERS_MAX];
    size_t count;
};

static inline struct key key_made(const char *zone, ldns_signing_algorithm algorithm)
{
    struct key k = {.key = ldns_key_new_frm_algorithm(algorithm, algorithm == LDNS_SIGN_RSASHA256 ? 1024 : 256)};
    assert_non_null(k.key);
    ldns_key_set_pubkey_owner(k.key, ldns_dname_new_frm_str(zone));
    ldns_key_set_flags(k.key, 257);
    ldns_key_set_origttl(k.key, 300);
    ldns_key_set_inception(k.key, SIGNED_NOW - 86400);
    ldns_key_set_expiration(k.key, SIGNED_NOW + 86400);
    k.rr = ldns_key2rr(k.key);
    ldns_rr_set_ttl(k.rr, 300);
    ldns_key_set_keytag(k.key, ldns_calc_keytag(k.rr));
    k.list = ldns_key_list_new();
    ldns_key_list_push_key(k.list, k.key);
    return k;
}

static inline void key_free(struct key *k)
{
    ldns_key_list_free(k->list);
    ldns_rr_free(k->rr);
}

/* A DS record as text, one line; the caller frees. */
static inline char *ds_text(const struct key *k, ldns_hash hash)
{
    ldns_rr *ds = ldns_key_rr2ds(k->rr, hash);
    char *text = ldns_rr2str(ds);
    ldns_rr_free(ds);
    return text;
}

static inline ldns_rr_list *records_read(const char *text)
{
    ldns_rr_list *list = ldns_rr_list_new();
    while (text && *text) {
        size_t len = strcspn(text, "\n");
        char *line = strndup(text, len);
        ldns_rr *rr = NULL;
        text += len + (text[len] == '\n');
        if (ldns_rr_new_frm_str(&rr, line, 300, NULL, NULL) != LDNS_STATUS_OK)
            fail_msg("no record: %s", line);
        ldns_rr_list_push_rr(list, rr);
        free(line);
    }
    return list;
}

static inline bool one_set(const ldns_rr *a, const ldns_rr *b)
{
    return ldns_rr_get_type(a) == ldns_rr_get_type(b) && rrset_same_name(ldns_rr_owner(a), ldns_rr_owner(b));
}

/* Adds a signature over each set in the list. */
static inline void records_sign(ldns_rr_list *list, const struct key *k)
{
    size_t count = ldns_rr_list_rr_count(list);
    for (size_t i = 0; i < count; i++) {
        ldns_rr_list *set = ldns_rr_list_new();
        bool first = true;
        for (size_t j = 0; j < count; j++) {
            if (!one_set(ldns_rr_list_rr(list, j), ldns_rr_list_rr(list, i)))
                continue;
            first &= j >= i;
            ldns_rr_list_push_rr(set, ldns_rr_list_rr(list, j));
        }
        ldns_rr_list *sigs = first ? ldns_sign_public(set, k->list) : NULL;
        if (sigs)
            ldns_rr_list_push_rr_list(list, sigs);
        ldns_rr_list_free(sigs);
        ldns_rr_list_free(set);
    }
}

/* What a wildcard answers with: its own records and signatures, under the name. */
static inline void records_expand(ldns_rr_list *list, const char *wildcard, const char *name)
{
    ldns_rdf *from = ldns_dname_new_frm_str(wildcard);
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        ldns_rr *rr = ldns_rr_list_rr(list, i);
        if (!rrset_same_name(ldns_rr_owner(rr), from))
            continue;
        ldns_rdf_deep_free(ldns_rr_owner(rr));
        ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name));
    }
    ldns_rdf_deep_free(from);
}

/* The answer to a question; the lists are the world's from now on. */
static inline ldns_pkt *world_put(struct world *w, const char *name, const char *type, int rcode, ldns_rr_list *answer,
                                  ldns_rr_list *authority)
{
    assert_true(w->count < ANSWERS_MAX);
    ldns_pkt *pkt = ldns_pkt_new();
    ldns_pkt_set_rcode(pkt, (uint8_t)rcode);
    ldns_pkt_push_rr_list(pkt, LDNS_SECTION_ANSWER, answer);
    ldns_pkt_push_rr_list(pkt, LDNS_SECTION_AUTHORITY, authority);
    ldns_rr_list_free(answer);
    ldns_rr_list_free(authority);
    w->answers[w->count].name = strdup(name);
    w->answers[w->count].type = strdup(type);
    w->answers[w->count++].pkt = pkt;
    return pkt;
}

/* The same with both sections written as text and signed by one key (NULL: by
 * nobody); `wildcard` stands under the name when it is not NULL. */
static inline void world_say(struct world *w, const struct key *k, const char *name, const char *type, int rcode,
                             const char *answer, const char *authority, const char *wildcard)
{
    ldns_rr_list *first = records_read(answer), *second = records_read(authority);
    if (k) {
        records_sign(first, k);
        records_sign(second, k);
    }
    if (wildcard)
        records_expand(first, wildcard, name);
    world_put(w, name, type, rcode, first, second);
}

/* A zone's keys: this one, signed by itself. */
static inline void world_keys(struct world *w, const struct key *k, const char *zone)
{
    ldns_rr_list *keys = ldns_rr_list_new();
    ldns_rr_list_push_rr(keys, ldns_rr_clone(k->rr));
    records_sign(keys, k);
    world_put(w, zone, "DNSKEY", 0, keys, ldns_rr_list_new());
}

static inline void world_free(struct world *w)
{
    for (size_t i = 0; i < w->count; i++) {
        free(w->answers[i].name);
        free(w->answers[i].type);
        ldns_pkt_free(w->answers[i].pkt);
    }
    w->count = 0;
}

/* From the anchor to the verdict; a question that the world does not know fails
 * the test. ret_slices: of the answer that took most; may be NULL. The caller
 * frees the trust. */
static inline struct trust *world_walk(const struct world *w, const char *anchor, const char *name, const char *type,
                                       unsigned *ret_slices)
{
    struct trust *t = NULL;
    struct fault f = {0};
    const char *asked, *word;
    unsigned most = 0, slices;
    if (trust_new(anchor, name, type, SIGNED_NOW, &t, &f) < 0)
        fail_msg("%s", f.text);
    while (true) {
        for (slices = 1; trust_work(t); slices++)
            assert_true(slices < 1000);
        most = slices > most ? slices : most;
        if (!trust_next(t, &asked, &word))
            break;
        size_t i = 0;
        while (i < w->count && (strcmp(w->answers[i].name, asked) != 0 || strcmp(w->answers[i].type, word) != 0))
            i++;
        if (i == w->count)
            fail_msg("asked for %s %s", asked, word);
        struct packet packet = {w->answers[i].pkt};
        trust_answer(t, &packet, NULL);
    }
    if (ret_slices)
        *ret_slices = most;
    return t;
}

/* An NSEC3 record: the name's own (`over` false), or one that covers just it. */
static inline void nsec3_add(char *text, size_t size, const char *zone, const char *name, bool over, int flags,
                             int iterations, const char *types)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    ldns_rdf *dname = ldns_dname_new_frm_str(name);
    ldns_rdf *rdf = ldns_nsec3_hash_name(dname, 1, (uint16_t)iterations, 0, NULL);
    char *hash = ldns_rdf2str(rdf), owner[33], next[33];
    snprintf(owner, sizeof owner, "%.32s", hash);
    snprintf(next, sizeof next, "%.32s", hash);
    for (int i = 31; i >= 0; i--) { /* one more */
        size_t digit = (size_t)(strchr(digits, next[i]) - digits);
        next[i] = digits[(digit + 1) % 32];
        if (digit < 31)
            break;
    }
    for (int i = 31; i >= 0 && over; i--) { /* one less */
        size_t digit = (size_t)(strchr(digits, owner[i]) - digits);
        owner[i] = digits[(digit + 31) % 32];
        if (digit > 0)
            break;
    }
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s.%s 300 IN NSEC3 1 %d %d - %s %s\n", owner, zone, flags, iterations, next,
             types);
    free(hash);
    ldns_rdf_deep_free(rdf);
    ldns_rdf_deep_free(dname);
}
