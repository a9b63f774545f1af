/* What is left of days when parts of a country are added up and days are taken off: in a sum of parts each place counts
 * so and so much, which is its level; whatever is taken off a day, all are left but those of one level. A line's day
 * is one, wherever in a sum it is left. Is there a sum that leaves some, and too few for a figure?
 *
 * Two places of one level in all sums that leave few are one class. That follows where they could not be told apart
 * but at the price of FLOOR_DAYS or more: whatever tells a from b tells all others from each other as well that lie as
 * these do (another department, the same operator), and of those the fewer are left, day by day. Classes are joined
 * by that until one is left, as in most countries, or nothing more follows: then both is tried, that two of them are
 * of one level and that they are not. Where that takes too long the answer is yes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* lines: a row a day, how many of its lines stand in each place. parts: a row of `width` numbers a place, 1 where the
 * place lies in that part. */
bool level_leaves_few(uint32_t *lines, size_t days, uint32_t *parts, size_t places, size_t width);
