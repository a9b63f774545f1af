/* import: takes a file of somebody else's, whole or not at all. */
#include <errno.h>
#include <stdio.h>

#include "collector/command/session.h"
#include "collector/import/figures.h"
#include "collector/import/kind.h"
#include "collector/db/user.h"
#include "common/lang.h"
#include "common/log.h"

struct loaded {
    const struct import_kind *kind;
    const char *path;
    void *list; /* what the file says */
};

static int fault_of_file(const struct loaded *l, int rc, struct fault *f)
{
    if (rc == -EBADMSG)
        fault_prefix(f, _("%s: "), l->path);
    return rc;
}

static int load(struct loaded *l, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    int rc = user_read(l->path, IMPORT_BYTES_MAX, &text, f);
    if (rc < 0)
        return rc;
    buf_reserve(&text, 1); /* an empty file has no memory */
    return fault_of_file(l, l->kind->read(&text, &l->list, f), f);
}

static int store(const struct session *s, struct fault *f)
{
    const struct loaded *l = s->data;
    size_t count = 0;
    int rc = l->kind->store(s->pg, l->list, &count, f);
    if (rc == 0)
        l->kind->say(count);
    return fault_of_file(l, rc, f);
}

static int undo(const struct session *s, struct fault *f)
{
    const struct loaded *l = s->data;
    int rc = l->kind->undo(s->pg, f);
    if (rc == 0)
        log_info(_("what was imported before is taken back"));
    return rc;
}

static const struct option options[] = {
    {"template", NULL, N_("print what a file looks like, with an example; of a CSV file when no kind is named")},
    {"undo", NULL, N_("take back what was imported before"), .verb = "carrier-nat"},
    {0},
};

/* The word of each kind, and where it is defined; `usage` below has its line. */
#define KINDS(X)                                                                                                       \
    X("csv", import_figures)                                                                                           \
    X("pfx2as", import_origins)                                                                                        \
    X("carrier-nat", import_carriers)                                                                                  \
    X("comments", import_comments)

#define KIND_DECLARE(word, kind) extern const struct import_kind kind;
#define KIND_ROW(word, kind)     {word, 0, 1, .data = &kind},
KINDS(KIND_DECLARE)
static const struct verb verbs[] = {KINDS(KIND_ROW){"", .data = &import_figures}, {0}};

static int print_template(const struct invocation *in, const struct import_kind *kind)
{
    if (!kind->template)
        return invocation_wrong(in, "%s", _("files of this kind are their publisher's; there is no template"));
    printf("%s", _(kind->template));
    return EXIT_OK;
}

static int run(const struct invocation *in)
{
    struct fault f = {0};
    struct loaded l = {.kind = in->verb->data, .path = in->args[0]};
    const bool shows = invocation_flag(in, "template"), undoes = invocation_flag(in, "undo");
    if (in->arg_count + shows + undoes > 1)
        return invocation_wrong(in, "%s", _("one of a file, --template and --undo is wanted, and no other beside it"));
    if (shows)
        return print_template(in, l.kind);
    if (undoes)
        return session_do(in, undo, &l);
    if (in->arg_count == 0)
        return invocation_wrong(in, "%s", _("a file is missing, behind the word for its kind; or give --template"));
    int rc = load(&l, &f), status = rc < 0 ? session_end(rc, &f) : session_do(in, store, &l);
    l.kind->free(l.list);
    if (status != EXIT_OK)
        log_error("%s", _("nothing of the file was imported"));
    return status;
}

const struct command command_import = {
    .name = "import",
    .usage = N_("csv FILE\npfx2as FILE\ncarrier-nat FILE\ncarrier-nat --undo\ncomments FILE\n"
                "[csv|carrier-nat|comments] --template"),
    .help = N_("Take figures of other sources from a CSV file, the origin ASNs of prefixes from a file of CAIDA's "
               "pfx2as, the prefixes in which many households share an address, or the comment forms of a consultation "
               "on the framework; --template prints an example."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
