/* What an operator would want to know of, or repair: each finding has the tag
 * and the severity that Zonemaster gives it (zonemaster.net, its test cases),
 * the servers that it concerns, and the values found.
 *
 * A file of findings is a test case: its kinds, and one function that judges
 * the facts. meson.build lists them all; a new one is a file and its name there. */
#pragma once

#include <jansson.h>

#include "agent/check/delegation/facts.h"

/* Zonemaster's severities, the gravest last. */
enum level { LEVEL_INFO, LEVEL_NOTICE, LEVEL_WARNING, LEVEL_ERROR, LEVEL_CRITICAL, LEVEL_COUNT };

struct finding_kind {
    const char *tag;
    enum level level;
    const char *problem; /* its word in detail.problems; NULL: has none */
    const char *text;    /* what was found, to people (N_) */
    const char *cure;    /* what to do, to people (N_) */
};

/* Names are the zone's to choose, a thousand octets each in presentation form,
 * and a result's line has an end (RESULT_LINE_MAX): past so many octets there
 * are no more findings. Thirty servers with all that can be wrong are 30 kB. */
#define FINDINGS_BYTES_MAX (64u << 10)

struct findings {
    json_t *list; /* an array, owned */
    size_t bytes; /* about, as text */
};

struct finding_case {
    const struct finding_kind *kinds;
    size_t count;
    void (*judge)(const struct facts *facts, struct findings *findings);
};

/* The same tag with the same values is one finding, of one more server. server:
 * NULL for one that concerns the whole zone. values: an object, taken over;
 * NULL for none. */
void finding_add(struct findings *findings, const char *tag, const char *server, json_t *values);
/* Of a server at this place. */
void finding_at(struct findings *findings, const char *tag, const struct place *place, json_t *values);

/* NULL for a tag that is none of ours. */
const struct finding_kind *finding_kind(const char *tag);
const char *finding_level(enum level level); /* "ERROR"… */

/* All that the facts show: an array, the caller's, the gravest first, each
 * {"tag", "level", "servers": ["NAME/ADDRESS"…], "values": {…}}. */
json_t *findings_judge(const struct facts *facts);
/* The words of their kinds, each once: an array, the caller's. */
json_t *findings_problems(const json_t *findings);
