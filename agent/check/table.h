/* Every check that the agent has. A new one is its file and its name in meson.build. */
#pragma once

#include "agent/measure/check.h"

extern const struct check_ops *const check_table[];   /* sorted by name, NULL-terminated */
const struct check_ops *check_find(const char *name); /* NULL when unknown */
