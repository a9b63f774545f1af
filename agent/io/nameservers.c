#include "agent/io/nameservers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/headers.h"
#include "common/alloc.h"

#define KEYWORD "nameserver"
/* Longer lines are cut, as the C library cuts them. */
#define LINE_SIZE 1024

void nameserver_read(const char *text, struct nameserver *ret)
{
    *ret = (struct nameserver){0};
    int r = address_read_port(text, DNS_PORT, &ret->addr, &ret->why);
    if (r == 0)
        ret->version = address_version(&ret->addr);
    else
        ret->version = r == -EINVAL ? 0 : 6; /* only IPv6 has interfaces to lack */
}

size_t nameservers_load(const char *path, struct nameserver *ret, size_t max)
{
    char line[LINE_SIZE];
    size_t count = 0;
    FILE *file = fopen(path, "re");
    while (file && count < max && fgets(line, sizeof line, file)) {
        const size_t word = strlen(KEYWORD);
        if (strncmp(line, KEYWORD, word) != 0 || !strchr(" \t", line[word]))
            continue;
        char *text = line + word + strspn(line + word, " \t");
        text[strcspn(text, " \t\r\n#;")] = '\0';
        if (*text)
            nameserver_read(text, &ret[count++]);
    }
    if (file)
        fclose(file);
    return count;
}
