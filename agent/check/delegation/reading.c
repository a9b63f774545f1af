#include "agent/check/delegation/reading.h"

#include <stdio.h>
#include <string.h>

/* "ok", or why it is no answer; "" when the question was one too many (INQUIRY_MAX). */
static const char *word_of(const struct exchange_answer *answer)
{
    if (answer->closed)
        return "eof";
    if (answer->outcome == OUTCOME_SKIPPED)
        return "";
    if (answer->outcome != OUTCOME_OK)
        return outcome_word(answer->outcome);
    int rcode = packet_rcode(answer->packet);
    const char *word = packet_rcode_word(rcode);
    return rcode == PACKET_NOERROR ? "ok" : word ? word : "rcode";
}

/* The same, of a question about the zone. */
static const char *word_of_zone(const struct exchange_answer *answer)
{
    const char *word = word_of(answer);
    return strcmp(word, "ok") != 0 || packet_authoritative(answer->packet) ? word : "not_authoritative";
}

/* The same, of the zone's SOA record; how many there were. */
static const char *read_soa(const struct facts *f, const struct exchange_answer *answer, struct soa *ret,
                            size_t *ret_count)
{
    const char *word = word_of_zone(answer);
    struct record record;
    struct soa soa;
    *ret_count = 0;
    if (strcmp(word, "ok") != 0)
        return word;
    for (size_t at = 0; record_next(answer->packet, RECORD_ANSWER, "SOA", &at, &record);)
        if (strcmp(record.name, f->zone) == 0 && soa_read(&record, &soa) && (*ret_count)++ == 0)
            *ret = soa;
    return *ret_count > 0 ? word : "no_soa";
}

static void read_glue(struct facts *f, const struct packet *p)
{
    for (size_t i = 0; i < record_count(p, RECORD_ADDITIONAL) && f->glue_count < FACTS_GLUE_MAX; i++) {
        struct record record;
        struct glue *glue = &f->glue[f->glue_count];
        record_get(p, RECORD_ADDITIONAL, i, &record);
        if (!record_address(&record, &glue->addr))
            continue;
        snprintf(glue->name, sizeof glue->name, "%s", record.name);
        f->glue_count++;
    }
}

static void read_list(struct facts *f, struct place *p, const struct exchange_answer *answer)
{
    if (p->list || strcmp(p->words[ASKED_NS], "ok") != 0)
        return;
    p->list = alloc_zero(1, sizeof *p->list);
    roster_read(p->list, answer->packet, RECORD_ANSWER, f->zone);
    read_glue(f, answer->packet);
    p->size = answer->len;
}

static bool recurses(const struct exchange_answer *answer)
{
    if (answer->outcome != OUTCOME_OK)
        return false;
    int rcode = packet_rcode(answer->packet);
    if (packet_recursion_available(answer->packet))
        return rcode != PACKET_REFUSED;
    return rcode == PACKET_NXDOMAIN && !packet_authoritative(answer->packet);
}

static const char *read_ptr(struct place *p, const struct exchange_answer *answer)
{
    const char *word = word_of(answer);
    struct record record;
    if (strcmp(word, "NXDOMAIN") == 0)
        return "none";
    if (strcmp(word, "ok") != 0)
        return word;
    for (size_t at = 0; record_next(answer->packet, RECORD_ANSWER, "PTR", &at, &record);) {
        if (record.cut || strcmp(p->ptr, p->name) == 0)
            continue;
        zone_name(record.data, p->ptr);
    }
    return p->ptr[0] ? "ok" : "none";
}

void reading_place(struct facts *f, struct place *p, enum asked asked, const struct exchange_answer *answer)
{
    const char *word = "ok";
    struct soa soa;
    size_t count;
    switch (asked) {
    case ASKED_UDP:
        word = read_soa(f, answer, &p->soa, &p->soa_records);
        p->udp = strcmp(word, "ok") == 0;
        p->unsent = answer->unsent;
        break;
    case ASKED_TCP:
        word = read_soa(f, answer, &soa, &count);
        p->tcp = strcmp(word, "ok") == 0;
        break;
    case ASKED_NS:
        word = word_of_zone(answer);
        break;
    case ASKED_AAAA:
        word = word_of(answer);
        break;
    case ASKED_RECURSION:
        p->recursor = recurses(answer);
        break;
    case ASKED_TRANSFER:
        p->transfers = strcmp(word_of(answer), "ok") == 0 &&
                       record_count_type(answer->packet, RECORD_ANSWER, "SOA") > 0;
        break;
    case ASKED_PTR:
        word = read_ptr(p, answer);
        break;
    case ASKED_COUNT:
        break;
    }
    snprintf(p->words[asked], sizeof p->words[asked], "%s", word);
    if (asked == ASKED_NS)
        read_list(f, p, answer);
}

void reading_master(const struct facts *f, struct master *m, const struct exchange_answer *answer)
{
    struct soa soa = {0};
    size_t count;
    if (answer->unsent)
        return;
    snprintf(m->word, sizeof m->word, "%s", read_soa(f, answer, &soa, &count));
    m->serial = soa.serial;
}

bool reading_referral(struct facts *f, const struct exchange_answer *answer)
{
    if (answer->outcome != OUTCOME_OK)
        return false;
    /* A server of both zones answers from the child. */
    roster_read(&f->referral, answer->packet, RECORD_AUTHORITY, f->zone);
    roster_read(&f->referral, answer->packet, RECORD_ANSWER, f->zone);
    if (f->referral.count == 0)
        return false;
    read_glue(f, answer->packet);
    f->parent_glue = f->glue_count;
    return true;
}
