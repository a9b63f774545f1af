/* The target's name server: what it answers by UDP is bounded by what it was
 * asked. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include <netinet/in.h>

#include "collector/target/whoami.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct whoami *w;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = 1, .sin_addr.s_addr = 1};
    uint8_t out[WHOAMI_ANSWER_MAX];
    struct fault f;
    struct whoami_query q = {.bytes = bytes, .len = len, .from = (struct sockaddr *)&from, .now_s = 1795260000};
    if (!w && whoami_new("whoami.essai", &w, &f) < 0)
        abort();
    if (whoami_answer(w, &q, out) > len * WHOAMI_RATIO)
        abort();
    q.tcp = true;
    if (whoami_answer(w, &q, out) > WHOAMI_ANSWER_MAX)
        abort();
    return 0;
}
