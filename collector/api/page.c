#include "collector/api/page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fnv.h"

/* More than any answer has, so that a sum of two is a bigint of the database still. */
#define ROWS_MAX INT64_C(1000000000000000)

/* Absent and empty are two. */
static uint64_t mark_of(const char *const *values, size_t count)
{
    uint64_t mark = FNV_START;
    for (size_t i = 0; i < count; i++) {
        const char *text = values[i] ? values[i] : "\1";
        mark = fnv_add(mark, text, strlen(text) + 1);
    }
    return mark;
}

/* The digits at *at, a sign among them, and whether `end` follows, which is gone over. */
static bool read_number(const char **at, char end, int64_t *ret)
{
    char *behind;
    size_t sign = **at == '-';
    if (!strspn(*at + sign, "0123456789"))
        return false;
    errno = 0;
    *ret = strtoll(*at, &behind, 10);
    *at = behind + (*behind == end && end);
    return errno == 0 && *behind == end;
}

int page_open(struct page *p, const char *limit, const char *after)
{
    int64_t rows = 0;
    *p = (struct page){.limit = limit ? strtoull(limit, NULL, 10) : 0};
    if (!after)
        return 0;
    const char *end = after + strspn(after, "0123456789");
    p->marked = *end == '_';
    if (end == after || !read_number(&after, *end, &rows) || (p->marked && strspn(after, "0123456789abcdef") != 16) ||
        (p->marked && after[16]) || (!p->marked && *end))
        return -EINVAL;
    p->mark = p->marked ? strtoull(after, NULL, 16) : 0;
    p->skip = (size_t)rows;
    return rows > 0 && rows <= ROWS_MAX ? 0 : -EINVAL;
}

size_t page_rows(const struct page *p)
{
    return p->limit ? p->skip + p->limit + 1 : 0;
}

bool page_takes(struct page *p, const char *const *values, size_t count)
{
    if (p->skip > 0) {
        p->gone++;
        p->moved = --p->skip == 0 && p->marked && mark_of(values, count) != p->mark;
        return false;
    }
    if (!p->limit)
        return true;
    p->cut = p->taken == p->limit;
    if (p->cut)
        return false;
    p->gone++;
    if (++p->taken == p->limit)
        p->mark = mark_of(values, count);
    return true;
}

bool page_ends(struct page *p)
{
    if (p->skip > 0 && p->marked)
        p->moved = true;
    if (!p->cut)
        *p->next = '\0';
    else if (!*p->next)
        snprintf(p->next, sizeof p->next, "%zu_%016" PRIx64, p->gone, p->mark);
    return !p->moved;
}

void page_next_counted(struct page *p)
{
    snprintf(p->next, sizeof p->next, "%zu", p->gone - p->taken + p->limit);
}

int page_place_read(const char *text, struct page_place *ret)
{
    int64_t at_us, batch_no, ordinal;
    if (!read_number(&text, '_', &at_us) || !read_number(&text, '_', &batch_no) ||
        !read_number(&text, '\0', &ordinal) || ordinal < 0 || ordinal > INT16_MAX)
        return -EINVAL;
    *ret = (struct page_place){at_us, batch_no, (int)ordinal};
    return 0;
}

void page_place_write(const struct page_place *place, char ret_text[static PAGE_AFTER_SIZE])
{
    snprintf(ret_text, PAGE_AFTER_SIZE, "%" PRId64 "_%" PRId64 "_%d", place->at_us, place->batch_no, place->ordinal);
}
