/* import: takes a file of somebody else's, whole or not at all, and back again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/command/session.h"
#include "collector/db/user.h"
#include "collector/import/figures.h"
#include "collector/import/kind.h"
#include "collector/import/run.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/log.h"

struct loaded {
    struct import_run run;
    char *within; /* a file of the folder that was given; NULL: the file itself was */
    struct buf text;
    void *list; /* what the file says */
};

static int fault_of_file(const struct loaded *l, int rc, struct fault *f)
{
    if (rc == -EBADMSG)
        fault_prefix(f, _("%s: "), l->run.path);
    return rc;
}

static int load(struct loaded *l, struct fault *f)
{
    int rc = user_read(l->run.path, IMPORT_BYTES_MAX, &l->text, f);
    if (rc == -EISDIR && l->run.kind->within) {
        l->within = alloc_format("%s/%s", l->run.path, l->run.kind->within);
        l->run.path = l->run.remarks.path = l->within;
        rc = user_read(l->within, IMPORT_BYTES_MAX, &l->text, f);
    }
    if (rc < 0)
        return rc;
    buf_reserve(&l->text, 1); /* an empty file has no memory */
    run_describe(&l->run, &l->text);
    rc = l->run.kind->read(&l->run, &l->text, &l->list, f);
    return fault_of_file(l, rc, f);
}

static int store(const struct session *s, struct fault *f)
{
    struct loaded *l = *(struct loaded *const *)s->data;
    size_t count = 0;
    l->run.country = s->context->settings.country;
    int rc = run_store(s->pg, &l->run, l->list, &count, f);
    if (rc == 0 && l->run.same)
        log_info(_("%s is the very file of import %" PRId64 ", which stands: nothing is to be done"), l->run.path,
                 l->run.same);
    else if (rc == 0) {
        l->run.kind->say(l->list, count);
        if (l->run.withdrawn)
            log_info(_("figures that were given before and are given no more, taken away: %" PRId64), l->run.withdrawn);
        log_info(_("this is import %s; to take it back: import undo %s"), l->run.number, l->run.number);
    }
    return fault_of_file(l, rc, f);
}

static int load_and_store(const struct invocation *in, const struct import_kind *kind, const char *by)
{
    struct fault f = {0};
    struct loaded l = {.run = {.kind = kind, .word = in->verb->name, .path = in->args[0], .by = by}}, *at = &l;
    l.run.retrieved = invocation_text(in, "retrieved");
    l.run.remarks = (struct remarks){.path = l.run.path, .strict = invocation_flag(in, "strict")};
    int rc = load(&l, &f), status = rc < 0 ? session_end(rc, &f) : session_do(in, store, &at);
    kind->free(l.list);
    buf_free(&l.text);
    free(l.within);
    if (status != EXIT_OK)
        log_error("%s", _("nothing of the file was imported"));
    return status;
}

/* ---- taking back ---- */

struct wish {
    const struct import_kind *kind; /* NULL: the run of a number */
    const char *by;
};

static int undo(const struct session *s, struct fault *f)
{
    const struct wish *w = s->data;
    if (w->kind) {
        int rc = w->kind->undo(s->pg, w->by, f);
        if (rc == 0)
            log_info(_("what was imported before is taken back"));
        return rc;
    }
    int rc = run_undo(s->pg, s->in->args[0], w->by, f);
    if (rc == 0)
        log_info(_("import %s is taken back: all is as it was before it"), s->in->args[0]);
    return rc;
}

static int admit(const struct session *s, struct fault *f)
{
    const struct wish *w = s->data;
    int rc = run_admit(s->pg, s->in->args[0], w->by, invocation_text(s->in, "why"), f);
    if (rc == 0)
        log_info(_("reports may use import %s, though a survey in it lacks the visa"), s->in->args[0]);
    return rc;
}

/* ---- the list ---- */

static int list(const struct session *s, struct fault *f)
{
    const char *word = invocation_text(s->in, "format");
    enum encode_format format;
    if (!word)
        return run_list_table(s->pg, f);
    int rc = encode_format_parse(word, &format);
    return rc < 0 ? rc : run_list(s->pg, format, stdout, f);
}

/* ---- the command ---- */

static int check_number(const char *text, struct fault *f)
{
    if (form_number(text, 9))
        return 0;
    return fault_set(f, -EINVAL, _("the number of an import is wanted; see: import list"));
}

static const char *const formats[] = {"csv", "json", NULL};

static const struct option options[] = {
    {"template", NULL, N_("print what a file looks like, with an example; of a CSV file when no kind is named")},
    {"by", N_("NAME"), N_("who imports it, takes it back or lets it in; without it, the user who gives the command"),
     .max = 100},
    {"strict", NULL, N_("refuse what is merely unusual as well"),
     .verb = "csv plans economy market events datapackage"},
    {"retrieved", N_("DAY"), N_("the day on which figures were taken, where the file does not say it"), OPTION_DAY,
     .verb = "worldbank"},
    {"format", "csv|json", N_("how; without it, a table"), OPTION_WORD, .choices = formats, .verb = "list"},
    {"why", N_("TEXT"), N_("why a survey without a visa is let into reports"), .max = 500, .verb = "admit"},
    {"undo", NULL, N_("take back all that was imported of this kind"), .verb = "carrier-nat"},
    {0},
};

/* The word of each kind, and where it is defined; `usage` below has its line. */
#define KINDS(X)                                                                                                       \
    X("csv", import_figures)                                                                                           \
    X("worldbank", import_worldbank)                                                                                   \
    X("datapackage", import_datapackage)                                                                               \
    X("plans", import_plans)                                                                                           \
    X("market", import_market)                                                                                         \
    X("economy", import_economy)                                                                                       \
    X("events", import_events)                                                                                         \
    X("pfx2as", import_origins)                                                                                        \
    X("vrp", import_vrps)                                                                                              \
    X("carrier-nat", import_carriers)                                                                                  \
    X("comments", import_comments)

#define KIND_DECLARE(word, kind) extern const struct import_kind kind;
#define KIND_ROW(word, kind)     {word, 0, 1, .data = &kind},
KINDS(KIND_DECLARE)
static const struct verb verbs[] = {KINDS(KIND_ROW){"list"},
                                    {"undo", 1, 1, check_number},
                                    {"admit", 1, 1, check_number},
                                    {"", .data = &import_figures},
                                    {0}};

static int print_template(const struct invocation *in, const struct import_kind *kind)
{
    if (!kind->template)
        return invocation_wrong(in, "%s", _("files of this kind are their publisher's; there is no template"));
    printf("%s", _(kind->template));
    return EXIT_OK;
}

static int run(const struct invocation *in)
{
    const struct import_kind *kind = in->verb->data;
    const bool shows = invocation_flag(in, "template"), undoes = invocation_flag(in, "undo");
    const char *by = invocation_text(in, "by");
    _cleanup_text_ char *asking = user_asking();
    struct wish wish = {kind, by ? by : asking};
    if (!kind && shows)
        return invocation_wrong(in, _("--template does not go with import %s"), in->verb->name);
    if (invocation_verb(in, "admit") && !invocation_text(in, "why"))
        return invocation_wrong(in, "%s", _("why it is let in has to be said: --why TEXT"));
    if (!kind)
        return session_do(in, invocation_verb(in, "list") ? list : invocation_verb(in, "admit") ? admit : undo, &wish);
    if (in->arg_count + shows + undoes > 1)
        return invocation_wrong(in, "%s", _("one of a file, --template and --undo is wanted, and no other beside it"));
    if (shows)
        return print_template(in, kind);
    if (undoes)
        return session_do(in, undo, &wish);
    if (in->arg_count == 0)
        return invocation_wrong(in, "%s", _("a file is missing, behind the word for its kind; or give --template"));
    return load_and_store(in, kind, wish.by);
}

const struct command command_import = {
    .name = "import",
    .usage = N_(
        "csv FILE [--strict] [--by NAME]\nplans FILE [--strict] [--by NAME]\nmarket FILE [--strict] [--by NAME]\n"
        "economy FILE [--strict] [--by NAME]\nevents FILE [--strict] [--by NAME]\nworldbank FILE [--retrieved DAY] "
        "[--by NAME]\ndatapackage FILE|DIR [--strict] [--by NAME]\n"
        "pfx2as FILE [--by NAME]\nvrp FILE [--by NAME]\ncarrier-nat FILE [--by NAME]\ncarrier-nat --undo\n"
        "comments FILE [--by NAME]\n[csv|plans|market|economy|events|carrier-nat|comments] --template\n"
        "list [--format csv|json]\nundo N [--by NAME]\nadmit N --why TEXT [--by NAME]"),
    .help = N_("Take figures of other sources from a CSV file, those of the World Bank from the file that it "
               "publishes, what another chapter measured from the data package of its report, the tariffs of "
               "operators, their parts of the market and the incomes from "
               "which some figures are calculated, what happened on a day, the origin ASNs of prefixes from a file of "
               "CAIDA's pfx2as, validated ROA payloads from the JSON of a relying party, the prefixes in which many "
               "households share an address, or the comment forms of a consultation "
               "on the framework; --template prints an example. Each file is an import with a number, by which it is "
               "taken back."),
    .options = options,
    .verbs = verbs,
    .run = run,
};
