/* Comma-separated values as RFC 4180 has them: quoted fields may hold commas,
 * doubled quotes and line breaks; lines end in LF or CRLF; a UTF-8 byte order
 * mark is passed over. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* Appends a text, quoted where it must be, and with a ' before what a spreadsheet
 * would take for a formula: cells hold what members typed. csv_next takes it away
 * again. A number is no text: it stands as it is, also below zero. */
void csv_write(struct buf *out, const char *text, size_t len);

/* The same where columns are parted otherwise: a spreadsheet in French opens a file with semicolons. */
void csv_write_parted(struct buf *out, const char *text, size_t len, char separator);

#define CSV_FIELDS_MAX 128 /* the World Bank has a column a year from 1960 on */
#define CSV_FIELD_MAX  4096

struct csv {
    const char *at, *end;
    bool trims;         /* set: blanks around what stands in a field are no part of it */
    char separator;     /* a comma; another one may be set before the first record is read */
    size_t line;        /* of what is read next, from 1 */
    size_t record_line; /* where the last record began */
    struct buf text;    /* the fields of the last record, one NUL after each */
    const char *fields[CSV_FIELDS_MAX];
    size_t count;
};

/* text must stay while it is read, and be valid UTF-8. Free with csv_free. */
void csv_start(struct csv *c, const char *text, size_t len);
void csv_free(struct csv *c);

/* Reads the next record into fields and count; lines that are empty are passed
 * over. 1 when there was one, 0 at the end, -EBADMSG with the line, the column
 * and the cure in f. */
int csv_next(struct csv *c, struct fault *f) CHECKED;

/* Opens a file as a spreadsheet saves it, with its header as the first record, which is read: a spreadsheet parts
 * columns by what its language has, a comma, a semicolon (in French) or a tab, and the header shows by what. Records
 * before it that begin with # are passed over. 1, 0 and -EBADMSG as csv_next; count is 1 where nothing parts it. */
int csv_open(struct csv *c, const char *text, size_t len, bool trims, struct fault *f) CHECKED;
