/* Do all servers have the same SOA record? Equal serials alone do not say so: a
 * copy that somebody edited keeps its serial. Zonemaster's CONSISTENCY01,
 * CONSISTENCY02, CONSISTENCY03, CONSISTENCY06 and ZONE10. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

static const struct finding_kind kinds[] = {
    {"MULTIPLE_SOA_SERIALS", LEVEL_WARNING, "serials_differ", N_("the servers have different serials of the zone"),
     N_("see that transfers (NOTIFY, AXFR) reach every server")},
    {"MULTIPLE_SOA_RNAMES", LEVEL_NOTICE, NULL, N_("the servers name different people in charge (RNAME)"),
     N_("serve one copy of the zone everywhere: raise the serial and transfer it again")},
    {"MULTIPLE_SOA_TIME_PARAMETER_SET", LEVEL_NOTICE, NULL, N_("the servers have different timers in the SOA record"),
     N_("serve one copy of the zone everywhere: raise the serial and transfer it again")},
    {"MULTIPLE_SOA_MNAMES", LEVEL_NOTICE, NULL, N_("the servers name different first servers (MNAME)"),
     N_("serve one copy of the zone everywhere: raise the serial and transfer it again")},
    {"MULTIPLE_SOA", LEVEL_ERROR, NULL, N_("answers with more than one SOA record"),
     N_("leave one SOA record in the zone")},
};

static json_t *serial(const struct soa *soa)
{
    return json_pack("{s:I}", "serial", (json_int_t)soa->serial);
}

static json_t *rname(const struct soa *soa)
{
    return json_pack("{s:s}", "rname", soa->rname);
}

static json_t *timers(const struct soa *soa)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "refresh", (json_int_t)soa->refresh_s, "retry", (json_int_t)soa->retry_s,
                     "expire", (json_int_t)soa->expire_s, "minimum", (json_int_t)soa->minimum_s);
}

static json_t *mname(const struct soa *soa)
{
    return json_pack("{s:s}", "mname", soa->mname);
}

/* One finding for each value that some servers have, where there are several. */
static void compare(const struct facts *facts, struct findings *findings, const char *tag,
                    json_t *(*value)(const struct soa *))
{
    json_t *first = NULL;
    bool differ = false;
    for (size_t i = 0; i < facts->place_count; i++) {
        if (!facts->places[i].udp)
            continue;
        json_t *own = value(&facts->places[i].soa);
        differ |= first && !json_equal(first, own);
        json_decref(first);
        first = own;
    }
    json_decref(first);
    for (size_t i = 0; differ && i < facts->place_count; i++)
        if (facts->places[i].udp)
            finding_at(findings, tag, &facts->places[i], value(&facts->places[i].soa));
}

static void judge(const struct facts *facts, struct findings *findings)
{
    compare(facts, findings, "MULTIPLE_SOA_SERIALS", serial);
    compare(facts, findings, "MULTIPLE_SOA_RNAMES", rname);
    compare(facts, findings, "MULTIPLE_SOA_TIME_PARAMETER_SET", timers);
    compare(facts, findings, "MULTIPLE_SOA_MNAMES", mname);
    for (size_t i = 0; i < facts->place_count; i++)
        if (facts->places[i].soa_records > 1)
            finding_at(findings, "MULTIPLE_SOA", &facts->places[i],
                       json_pack("{s:i}", "count", (int)facts->places[i].soa_records));
}

const struct finding_case finding_soa_same = {kinds, COUNT(kinds), judge};
