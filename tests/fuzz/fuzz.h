/* libFuzzer's entry point. Built with -Dfuzz=true (clang) each file is a
 * fuzzer; otherwise replay.c runs it over its seeds, in the ordinary suites. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
