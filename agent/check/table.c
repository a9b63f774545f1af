#include "agent/check/table.h"

#include <string.h>

#include "agent/check/every_check.h" /* meson.build lists them */

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
