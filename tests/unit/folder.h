/* A folder for each test: `dir`, which the test's setup makes and its teardown removes. */
#pragma once

#include "tests/unit/check.h"

static char dir[64];

static inline int in_a_fresh_folder(void **state)
{
    snprintf(dir, sizeof dir, "%s", scratch_dir());
    return 0;
}

static inline int remove_folder(void **state)
{
    shell("rm -rf %s", dir);
    return 0;
}
