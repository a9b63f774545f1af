#include "collector/ledger/edns.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <strings.h>

#include "collector/db/schema.h"
#include "common/json.h"

#define FIELDS    7
#define DEPTH_MAX 32
/* Lengths, 8 + 4 + 4 + 4 + 2 octets of numbers, an IPv6 address, a boolean. */
#define ROW_MAX (2 + FIELDS * 4 + 22 + 20 + 1)
#define DAY_US  INT64_C(86400000000)

/* As agent/check/edns.c names them. */
static const char *const tests[] = {"dns",      "edns", "edns1",     "edns@512", "ednsopt",
                                    "edns1opt", "do",   "ednsflags", "optlist",  "edns512tcp"};

/* ---- which zones ---- */

static json_t *packs; /* of the program; never freed */
static pthread_once_t packs_once = PTHREAD_ONCE_INIT;

static void read_packs(void)
{
    packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
}

/* With the root's dot or without it. */
static bool is_national(const char *name, size_t len)
{
    const char *country;
    json_t *pack;
    pthread_once(&packs_once, read_packs);
    len -= len > 0 && name[len - 1] == '.';
    json_object_foreach(packs, country, pack)
    {
        const char *cctld = json_string_value(json_object_get(pack, "cctld"));
        if (cctld && strlen(cctld) == len && !strncasecmp(cctld, name, len))
            return true;
    }
    return false;
}

/* ---- rows ---- */

enum word { SILENT, FAILS, PASSES };

static enum word word_of(const json_t *server)
{
    size_t made = 0, passed = 0;
    for (size_t t = 0; t < COUNT(tests); t++) {
        const char *verdict = json_string_value(json_object_get(server, tests[t]));
        made += verdict != NULL;
        passed += verdict && !strcmp(verdict, "ok");
    }
    return made <= 1 ? SILENT : passed == COUNT(tests) ? PASSES : FAILS;
}

static bool is_address(const char *text)
{
    unsigned char octets[16];
    return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

void edns_rows(const struct result_line *line, const struct delegation_place *place, struct copy_rows *out)
{
    _cleanup_json_ json_t *detail = NULL;
    if (!is_national(line->target.at, line->target.len) || line->detail.len == 0 ||
        json_read(line->detail.at, line->detail.len, line->detail.len, DEPTH_MAX, &detail, NULL) < 0)
        return;
    const json_t *servers = json_object_get(detail, "servers");
    for (size_t i = 0; i < json_array_size(servers) && i < DELEGATION_SERVERS_MAX; i++) {
        const json_t *server = json_array_get(servers, i);
        const char *addr;
        if (json_get_text(server, "addr", INET6_ADDRSTRLEN, &addr, NULL) < 0 || !is_address(addr))
            continue;
        enum word word = word_of(server);
        char *to = copy_row_begin(out, ROW_MAX, FIELDS);
        to = copy_int8(to, 0);
        to = copy_int4(to, (int32_t)(place->at_us / DAY_US) - PG_EPOCH_DAY);
        to = copy_int4(to, place->probe_no);
        to = copy_int4(to, place->target_no);
        to = copy_int2(to, place->ordinal);
        to = copy_inet(to, addr, strlen(addr));
        to = word == SILENT ? copy_null(to) : copy_bytes(to, word == PASSES ? "\1" : "\0", 1);
        copy_row_end(out, to);
    }
}
