/* Every size that a peer controls, with its reason. */
#pragma once

#include <stdint.h>

/* A sealed batch spans at most 15 minutes; 10 000 results is twenty times what
 * the standard schedule makes in that time. */
#define BATCH_RESULTS_MAX 10000
/* Uncompressed: 10 000 results of 400 bytes, or fewer with bulky detail. */
#define BATCH_BYTES_MAX (8u << 20)
/* As sent. NDJSON of results compresses 5 to 20 times; 2 MiB also fits a
 * request through a mobile line within a minute. */
#define BATCH_WIRE_MAX (2u << 20)
/* One result line: a traceroute of 32 hops x 16 flows is 40 kB; a DNS answer
 * over TCP is 88 kB in base64. */
#define RESULT_LINE_MAX (256u << 10)
/* Nesting of a batch line: a traceroute's detail needs 7. */
#define JSON_DEPTH_MAX 32
/* Names: long enough for a URL, short enough for an index. */
#define NAME_MAX_TASK   64
#define NAME_MAX_CHECK  32
#define NAME_MAX_TARGET 255
/* A boot's clock, in microseconds: a century. No box has been on for longer,
 * and whatever is added to a time of four digits' years stays a number. */
#define MONO_US_MAX INT64_C(3155760000000000)
/* Metrics a check can declare: presence is a 64-bit mask. */
#define METRICS_MAX 64
/* A member of a path, "/fr/operateur/{id}": a name as people write it, twice over in UTF-8. */
#define PATH_MEMBER_MAX 128
/* A schedule or an acknowledgement as fetched by the agent. */
#define STATEMENT_BYTES_MAX (1u << 20)
/* An enrolment request. */
#define ENROL_BYTES_MAX (16u << 10)
/* A configuration file, and one line of it: inih reads 199 bytes at a time. */
#define CONF_BYTES_MAX (256u << 10)
#define CONF_LINE_MAX  197
/* All headers of one HTTP answer: servers themselves take no more in a request. */
#define HTTP_HEADERS_MAX (64u << 10)
/* What a command asks the running agent, and its answer: an enrolment's texts
 * are 1 kB, in JSON at worst six times that. */
#define CONTROL_BYTES_MAX (16u << 10)
/* Commands that speak with the running agent at once: a person has one or two. */
#define CONTROL_CALLS_MAX 8
