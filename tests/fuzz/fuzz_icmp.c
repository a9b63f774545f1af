/* ICMP messages and what errors quote: a number that is read lies in the bytes. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/io/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct tag tag = {"cookies!"};
    uint32_t seq;
    uint16_t quoted;
    int skip = icmp_skip_ip4(bytes, len);
    if (skip >= 0 && (skip < 20 || (size_t)skip > len))
        abort();
    for (int af = 4; af <= 6; af += 2) {
        if (icmp_echo_read(af, bytes, len, -1, &tag, &seq) && len < ICMP_HEADER_SIZE + TAG_SIZE)
            abort();
        if (icmp_quote_read(af, bytes, len, -1, &quoted) && len < ICMP_HEADER_SIZE)
            abort();
    }
    if (tag_find(&tag, bytes, len, &seq) && !memmem(bytes, len, tag.cookie, TAG_COOKIE_SIZE))
        abort();
    return 0;
}
