#include "agent/probe/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"
#include "common/log.h"

#define FILE_BYTES_MAX 4096

static size_t size_of(int family)
{
    return family == AF_INET ? 4 : 16;
}

static size_t prefix_size(int family)
{
    return family == AF_INET ? 3 : 6;
}

static bool is_loopback(int family, const void *address)
{
    static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
    return family == AF_INET ? *(const uint8_t *)address == 127 : memcmp(address, &loopback, sizeof loopback) == 0;
}

/* 2000::/3, what the Internet routes. */
static bool is_global6(const struct network_prefix *p)
{
    return p->family == AF_INET6 && (p->address.s6_addr[0] & 0xe0) == 0x20;
}

/* ---- what is known ---- */

bool network_is_own(const struct network *n, int family, const void *address)
{
    for (size_t i = 0; i < n->own_count; i++)
        if (n->own[i].family == family && memcmp(&n->own[i].address, address, size_of(family)) == 0)
            return true;
    return false;
}

bool network_tells(const struct network *n, int family, const void *address)
{
    if (network_is_own(n, family, address))
        return true;
    for (size_t i = 0; i < n->own_count; i++)
        if (family == AF_INET6 && is_global6(&n->own[i]) &&
            memcmp(&n->own[i].address, address, prefix_size(family)) == 0)
            return true;
    for (size_t i = 0; i < n->seen_count; i++)
        if (n->seen[i].family == family && memcmp(&n->seen[i].address, address, prefix_size(family)) == 0)
            return true;
    return false;
}

void network_add_own(struct network *n, int family, const void *address)
{
    if (n->own_count == NETWORK_OWN_MAX || is_loopback(family, address))
        return;
    struct network_prefix *own = &n->own[n->own_count++];
    *own = (struct network_prefix){.family = family};
    memcpy(&own->address, address, size_of(family));
}

/* ---- the interfaces ---- */

static void look_addresses(struct network *n)
{
    struct ifaddrs *list;
    if (getifaddrs(&list) < 0)
        return; /* what was known stays */
    n->own_count = 0;
    for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
        if (!i->ifa_addr || (i->ifa_flags & IFF_LOOPBACK))
            continue;
        if (i->ifa_addr->sa_family == AF_INET)
            network_add_own(n, AF_INET, &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr);
        else if (i->ifa_addr->sa_family == AF_INET6)
            network_add_own(n, AF_INET6, &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr);
    }
    freeifaddrs(list);
}

/* The interface of the default route with the lowest metric, "" when none;
 * the IPv4 table has the columns name, destination, gateway, flags, reference
 * count, use, metric; the IPv6 one is asked when there is no IPv4 at all. */
static void way_out(char ret_name[static IF_NAMESIZE])
{
    char line[256], name[IF_NAMESIZE];
    unsigned long destination, best = ~0ul, metric;
    ret_name[0] = '\0';
    FILE *file = fopen("/proc/net/route", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%15s %lx %*x %*x %*d %*d %lu", name, &destination, &metric) == 3 && destination == 0 &&
            metric < best) {
            best = metric;
            strcpy(ret_name, name);
        }
    }
    if (file)
        fclose(file);
    if (*ret_name || !(file = fopen("/proc/net/ipv6_route", "re")))
        return;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "00000000000000000000000000000000 00 %*x %*x %*x %lx %*x %*x %*x %15s", &metric, name) == 2 &&
            metric < best && strcmp(name, "lo") != 0) {
            best = metric;
            strcpy(ret_name, name);
        }
    }
    fclose(file);
}

/* What kind of link an interface is, from sysfs: its ARPHRD type, a folder
 * that only Wi-Fi has, DEVTYPE=wwan of a modem. */
static const char *link_kind(const char *name)
{
    char path[64 + IF_NAMESIZE], line[64];
    int type = 0;
    bool modem = false;
    snprintf(path, sizeof path, "/sys/class/net/%s/phy80211", name);
    if (access(path, F_OK) == 0)
        return "wifi";
    snprintf(path, sizeof path, "/sys/class/net/%s/uevent", name);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        modem |= strcmp(line, "DEVTYPE=wwan\n") == 0;
    if (file)
        fclose(file);
    if (modem)
        return "mobile";
    snprintf(path, sizeof path, "/sys/class/net/%s/type", name);
    file = fopen(path, "re");
    if (file && fscanf(file, "%d", &type) != 1)
        type = 0;
    if (file)
        fclose(file);
    switch (type) {
    case 1: /* ARPHRD_ETHER */
        return "ethernet";
    case 512: /* ARPHRD_PPP */
        return "ppp";
    case 519: /* ARPHRD_RAWIP: the modems of phones */
        return "mobile";
    default:
        return "other";
    }
}

bool network_look(struct network *n)
{
    char name[IF_NAMESIZE];
    look_addresses(n);
    way_out(name);
    const char *link = *name ? link_kind(name) : "";
    if (strcmp(link, n->link) == 0)
        return false;
    strcpy(n->link, link);
    n->net[0] = n->net6[0] = '\0';
    return true;
}

/* ---- the prefixes seen ---- */

static int prefix_parse(const char *text, struct network_prefix *ret)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : 0;
    if (len == 0 || len >= sizeof address)
        return -EINVAL;
    memcpy(address, text, len);
    address[len] = '\0';
    *ret = (struct network_prefix){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
    if (inet_pton(ret->family, address, &ret->address) != 1 || is_loopback(ret->family, &ret->address) ||
        strcmp(slash, ret->family == AF_INET ? "/24" : "/48") != 0)
        return -EINVAL;
    memset((uint8_t *)&ret->address + prefix_size(ret->family), 0, 16 - prefix_size(ret->family));
    return 0;
}

static void prefix_text(const struct network_prefix *p, char ret[static NETWORK_TEXT_MAX])
{
    inet_ntop(p->family, &p->address, ret, INET6_ADDRSTRLEN);
    strcat(ret, p->family == AF_INET ? "/24" : "/48");
}

/* To the front, so that the oldest falls out. Returns whether it is new. */
static bool remember(struct network *n, const struct network_prefix *p)
{
    size_t at = 0;
    while (at < n->seen_count && memcmp(&n->seen[at], p, sizeof *p) != 0)
        at++;
    bool fresh = at == n->seen_count;
    if (fresh && n->seen_count < NETWORK_SEEN_MAX)
        n->seen_count++;
    if (at >= NETWORK_SEEN_MAX)
        at = NETWORK_SEEN_MAX - 1;
    memmove(&n->seen[1], &n->seen[0], at * sizeof *n->seen);
    n->seen[0] = *p;
    return fresh;
}

static void keep(const struct network *n)
{
    struct fault f;
    if (!n->state_dir)
        return;
    _cleanup_text_ char *path = alloc_format("%s/network.json", n->state_dir);
    _cleanup_json_ json_t *seen = json_array();
    for (size_t i = 0; i < n->seen_count; i++) {
        char text[NETWORK_TEXT_MAX];
        prefix_text(&n->seen[i], text);
        json_array_append_new(seen, json_string(text));
    }
    _cleanup_json_ json_t *object = json_pack("{s:O}", "seen", seen);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    if (file_write_atomic(path, content, strlen(content), 0600, &f) < 0)
        log_debug("%s", f.text); /* learned again from the next acknowledgement */
}

bool network_seen(struct network *n, const char *text)
{
    struct network_prefix p;
    char canonical[NETWORK_TEXT_MAX];
    if (prefix_parse(text, &p) < 0)
        return false;
    prefix_text(&p, canonical);
    if (remember(n, &p))
        keep(n);
    char *now = p.family == AF_INET ? n->net : n->net6;
    if (strcmp(now, canonical) == 0)
        return false;
    strcpy(now, canonical);
    return true;
}

void network_init(struct network *n, const char *state_dir)
{
    _cleanup_text_ char *path = alloc_format("%s/network.json", state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *object = NULL;
    *n = (struct network){.state_dir = state_dir};
    look_addresses(n);
    if (file_read(path, FILE_BYTES_MAX, &text, NULL) < 0 ||
        json_read(text.data, text.len, FILE_BYTES_MAX, 4, &object, NULL) < 0)
        return;
    const json_t *seen = json_object_get(object, "seen");
    for (size_t i = json_array_size(seen); i-- > 0;) { /* the newest last, to the front */
        const char *item = json_string_value(json_array_get(seen, i));
        struct network_prefix p;
        if (item && prefix_parse(item, &p) == 0)
            remember(n, &p);
    }
}
