/* Indicators of a chapter's own: a file each in a folder beside the
 * configuration, written as those under schema/indicators/ are. They are read
 * once, before there are threads; whoever has a connection then lets PostgreSQL
 * look at what they ask for. One that is faulty is told of and left out, and all
 * else is as it was. */
#pragma once

#include "collector/db/pg.h"
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
