#include "collector/ledger/delegation.h"

#include <arpa/inet.h>

#include "common/json.h"

#define FIELDS    7
#define DEPTH_MAX 32
/* A domain name in presentation form, each octet escaped. */
#define NAME_MAX_OCTETS 1024
/* Lengths, 8 + 8 + 4 + 4 + 2 octets of numbers, an IPv6 address. */
#define ROW_MAX (2 + FIELDS * 4 + 26 + 20)

static bool is_address(const char *text)
{
    unsigned char octets[16];
    return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

void delegation_rows(const struct result_line *line, const struct delegation_place *place, struct copy_rows *out)
{
    _cleanup_json_ json_t *detail = NULL;
    if (line->detail.len == 0 ||
        json_read(line->detail.at, line->detail.len, line->detail.len, DEPTH_MAX, &detail, NULL) < 0)
        return;
    const json_t *servers = json_object_get(detail, "servers");
    for (size_t i = 0; i < json_array_size(servers) && i < DELEGATION_SERVERS_MAX; i++) {
        const json_t *server = json_array_get(servers, i);
        const char *name, *addr;
        if (json_get_text(server, "name", NAME_MAX_OCTETS, &name, NULL) < 0 ||
            json_get_text(server, "addr", INET6_ADDRSTRLEN, &addr, NULL) < 0 || !is_address(addr))
            continue;
        char *to = copy_row_begin(out, ROW_MAX + strlen(name), FIELDS);
        to = copy_int8(to, 0);
        to = copy_int8(to, place->at_us - PG_EPOCH_US);
        to = copy_int4(to, place->probe_no);
        to = copy_int4(to, place->target_no);
        to = copy_int2(to, place->ordinal);
        to = copy_bytes(to, name, strlen(name));
        to = copy_inet(to, addr, strlen(addr));
        copy_row_end(out, to);
    }
}
