#include "common/metric.h"

#include <errno.h>
#include <string.h>

const struct metric_set *metric_set_find(const char *check, size_t len)
{
    for (size_t i = 0; i < metric_set_count; i++) {
        if (strlen(metric_sets[i].check) == len && memcmp(metric_sets[i].check, check, len) == 0)
            return &metric_sets[i];
    }
    return NULL;
}

int metric_position(const struct metric_set *set, const char *name, size_t len)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strncmp(set->metrics[i].name, name, len) == 0 && set->metrics[i].name[len] == '\0')
            return (int)i;
    }
    return -ENOENT;
}
