#include "collector/http/seen.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "common/form.h"

#define SEPARATORS ", \t"

/* As one of IPv6, that of IPv4 in its clothes (RFC 4291 section 2.5.5.2): a socket
 * that takes both families tells it so. */
static bool read_address(const char *text, size_t len, unsigned char ret[static 16])
{
    static const unsigned char clothes[12] = {[10] = 0xff, [11] = 0xff};
    char copy[INET6_ADDRSTRLEN];
    if (len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", (int)len, text);
    memcpy(ret, clothes, sizeof clothes);
    return strchr(copy, ':') ? inet_pton(AF_INET6, copy, ret) == 1
                             : inet_pton(AF_INET, copy, ret + sizeof clothes) == 1;
}

/* Is the word of `len` octets an address of the list? One has many spellings,
 * and who wrote the list chose one. */
static bool is_listed(const char *list, const char *word, size_t len)
{
    unsigned char wanted[16], listed[16];
    size_t n;
    if (!list || !read_address(word, len, wanted))
        return false;
    for (const char *at = list; (n = form_next_word(&at)) > 0;)
        if (read_address(at - n, n, listed) && !memcmp(listed, wanted, sizeof wanted))
            return true;
    return false;
}

/* Each proxy appends the address it was called from: what stands before the
 * last address that is not ours was written by a stranger. */
static void forwarded(const char *header, const char *proxies, char *ret, size_t size)
{
    size_t end = strlen(header);
    while (end > 0) {
        size_t start = end;
        while (end > 0 && strchr(SEPARATORS, header[end - 1]))
            end--;
        for (start = end; start > 0 && !strchr(SEPARATORS, header[start - 1]);)
            start--;
        if (end > start && !is_listed(proxies, header + start, end - start)) {
            snprintf(ret, size, "%.*s", (int)(end - start), header + start);
            return;
        }
        end = start;
    }
}

const char *seen_prefix(const struct http_request *request, char ret_text[static PREFIX_TEXT_SIZE])
{
    const char *proxies = http_proxies(request), *header = http_header(request, "X-Forwarded-For");
    char address[INET6_ADDRSTRLEN];
    snprintf(address, sizeof address, "%s", http_peer(request));
    if (header && is_listed(proxies, address, strlen(address)))
        forwarded(header, proxies, address, sizeof address);
    if (!prefix_cut(address, ret_text))
        strcpy(ret_text, "?");
    return ret_text;
}
