/* The pictures of a year that go from phone to phone: squares of 1080 pixels, each
 * with its source, what it rests on, and the licence inside; different indicators,
 * kinds and areas first. */
#pragma once

#include "collector/report/report.h"

#define GALLERY_PICTURES 6
#define GALLERY_FOLDER   "phone"

/* Keeps "phone/PER1-operators.svg"…, at most as many. ret_count: how many there are figures for. */
int gallery_write(const struct report *r, const struct outlet *to, size_t *ret_count, struct fault *f) CHECKED;
