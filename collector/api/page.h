/* A page of an answer (`limit`, `after`): where it begins, where it ends, and
 * what `after` is of the next one. Rows whose order has a place for each of them
 * for ever, as results have (struct page_place), go on behind a place. Of all
 * others, which are made anew from time to time, those before the page are
 * counted; the last of them is recognised by its mark, so that nobody reads on
 * in other rows without knowing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

/* A page of so many rows is whole before the first of it is sent: its header can
 * say whether there are more. One has about a kilobyte. */
#define PAGE_ROWS_WHOLE 10000
#define PAGE_AFTER_SIZE 64

/* A result's: its moment in microseconds, and, as many may have one, its batch and its line in there. */
struct page_place {
    int64_t at_us, batch_no;
    int ordinal;
};

struct page {
    size_t limit; /* 0: all that there are */
    size_t skip;  /* rows before it that are still to come */
    bool marked;  /* the last of these must have this mark */
    uint64_t mark;
    size_t gone;                /* rows before it and of it */
    size_t taken;               /* rows of it */
    bool cut;                   /* there is another row behind it */
    bool moved;                 /* the mark is another */
    char next[PAGE_AFTER_SIZE]; /* `after` of the next page; empty: this is the last. Whoever knows the row's place
                                   writes it */
};

/* limit and after as the parameters are, which have passed params_read; NULL: not given. -EINVAL: after is no count. */
int page_open(struct page *p, const char *limit, const char *after) CHECKED;

/* No row is left out: neither are any before it nor has it a limit. */
static inline bool page_is_all(const struct page *p)
{
    return p->limit == 0 && p->skip == 0;
}

/* How many rows tell all about the page: one more than it has, and those before it; 0: all. */
size_t page_rows(const struct page *p);

/* Is the next row one of the page? After the first that is not, behind it, there is no need to go on. */
bool page_takes(struct page *p, const char *const *values, size_t count);

/* After the last row: whether those before the page were there, and `next`. */
bool page_ends(struct page *p);

/* `after` behind so many rows, whatever they are. */
void page_next_counted(struct page *p);

/* "AT_BATCH_LINE", in digits. -EINVAL when the text is none. */
int page_place_read(const char *text, struct page_place *ret) CHECKED;
void page_place_write(const struct page_place *place, char ret_text[static PAGE_AFTER_SIZE]);
