/* What `report` writes for programs: datapackage.json, a Frictionless Data Package, and the table beside it, whose
 * octets it vouches for. Somebody else made both: nothing but that table is opened, whatever the package names. */
#pragma once

#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define DATAPACKAGE_NAME "datapackage.json"
/* Twice what a country of twenty operators and all its cuts comes to in forty years, and less than what is in memory
 * thrice. */
#define DATAPACKAGE_TABLE_MAX (64u << 20)

struct datapackage {
    char country[3], year[5]; /* of the edition */
    char *title, *licence;
    char *licence_url; /* NULL: none is given */
    char *table_name;  /* "indicators.csv" */
    struct buf table;
};

/* Checks what datapackage.json, of that path, says, and reads the table beside it. The columns are those of a published
 * figure (collector/figure/figure.h). -EBADMSG with the place and the cure in f; *ret, which begins zeroed, may be half
 * filled then. The caller frees in any case. */
int datapackage_read(const char *path, const struct buf *text, struct datapackage *ret, struct fault *f) CHECKED;
void datapackage_free(struct datapackage *p); /* the members */
