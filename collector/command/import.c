/* import: takes a file of somebody else's, whole or not at all. */
#include <errno.h>
#include <stdio.h>

#include "collector/command/command.h"
#include "collector/import/figures.h"
#include "collector/import/kind.h"
#include "collector/db/user.h"
#include "common/lang.h"
#include "common/log.h"

static int store(const struct context *c, const struct import_kind *kind, const void *list, struct fault *f)
{
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    size_t count = 0;
    int rc = database_session(&c->database, &d, &pg, f);
    if (rc == 0)
        rc = kind->store(pg, list, &count, f);
    if (rc == 0)
        kind->say(count);
    return rc;
}

static int load(const struct context *c, const struct import_kind *kind, const char *path, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    void *list = NULL;
    int rc = user_read(path, IMPORT_BYTES_MAX, &text, f);
    if (rc < 0)
        return rc;
    buf_reserve(&text, 1); /* an empty file has no memory */
    rc = kind->read(&text, &list, f);
    if (rc == 0)
        rc = store(c, kind, list, f);
    kind->free(list);
    if (rc == -EBADMSG)
        fault_prefix(f, _("%s: "), path);
    return rc;
}

static const struct option options[] = {
    {"template", NULL, N_("print the header of a CSV file, with an example"), .verb = ""},
    {0},
};

static const struct verb verbs[] = {
    {"csv", 1, 1, .data = &import_figures},
    {"pfx2as", 1, 1, .data = &import_origins},
    {""},
    {0},
};

static int run(const struct invocation *in)
{
    struct fault f = {0};
    if (invocation_flag(in, "template")) {
        printf("%s", import_template);
        return EXIT_OK;
    }
    if (invocation_verb(in, ""))
        return invocation_wrong(in, "%s", _("a file is missing: csv FILE or pfx2as FILE; or give --template"));
    if (load(in->context, in->verb->data, in->args[0], &f) < 0) {
        log_error("%s", f.text);
        log_error("%s", _("nothing of the file was imported"));
        return EXIT_NOT_OK;
    }
    return EXIT_OK;
}

const struct command command_import = {
    .name = "import",
    .usage = N_("csv FILE\npfx2as FILE\n--template"),
    .help = N_("Take figures of other sources from a CSV file, whose header --template prints with an example; or the "
               "origin ASNs of prefixes from a file of CAIDA's pfx2as."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
