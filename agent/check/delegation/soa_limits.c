/* Are the SOA record's numbers within what works? The limits are Zonemaster's,
 * from RFC 1912 section 2.2, RFC 2308 section 5 and RIPE-203: its ZONE02 to
 * ZONE06. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#define REFRESH_MIN_S 14400
#define RETRY_MIN_S   3600
#define EXPIRE_MIN_S  604800
#define MINIMUM_MIN_S 300
#define MINIMUM_MAX_S 86400

static const struct finding_kind kinds[] = {
    {"REFRESH_MINIMUM_VALUE_LOWER", LEVEL_NOTICE, NULL, N_("REFRESH of the SOA record is short"),
     N_("raise it to 4 hours (14400); NOTIFY carries changes sooner")},
    {"REFRESH_LOWER_THAN_RETRY", LEVEL_INFO, NULL, N_("RETRY of the SOA record is not below REFRESH"),
     N_("lower RETRY, to a half of REFRESH or less")},
    {"RETRY_MINIMUM_VALUE_LOWER", LEVEL_NOTICE, NULL, N_("RETRY of the SOA record is short"),
     N_("raise it to an hour (3600)")},
    {"EXPIRE_MINIMUM_VALUE_LOWER", LEVEL_WARNING, NULL, N_("EXPIRE of the SOA record is short"),
     N_("raise it to 7 days (604800) or more: that long the zone outlives its first server")},
    {"EXPIRE_LOWER_THAN_REFRESH", LEVEL_WARNING, NULL, N_("EXPIRE of the SOA record is below REFRESH"),
     N_("raise EXPIRE above REFRESH")},
    {"SOA_DEFAULT_TTL_MAXIMUM_VALUE_HIGHER", LEVEL_NOTICE, NULL, N_("MINIMUM of the SOA record is long"),
     N_("lower it to a day (86400) or less: that long the absence of a name is remembered")},
    {"SOA_DEFAULT_TTL_MAXIMUM_VALUE_LOWER", LEVEL_NOTICE, NULL, N_("MINIMUM of the SOA record is short"),
     N_("raise it to 5 minutes (300) or more")},
};

static json_t *values(const char *name, uint32_t value, const char *limit, uint32_t other)
{
    return json_pack("{s:I, s:I}", name, (json_int_t)value, limit, (json_int_t)other);
}

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        const struct soa *soa = &p->soa;
        if (!p->udp)
            continue;
        if (soa->refresh_s < REFRESH_MIN_S)
            finding_at(findings, "REFRESH_MINIMUM_VALUE_LOWER", p,
                       values("refresh", soa->refresh_s, "required", REFRESH_MIN_S));
        if (soa->retry_s >= soa->refresh_s)
            finding_at(findings, "REFRESH_LOWER_THAN_RETRY", p,
                       values("retry", soa->retry_s, "refresh", soa->refresh_s));
        if (soa->retry_s < RETRY_MIN_S)
            finding_at(findings, "RETRY_MINIMUM_VALUE_LOWER", p,
                       values("retry", soa->retry_s, "required", RETRY_MIN_S));
        if (soa->expire_s < EXPIRE_MIN_S)
            finding_at(findings, "EXPIRE_MINIMUM_VALUE_LOWER", p,
                       values("expire", soa->expire_s, "required", EXPIRE_MIN_S));
        if (soa->expire_s < soa->refresh_s)
            finding_at(findings, "EXPIRE_LOWER_THAN_REFRESH", p,
                       values("expire", soa->expire_s, "refresh", soa->refresh_s));
        if (soa->minimum_s > MINIMUM_MAX_S)
            finding_at(findings, "SOA_DEFAULT_TTL_MAXIMUM_VALUE_HIGHER", p,
                       values("minimum", soa->minimum_s, "highest", MINIMUM_MAX_S));
        if (soa->minimum_s < MINIMUM_MIN_S)
            finding_at(findings, "SOA_DEFAULT_TTL_MAXIMUM_VALUE_LOWER", p,
                       values("minimum", soa->minimum_s, "lowest", MINIMUM_MIN_S));
    }
}

const struct finding_case finding_soa_limits = {kinds, COUNT(kinds), judge};
