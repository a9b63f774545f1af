/* Indicators of a chapter's own: a file each in a folder beside the
 * configuration, written as those under schema/indicators/ are. They are read
 * once, before there are threads; whoever has a connection then lets PostgreSQL
 * look at what they ask for. A folder or a file that others than its owner may
 * write is not read. One that is faulty is told of and left out, and all else is
 * as it was, what was published of it too. */
#pragma once

#include "collector/db/pg.h"
#include "collector/figure/indicator.h"
#include "common/fault.h"

#define CHAPTER_FOLDER    "indicators.d"
#define CHAPTER_FILE_MAX  65536 /* octets of a file: definitions in two languages, and a SELECT */
#define CHAPTER_FILES_MAX 200

typedef void (*chapter_tell)(const struct fault *f);

/* The folder beside that file. The caller frees. */
char *chapter_folder(const char *config) CHECKED;
/* A folder that is not there has none. Only names that end in .sql are read. */
void chapter_load(const char *folder, chapter_tell tell);
/* What their SELECTs would give, without running them. */
int chapter_check(struct pg *pg, chapter_tell tell, struct fault *f) CHECKED;

/* Does what is to be done for an indicator and a year, within a transaction. When
 * the SELECT of a chapter's own fails on what was measured, nothing was done,
 * *ret is false, and the log and the table indicator_fault have it once; ret
 * NULL: it was told of when its figures were to be made. */
typedef int (*chapter_work)(struct pg *pg, const struct indicator *i, const char *year, struct fault *f);
int chapter_attempt(struct pg *pg, const struct indicator *i, const char *year, chapter_work work, bool *ret,
                    struct fault *f) CHECKED;
/* A year of such figures was made. */
int chapter_made(struct pg *pg, const struct indicator *i, const char *year, struct fault *f) CHECKED;

/* For serve, at its start: the database remembers these files, so that a command
 * that reads others leaves their figures alone, and years that failed are made
 * again of what says something else since. */
int chapter_settle(struct pg *pg, struct fault *f) CHECKED;
/* Indicators whose files are there and faulty, as JSON; NULL: one did not tell of
 * which it is. The caller frees. */
char *chapter_faulty(void) CHECKED;
/* Looks which of them serve read as this process did. */
int chapter_agree(struct pg *pg, struct fault *f) CHECKED;
bool chapter_agreed(const struct indicator *i); /* so does what is the program's */
