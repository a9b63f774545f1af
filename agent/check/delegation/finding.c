#include "agent/check/delegation/finding.h"

#include <string.h>

#include "agent/check/every_finding.h" /* meson.build lists them */

#define DECLARE(name) extern const struct finding_case finding_##name;
EVERY_FINDING(DECLARE)

#define ENTRY(name) &finding_##name,
static const struct finding_case *const cases[] = {EVERY_FINDING(ENTRY)};

const struct finding_kind *finding_kind(const char *tag)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t k = 0; k < cases[i]->count; k++)
            if (strcmp(cases[i]->kinds[k].tag, tag) == 0)
                return &cases[i]->kinds[k];
    return NULL;
}

const char *finding_level(enum level level)
{
    static const char *const words[LEVEL_COUNT] = {"INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"};
    return words[level];
}

static json_t *find(const struct findings *findings, const char *tag, const json_t *values)
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings->list, i, finding)
    {
        if (strcmp(json_string_value(json_object_get(finding, "tag")), tag) == 0 &&
            json_equal(json_object_get(finding, "values"), values))
            return finding;
    }
    return NULL;
}

void finding_add(struct findings *findings, const char *tag, const char *server, json_t *values)
{
    const struct finding_kind *kind = finding_kind(tag);
    if (!values)
        values = json_object();
    json_t *finding = find(findings, tag, values);
    size_t bytes = (server ? strlen(server) : 0) + (finding ? 0 : strlen(tag) + json_dumpb(values, NULL, 0, 0));
    if (findings->bytes + bytes > FINDINGS_BYTES_MAX) {
        json_decref(values);
        return;
    }
    findings->bytes += bytes;
    if (!finding) {
        finding = json_pack("{s:s, s:s, s:[], s:O}", "tag", tag, "level", finding_level(kind->level), "servers",
                            "values", values);
        json_array_append_new(findings->list, finding);
    }
    json_decref(values);
    json_t *servers = json_object_get(finding, "servers");
    for (size_t i = 0; server && i < json_array_size(servers); i++)
        if (strcmp(json_string_value(json_array_get(servers, i)), server) == 0)
            return;
    if (server)
        json_array_append_new(servers, json_string(server));
}

void finding_at(struct findings *findings, const char *tag, const struct place *place, json_t *values)
{
    char label[FACTS_LABEL_SIZE];
    finding_add(findings, tag, facts_label(place->name, &place->addr, label), values);
}

json_t *findings_judge(const struct facts *facts)
{
    struct findings found = {.list = json_array()};
    json_t *sorted = json_array();
    for (size_t i = 0; i < COUNT(cases); i++)
        cases[i]->judge(facts, &found);
    for (int level = LEVEL_CRITICAL; level >= LEVEL_INFO; level--) {
        size_t i;
        json_t *finding;
        json_array_foreach(found.list, i, finding)
        {
            if (strcmp(json_string_value(json_object_get(finding, "level")), finding_level((enum level)level)) == 0)
                json_array_append(sorted, finding);
        }
    }
    json_decref(found.list);
    return sorted;
}

json_t *findings_problems(const json_t *findings)
{
    json_t *problems = json_array();
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *tag = json_object_get(json_array_get(findings, i), "tag");
        const char *word = finding_kind(json_string_value(tag))->problem;
        bool fresh = word != NULL;
        for (size_t k = 0; fresh && k < json_array_size(problems); k++)
            fresh = strcmp(json_string_value(json_array_get(problems, k)), word) != 0;
        if (fresh)
            json_array_append_new(problems, json_string(word));
    }
    return problems;
}
