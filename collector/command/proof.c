#include "collector/command/proof.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/follow.h"
#include "collector/command/paper.h"
#include "collector/figure/follow.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/report/frozen.h"
#include "collector/report/recheck.h"
#include "common/json.h"
#include "common/lang.h"

struct proof {
    const struct session *s;
    const char *folder, *year, *language;
    json_t *frozen;
    struct recheck printed;
    size_t files, other_files; /* looked at; gone, or not as they were written */
    size_t other_figures;      /* printed ones that do not follow from the ledger */
};

/* ---- files ---- */

static const char *member(const json_t *of, const char *name)
{
    return json_string_value(json_object_get(of, name));
}

static int read_frozen(struct proof *p, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    int rc = paper_read(p->folder, FROZEN_NAME, &text, f);
    if (rc == -ENOENT)
        return fault_set(f, rc, _("%s has no %s: only a report that was written with --freeze can be verified"),
                         p->folder, FROZEN_NAME);
    if (rc < 0)
        return rc;
    p->frozen = json_loadb(text.data, text.len, 0, NULL);
    p->year = member(p->frozen, "year");
    p->language = member(p->frozen, "language");
    if (!p->year || strspn(p->year, "0123456789") != 4 || !p->language ||
        !json_is_array(json_object_get(p->frozen, "files")) || !json_is_object(json_object_get(p->frozen, "inputs")))
        return fault_set(f, -EBADMSG, _("%s/%s is not as `report --freeze` writes it; take it from a copy"), p->folder,
                         FROZEN_NAME);
    return 0;
}

/* A file of the folder, and of no other. */
static int look_at_file(struct proof *p, const json_t *was, struct fault *f)
{
    const char *path = member(was, "path");
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_json_ json_t *is = json_array();
    if (!path || *path == '/' || strstr(path, ".."))
        return fault_set(f, -EBADMSG, _("%s/%s names a file outside the report"), p->folder, FROZEN_NAME);
    int rc = paper_read(p->folder, path, &bytes, f);
    if (rc < 0 && rc != -ENOENT)
        return rc;
    frozen_add(is, path, &bytes);
    p->files++;
    if (rc == 0 && json_equal(json_array_get(is, 0), was))
        return 0;
    p->other_files++;
    printf(rc < 0 ? _("%s: is gone\n") : _("%s: is not the file that was written\n"), path);
    return 0;
}

static int look_at_files(struct proof *p, struct fault *f)
{
    const json_t *was;
    size_t i;
    int rc = 0;
    json_array_foreach(json_object_get(p->frozen, "files"), i, was)
    {
        if (rc == 0)
            rc = look_at_file(p, was, f);
    }
    return rc;
}

/* ---- inputs ---- */

static bool has_run(const json_t *runs, const json_t *wanted)
{
    const json_t *run;
    size_t i;
    json_array_foreach(runs, i, run)
    {
        if (json_equal(run, wanted))
            return true;
    }
    return false;
}

/* Those of these that the others lack. */
static void tell_runs(const json_t *these, const json_t *others, bool undone)
{
    const json_t *run;
    size_t i;
    json_array_foreach(these, i, run)
    {
        const char *kind = member(run, "kind");
        if (!has_run(others, run))
            printf(undone ? _("since then: the import %lld (%s) was undone\n")
                          : _("since then: the import %lld (%s) came\n"),
                   (long long)json_integer_value(json_object_get(run, "run")), kind ? kind : "?");
    }
}

static void tell_months(const json_t *was, json_t *is)
{
    const char *month;
    const json_t *digest;
    _cleanup_json_ json_t *all = json_copy(is);
    json_object_update_missing(all, (json_t *)was);
    json_object_foreach((json_t *)all, month, digest)
    {
        if (!json_equal(json_object_get(was, month), json_object_get(is, month)))
            printf(_("since then: the ledger has other batches of those that came in %s\n"), month);
    }
}

/* What is another by now explains numbers, and is no fault. */
static int tell_inputs(struct proof *p, struct fault *f)
{
    _cleanup_json_ json_t *is = NULL;
    const json_t *was = json_object_get(p->frozen, "inputs");
    int rc = frozen_inputs(p->s->pg, p->year, &is, f);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < 2; i++) {
        const char *name = i ? "schema" : "program", *before = member(was, name), *now = member(is, name);
        if (before && now && strcmp(before, now) != 0)
            printf(_("since then: %s is %s, and was %s\n"), name, now, before);
    }
    tell_runs(json_object_get(was, "imports"), json_object_get(is, "imports"), true);
    tell_runs(json_object_get(is, "imports"), json_object_get(was, "imports"), false);
    tell_months(json_object_get(was, "ledger"), json_object_get(is, "ledger"));
    return 0;
}

/* ---- numbers ---- */

static void tell_number(void *ctx, const struct recheck_number *n)
{
    const char *now = n->now ? n->now : _("none");
    printf(_("line %zu, %s, %s: "), n->line, n->figure, n->column);
    if (n->verdict == RECHECK_ALTERED)
        printf(_("the document says %s, indicators.csv %s\n"), n->printed, now);
    else if (n->verdict == RECHECK_GONE)
        printf(_("printed as %s, is not published any more"), n->printed);
    else
        printf(_("printed as %s, is published as %s"), n->printed, now);
    if (n->verdict != RECHECK_ALTERED && n->why)
        printf(_(" (%s: %s, was %s)"), n->why, n->is ? n->is : _("none"), n->was ? n->was : _("none"));
    if (n->verdict != RECHECK_ALTERED)
        puts("");
}

static int look_at_numbers(struct proof *p, struct fault *f)
{
    _cleanup_(buf_free) struct buf html = {0}, csv = {0};
    int rc = paper_read(p->folder, "report.html", &html, f);
    if (rc == 0)
        rc = paper_read(p->folder, "indicators.csv", &csv, f);
    const struct recheck_report report = {&html, &csv, p->year,
                                          strcmp(p->language, lang_code(LANG_FR)) ? LANG_EN : LANG_FR};
    return rc < 0 ? rc : recheck_run(p->s->pg, &report, &(struct recheck_teller){tell_number, NULL}, &p->printed, f);
}

/* ---- the ledger ---- */

static void tell_figure(void *ctx, const struct follow_figure *g)
{
    struct proof *p = ctx;
    _cleanup_(buf_free) struct buf line = {0};
    size_t printed = recheck_line(&p->printed, p->year, g);
    if (!printed)
        return;
    p->other_figures += !g->as_of;
    follow_say_figure(g, &line);
    printf(_("line %zu, "), printed);
    printf("%s", line.data);
}

/* Where nothing of the year can be made again, that is said, and is no fault. */
static int look_at_ledger(struct proof *p, struct fault *f)
{
    struct follow_count count;
    int rc = follow_year(p->s->database, p->s->pg, p->year, NULL,
                         &(struct follow_teller){follow_tell_batch, tell_figure, p}, &count, f);
    if (rc == -ENODATA) {
        printf(_("not held against the ledger: %s\n"), f->text);
        return 0;
    }
    if (rc == 0)
        printf(_("batches of the ledger: %zu, of these not what was signed: %zu\n"), count.batches, count.unsound);
    return rc;
}

/* ---- the whole ---- */

static int prove(struct proof *p, struct fault *f)
{
    const size_t *of = p->printed.verdicts;
    int rc = read_frozen(p, f);
    if (rc == 0)
        rc = look_at_files(p, f);
    if (rc == 0)
        rc = rollup_run_shown(p->s->pg, f);
    if (rc == 0)
        rc = refresh_run(p->s->pg, f);
    if (rc == 0)
        rc = tell_inputs(p, f);
    if (rc == 0)
        rc = look_at_numbers(p, f);
    if (rc == 0)
        rc = look_at_ledger(p, f);
    if (rc < 0)
        return rc;
    size_t other = of[RECHECK_ALTERED] + of[RECHECK_CHANGED] + of[RECHECK_GONE];
    printf(_("files: %zu, of these changed or gone: %zu\n"), p->files, p->other_files);
    printf(_("printed numbers: %zu; as published: %zu, altered: %zu, published otherwise: %zu, gone: %zu\n"),
           of[RECHECK_SAME] + other, of[RECHECK_SAME], of[RECHECK_ALTERED], of[RECHECK_CHANGED], of[RECHECK_GONE]);
    printf(_("printed figures that do not follow from the ledger: %zu\n"), p->other_figures);
    if (p->other_files + other + p->other_figures > 0)
        return fault_set(f, -EBADMSG, _("what is listed above is not as it was printed"));
    return 0;
}

int proof_tell(const struct session *s, const char *folder, struct fault *f)
{
    struct proof p = {.s = s, .folder = folder};
    int rc = prove(&p, f);
    recheck_free(&p.printed);
    json_decref(p.frozen);
    return rc;
}
