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
    X(recommendations)                                                                                                 \
    X(method)                                                                                                          \
    X(quality)                                                                                                         \
    X(panel)                                                                                                           \
    X(requests)                                                                                                        \
    X(glossary)                                                                                                        \
    X(funding)                                                                                                         \
    X(credits)

#define REPORT_DECLARE(section_name) extern const struct section section_##section_name;
REPORT_SECTIONS(REPORT_DECLARE)
