/* Names of hosts: letters, digits and hyphens, no hyphen at an end of a label
 * (RFC 952, RFC 1123 section 2.1), and no top of digits alone, which reads as an
 * address. Zonemaster's SYNTAX02, SYNTAX04, SYNTAX05 and SYNTAX07. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"NAMESERVER_NON_ALLOWED_CHARS", LEVEL_ERROR, NULL, N_("a server's name is no host name"),
     N_("rename the server: letters, digits and hyphens alone (RFC 1123)")},
    {"NAMESERVER_NUMERIC_TLD", LEVEL_ERROR, NULL, N_("a server's name ends in digits alone"),
     N_("write the server's name, not its address, into the NS record")},
    {"MNAME_NON_ALLOWED_CHARS", LEVEL_WARNING, NULL, N_("MNAME of the SOA record is no host name"),
     N_("write the first server's name there: letters, digits and hyphens alone")},
    {"RNAME_MISUSED_AT_SIGN", LEVEL_WARNING, NULL, N_("RNAME of the SOA record is written with an @"),
     N_("write a dot for the @: hostmaster.example.bj stands for hostmaster@example.bj")},
};

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

static bool is_host_name(const char *name)
{
    for (const char *label = name; *label;) {
        size_t len = strcspn(label, ".");
        if (len == 0 || strspn(label, LETTERS DIGITS "-") < len || label[0] == '-' || label[len - 1] == '-')
            return false;
        label += len + (label[len] == '.');
    }
    return name[0];
}

static bool is_numeric_at_top(const char *name)
{
    size_t len = strlen(name), end = len > 0 && name[len - 1] == '.' ? len - 1 : len, start = end;
    while (start > 0 && name[start - 1] != '.')
        start--;
    return end > start && strspn(name + start, DIGITS) == end - start;
}

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; facts->servers && i < facts->servers->count; i++) {
        const char *name = facts->servers->servers[i].name;
        if (!is_host_name(name))
            finding_add(findings, "NAMESERVER_NON_ALLOWED_CHARS", name, NULL);
        else if (is_numeric_at_top(name))
            finding_add(findings, "NAMESERVER_NUMERIC_TLD", name, NULL);
    }
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        /* "." says that there is none: mname.c's. */
        if (p->udp && strcmp(p->soa.mname, ".") != 0 && !is_host_name(p->soa.mname))
            finding_at(findings, "MNAME_NON_ALLOWED_CHARS", p, json_pack("{s:s}", "mname", p->soa.mname));
        if (p->udp && strchr(p->soa.rname, '@'))
            finding_at(findings, "RNAME_MISUSED_AT_SIGN", p, json_pack("{s:s}", "rname", p->soa.rname));
    }
}

const struct finding_case finding_host_name = {kinds, COUNT(kinds), judge};
