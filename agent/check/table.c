#include "agent/check/table.h"

#include <string.h>

/* Every check, sorted; the order in which `checks` lists them. */
#define EVERY_CHECK(X)                                                                                                 \
    X(delegation)                                                                                                      \
    X(dns)                                                                                                             \
    X(dnssec)                                                                                                          \
    X(edns)                                                                                                            \
    X(http)                                                                                                            \
    X(ping)                                                                                                            \
    X(resolver)                                                                                                        \
    X(stamp)                                                                                                           \
    X(tcp)                                                                                                             \
    X(throughput)                                                                                                      \
    X(tls)                                                                                                             \
    X(traceroute)

#define DECLARE(name) extern const struct check_ops check_##name;
EVERY_CHECK(DECLARE)

#define ENTRY(name) &check_##name,
const struct check_ops *const check_table[] = {EVERY_CHECK(ENTRY) NULL};

const struct check_ops *check_find(const char *name)
{
    for (size_t i = 0; check_table[i]; i++)
        if (!strcmp(check_table[i]->name, name))
            return check_table[i];
    return NULL;
}
