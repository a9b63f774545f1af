/* What the check `delegation` has found out of a zone: what its findings judge. */
#pragma once

#include "agent/dns/roster.h"
#include "agent/dns/soa.h"

#define FACTS_GLUE_MAX   (ZONE_SERVERS_MAX * 4)
#define FACTS_PLACES_MAX (ZONE_SERVERS_MAX * ZONE_ADDRESSES_MAX)

enum asked {
    ASKED_UDP,       /* the SOA over UDP; the others are asked once it has answered, TCP always */
    ASKED_TCP,       /* the SOA over TCP */
    ASKED_NS,        /* the zone's servers */
    ASKED_AAAA,      /* an IPv6 address of the zone's own name */
    ASKED_RECURSION, /* a name of somebody else's, recursion desired */
    ASKED_TRANSFER,  /* the whole zone; its first message is enough */
    ASKED_PTR,       /* of the resolver: the address's name */
    ASKED_COUNT,
};

struct glue {
    char name[RECORD_NAME_MAX];
    struct sockaddr_storage addr;
};

/* One address of a server, or of several that share it. */
struct place {
    char name[RECORD_NAME_MAX]; /* of the first server that has it */
    struct sockaddr_storage addr;
    char words[ASKED_COUNT][24]; /* "ok" or what was wrong; "" when not asked */
    bool unsent;                 /* no route from here */
    bool udp, tcp;               /* answers with authority */
    struct soa soa;              /* when udp */
    size_t soa_records;          /* in that answer; 0: none came */
    struct roster *list;         /* its NS records, owned; NULL: none came */
    size_t size;                 /* of the answer with them, octets */
    bool recursor, transfers;    /* answers for others; hands the zone out */
    char ptr[RECORD_NAME_MAX]; /* a name that its address has, "" when none is known; the server's own if among them */
};

/* An address of the server that the SOA record names as the first (MNAME). */
struct master {
    struct sockaddr_storage addr;
    char word[24]; /* "ok" or what was wrong with its answer, "" when it was not asked */
    uint32_t serial;
};

struct facts {
    char zone[RECORD_NAME_MAX], parent[RECORD_NAME_MAX];
    struct roster referral, own; /* the parent's list; the zone's as the resolver has it */
    bool no_referral;            /* the parent was asked, and knows none */
    struct glue glue[FACTS_GLUE_MAX];
    size_t glue_count, parent_glue; /* the parent's come first */
    const struct zone *servers;     /* with what the resolver knows of each; NULL until asked; borrowed */
    struct place *places;           /* owned, FACTS_PLACES_MAX */
    size_t place_count;
    char mname[RECORD_NAME_MAX]; /* "" until known */
    bool mname_absent;           /* it has no address */
    struct master masters[ZONE_ADDRESSES_MAX];
    size_t master_count;
};

void facts_init(struct facts *f, const char *zone);
void facts_free(struct facts *f); /* what it owns */

/* The place of this address; NULL when there is none. */
struct place *facts_place(const struct facts *f, const struct sockaddr_storage *addr);

/* How many hosts serve the zone, as far as addresses tell: names that share an
 * address are one host, so are the addresses of one name. version: 4, 6 or 0
 * for both. */
size_t facts_hosts(const struct facts *f, int version);

/* Networks that the addresses of one IP version lie in (address_same_network), and how many addresses. */
size_t facts_networks(const struct facts *f, int version, size_t *ret_addresses);

/* "NAME/ADDRESS", as findings name a server. */
#define FACTS_LABEL_SIZE (RECORD_NAME_MAX + 48)
const char *facts_label(const char *name, const struct sockaddr_storage *addr, char ret[static FACTS_LABEL_SIZE]);
