#include "agent/dns/answers.h"

#include <strings.h>

#include "common/alloc.h"

#define ANSWERS_MAX 256

struct kept {
    char *name, *type;
    struct packet *packet;
};

struct answers {
    struct kept kept[ANSWERS_MAX];
    size_t count;
};

struct answers *answers_new(void)
{
    return alloc_zero(1, sizeof(struct answers));
}

void answers_free(struct answers *a)
{
    for (size_t i = 0; a && i < a->count; i++) {
        free(a->kept[i].name);
        free(a->kept[i].type);
        packet_free(a->kept[i].packet);
    }
    free(a);
}

const struct packet *answers_find(const struct answers *a, const char *name, const char *type)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcasecmp(a->kept[i].name, name) == 0 && strcasecmp(a->kept[i].type, type) == 0)
            return a->kept[i].packet;
    return NULL;
}

void answers_keep(struct answers *a, const char *name, const char *type, const uint8_t *bytes, size_t len)
{
    struct packet *packet = NULL;
    if (a->count == ANSWERS_MAX || answers_find(a, name, type) || packet_read(bytes, len, &packet) < 0)
        return;
    a->kept[a->count++] = (struct kept){alloc_text(name), alloc_text(type), packet};
}
