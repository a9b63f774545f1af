#include "agent/command/show.h"

#include <string.h>

#include "agent/check/delegation/finding.h"
#include "agent/io/hostname.h"
#include "common/lang.h"

static int decimals_of(const struct metric *m, bool whole)
{
    if (whole || m->kind != METRIC_VALUE || strcmp(m->unit, "bytes") == 0 || strcmp(m->unit, "hops") == 0)
        return 0;
    return strcmp(m->unit, "1/min") == 0 ? 0 : 2;
}

/* The registry's units that are words (schema/metrics.tsv). */
static const struct {
    const char *unit, *one;
} unit_words[] = {
    {N_("addresses"), N_("address")},  {N_("bytes"), N_("byte")},       {N_("days"), N_("day")},
    {N_("hops"), N_("hop")},           {N_("names"), N_("name")},       {N_("packets"), N_("packet")},
    {N_("prefixes"), N_("prefix")},    {N_("problems"), N_("problem")}, {N_("queries"), N_("query")},
    {N_("redirects"), N_("redirect")}, {N_("serials"), N_("serial")},   {N_("servers"), N_("server")},
    {N_("tests"), N_("test")},         {N_("zones"), N_("zone")},
};

static const char *unit_text(const char *unit, double value)
{
    bool one = lang_single(lang_current(), value);
    for (size_t i = 0; one && i < COUNT(unit_words); i++)
        if (strcmp(unit_words[i].unit, unit) == 0)
            return _(unit_words[i].one);
    return _(unit);
}

/* A word of detail stands beside its code: "rcode 3 NXDOMAIN". */
static void show_metric(const struct metric *m, bool whole, double value, const char *word, FILE *out)
{
    char number[NUMBER_TEXT_SIZE];
    const char *unit = m->unit;
    int decimals = decimals_of(m, whole);
    if (strcmp(unit, "bool") == 0) {
        fprintf(out, "  %-18s %s\n", m->name, value != 0 ? _("yes") : _("no"));
        return;
    }
    if (strcmp(unit, "ratio") == 0) {
        unit = "%";
        value *= 100;
        decimals = 1;
    } else if (strcmp(unit, "code") == 0) {
        snprintf(number, sizeof number, "%.0f", value);
        fprintf(out, "  %-18s %12s%s%s\n", m->name, number, word ? " " : "", word ? word : "");
        return;
    }
    lang_number(lang_current(), value, decimals, number);
    fprintf(out, "  %-18s %*s%s %s\n", m->name, show_pad(number, 12), "", number, unit_text(unit, value));
}

/* A probe of a hop in RIPE Atlas's shape: {"from","rtt"} or {"x":"*"}. */
static void show_hop(const json_t *hop, FILE *out)
{
    const char *last = "";
    const json_t *probes = json_object_get(hop, "result"), *probe;
    fprintf(out, "  %3lld ", (long long)json_integer_value(json_object_get(hop, "hop")));
    size_t i;
    json_array_foreach((json_t *)probes, i, probe)
    {
        char number[NUMBER_TEXT_SIZE];
        const char *from = json_string_value(json_object_get(probe, "from"));
        const json_t *rtt = json_object_get(probe, "rtt");
        if (!from) {
            fputs(" *", out);
            continue;
        }
        if (strcmp(from, last) != 0)
            fprintf(out, " %s", from);
        last = from;
        if (json_is_number(rtt))
            fprintf(out, "  %s ms", lang_number(lang_current(), json_number_value(rtt), 2, number));
    }
    fputc('\n', out);
}

/* An answer as a zone file writes it: every member's value in turn. */
static void show_answer(const json_t *answer, FILE *out)
{
    fputs("   ", out);
    if (json_is_string(answer))
        fprintf(out, " %s", json_string_value(answer));
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)answer, name, value)
    {
        size_t i;
        json_t *part;
        if (json_is_string(value))
            fprintf(out, " %s", json_string_value(value));
        else if (json_is_integer(value))
            fprintf(out, " %lld", (long long)json_integer_value(value));
        json_array_foreach(value, i, part)
        {
            if (json_is_string(part))
                fprintf(out, " %s", json_string_value(part));
        }
    }
    fputc('\n', out);
}

static const char *const doubts[] __attribute__((unused)) = {
    N_("clock_stepped"), N_("clock_zero"), N_("clock_frozen"), N_("clock_moved"), N_("clock_unsynced"), N_("clock_off"),
};

/* What the figures do not say of themselves. */
static void show_notes(const json_t *detail, FILE *out)
{
    const char *doubt = json_string_value(json_object_get(detail, "oneway_reason"));
    const char *address = json_string_value(json_object_get(detail, "reached_as"));
    json_int_t resent = json_integer_value(json_object_get(detail, "resent"));
    if (doubt)
        fprintf(out, _("  no delay each way: %s\n"), _(doubt));
    if (address)
        fprintf(out, _("  the target answered from another of its addresses: %s\n"), address);
    if (resent > 0)
        fprintf(out, _("  of what is lost, connected after another SYN: %lld\n"), (long long)resent);
}

/* Zonemaster's severities, as headings. */
static const char *level_text(const char *level)
{
    static const struct {
        const char *word, *text;
    } levels[] = {
        {"CRITICAL", N_("Critical")}, {"ERROR", N_("Errors")},         {"WARNING", N_("Warnings")},
        {"NOTICE", N_("Notices")},    {"INFO", N_("For information")},
    };
    for (size_t i = 0; i < COUNT(levels); i++)
        if (strcmp(levels[i].word, level) == 0)
            return _(levels[i].text);
    return level;
}

/* The values in brackets: "(retry 60, required 3600)". */
static void show_values(const json_t *values, FILE *out)
{
    const char *name, *between = " (";
    json_t *value;
    json_object_foreach((json_t *)values, name, value)
    {
        if (json_is_string(value))
            fprintf(out, "%s%s %s", between, name, json_string_value(value));
        else if (json_is_integer(value))
            fprintf(out, "%s%s %lld", between, name, (long long)json_integer_value(value));
        else
            continue;
        between = ", ";
    }
    if (between[0] == ',')
        fputc(')', out);
}

/* One finding: what, where, and what to do. */
static void show_finding(const json_t *finding, FILE *out)
{
    const char *tag = json_string_value(json_object_get(finding, "tag"));
    const struct finding_kind *kind = finding_kind(tag);
    const json_t *values = json_object_get(finding, "values"), *servers = json_object_get(finding, "servers");
    const json_t *names = json_object_get(values, "ns");
    fprintf(out, "    %s", kind ? _(kind->text) : tag);
    show_values(values, out);
    fprintf(out, "  [%s]\n", tag);
    for (size_t i = 0; i < json_array_size(servers); i++)
        fprintf(out, "      %s\n", json_string_value(json_array_get(servers, i)));
    for (size_t i = 0; i < json_array_size(names); i++)
        fprintf(out, "        %s\n", json_string_value(json_array_get(names, i)));
    if (kind)
        fprintf(out, "      → %s\n", _(kind->cure));
}

static void show_findings(const json_t *findings, FILE *out)
{
    const char *last = "";
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *level = json_string_value(json_object_get(finding, "level"));
        if (strcmp(level, last) != 0)
            fprintf(out, "  %s\n", level_text(level));
        last = level;
        show_finding(finding, out);
    }
}

void show_result(const struct result *r, FILE *out)
{
    char text[SHOW_BYTES_SIZE], name[NAME_MAX_TARGET + 1];
    size_t i;
    fprintf(out, "%s%s%s", r->set->check, *r->target ? " " : "", hostname_display(r->target, name, sizeof name));
    if (*r->addr && strcmp(r->addr, r->target) != 0)
        fprintf(out, " (%s)", r->addr);
    fprintf(out, _(": %s\n"), outcome_text(r->outcome));
    const char *reason = json_string_value(json_object_get(r->detail, "reason"));
    if (reason)
        fprintf(out, "  %s\n", reason);
    for (i = 0; i < r->set->count; i++)
        if (r->present >> i & 1)
            show_metric(&r->set->metrics[i], r->set->whole >> i & 1, r->metrics[i],
                        json_string_value(json_object_get(r->detail, r->set->metrics[i].name)), out);
    show_notes(r->detail, out);
    const json_t *hops = json_object_get(r->detail, "hops"), *answers = json_object_get(r->detail, "answers");
    for (i = 0; i < json_array_size(hops); i++)
        show_hop(json_array_get(hops, i), out);
    for (i = 0; i < json_array_size(answers); i++)
        show_answer(json_array_get(answers, i), out);
    show_findings(json_object_get(r->detail, "findings"), out);
    if (r->bytes > 0)
        fprintf(out, _("  %s on the line\n"), show_bytes(r->bytes, text));
}

int show_pad(const char *text, int width)
{
    for (const char *c = text; *c && width > 0; c++)
        width -= (*c & 0xc0) != 0x80;
    return width;
}

const char *show_bytes(int64_t bytes, char ret_text[static SHOW_BYTES_SIZE])
{
    static const char *const units[] = {N_("B"), N_("kB"), N_("MB"), N_("GB"), N_("TB")};
    char number[NUMBER_TEXT_SIZE];
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1000 && unit < COUNT(units) - 1) {
        value /= 1000;
        unit++;
    }
    snprintf(ret_text, SHOW_BYTES_SIZE, "%s %s", lang_number(lang_current(), value, unit ? 1 : 0, number),
             _(units[unit]));
    return ret_text;
}

const char *show_class(enum check_class class)
{
    static const char *const words[] = {
        [CLASS_LIGHT] = N_("light"), [CLASS_PATH] = N_("path"), [CLASS_HEAVY] = N_("heavy")};
    return _(words[class]);
}
