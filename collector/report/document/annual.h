/* The sections of the yearly report. */
#pragma once

#include "collector/report/document.h"

/* In the order of the document. */
#define REPORT_SECTIONS(X)                                                                                             \
    X(summary)                                                                                                         \
    X(goals)                                                                                                           \
    X(areas)                                                                                                           \
    X(departments)                                                                                                     \
    X(operators)                                                                                                       \
    X(women)                                                                                                           \
    X(countryside)                                                                                                     \
    X(community)                                                                                                       \
    X(neighbours)                                                                                                      \
    X(missing)                                                                                                         \
    X(method)                                                                                                          \
    X(quality)                                                                                                         \
    X(glossary)                                                                                                        \
    X(credits)

#define REPORT_DECLARE(section_name) extern const struct section section_##section_name;
REPORT_SECTIONS(REPORT_DECLARE)
