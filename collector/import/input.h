/* Rows that figures are calculated from: tariffs, market shares, incomes. Each
 * sort has a table of its own (the migration "input") and a CSV layout of
 * its own; a file is taken whole or not at all, and a row takes the place of
 * the one with its key. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/db/pg.h"
#include "collector/import/run.h"
#include "collector/import/sheet.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/json.h"

/* All of them are kept while they are read, some 40 MB as files are, and given to PostgreSQL as one jsonb, whose array
 * holds 256 MB: a line has some 400 octets of names beside what stands in it. */
#define INPUT_LINES_MAX 100000
#define INPUT_BYTES_MAX (64u << 20)
/* Of prices, incomes, volumes: what is calculated from these is a number as well. */
#define INPUT_LEAST 1e-6
#define INPUT_MOST  1e12

struct input {
    struct sheet sheet;
    const char *home;  /* the table; its columns are called as those of the sheet */
    const char *key;   /* "country,operator" */
    const char *place; /* what a row takes the place of, where it is more than that of its key; NULL: it is not */
    size_t url;        /* the column of the source's address, which it is unusual to lack */
    bool operators;    /* column operator names known ones */
    /* What only a whole line tells; may replace cells by texts that last. -EBADMSG. */
    int (*check)(const char **cells, struct fault *f);
    /* What only all lines tell, with what was stored before; NULL: nothing. They are in import_input. */
    int (*check_all)(struct pg *pg, struct import_run *run, struct fault *f);
};

/* As an import_kind has them. What is read are the rows, a json_t of texts, each with its line. */
#define INPUT_KIND(I) .read = input_read, .store = input_store, .free = input_free, .input = &(I)
int input_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f) CHECKED;
int input_store(struct pg *pg, struct import_run *run, const void *rows, size_t *ret_count, struct fault *f) CHECKED;
void input_free(void *rows);

/* Checks of cells. */
int input_word(const char *text, const char *const *words, struct fault *f) CHECKED; /* the last word: NULL */
int input_technology(const char *text, struct fault *f) CHECKED;
int input_above_zero(const char *text, struct fault *f) CHECKED;
int input_day(const char *text, struct fault *f) CHECKED;
/* Is it that of the country's pack? */
int input_currency(const char *country, const char *text, struct fault *f) CHECKED;
