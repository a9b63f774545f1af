/* What other commands have of the framework. */
#pragma once

#include "collector/command/session.h"

/* `indicators export --consultation`: writes an edition's document and comment form into the folder of --out. */
int framework_export(const struct session *s, struct fault *f) CHECKED;
/* Its run: refuses a command line that lacks something. */
int framework_export_run(const struct invocation *in);

/* What an indicator is in each edition of the collector's country; nothing where there is none. */
int framework_print_of(const struct session *s, const char *indicator, struct fault *f) CHECKED;

/* Is it the name of an edition? */
int framework_check(const char *text, struct fault *f);
