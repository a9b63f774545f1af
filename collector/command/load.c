/* load: batches from files, such as a spool that came on a USB stick during a
 * shutdown. The signature authenticates a file, not who brings it: the same
 * verification and the same transaction as over HTTP, so that a batch that
 * came both ways is stored once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/command/command.h"
#include "collector/db/database.h"
#include "collector/probe/forget.h"
#include "collector/ledger/ledger.h"
#include "collector/db/user.h"
#include "collector/ledger/verify.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stranger.h"

struct loader {
    struct pg_pool *pool;
    struct roster *roster;
    struct project_names names;
    struct ledger *ledger;
    struct progress progress; /* gives way to what is told of a file */
    unsigned stored, known, refused;
};

/* A database failure is < 0; a file that is refused is told and counted. */
static int refuse(struct loader *l, const char *path, const char *why, const char *detail)
{
    progress_end(&l->progress);
    printf(_("%s: refused (%s): %s\n"), path, why, detail);
    l->refused++;
    return 0;
}

/* What is said of a path that stands already. */
static const char *behind(const char *path, const struct fault *f)
{
    char place[FAULT_TEXT_MAX];
    snprintf(place, sizeof place, _("%s: "), path);
    return f->text + (strncmp(f->text, place, strlen(place)) == 0 ? strlen(place) : 0);
}

static int store(struct loader *l, const char *path, const struct buf *bytes, struct batch *batch,
                 const struct verified *by, struct fault *f)
{
    _cleanup_(project_free) struct projection projection = {0};
    const struct project_time time = {.now_us = clock_wall_us(&clock_system)};
    int rc = project_batch(batch, by->probe_no, &l->names, &time, &projection, f);
    struct ledger_entry entry = {.batch = batch,
                                 .probe_no = by->probe_no,
                                 .signer = by->signer,
                                 .in_force = by->in_force,
                                 .body = bytes->data,
                                 .body_len = bytes->len,
                                 .projection = &projection},
                        *entries = &entry;
    if (rc == 0)
        rc = ledger_write(l->ledger, &entries, 1, f);
    if (rc < 0)
        return rc;
    if (entry.fate == LEDGER_REVOKED)
        return refuse(l, path, verdict_texts[VERDICT_REVOKED_PROBE].slug, batch->header.probe);
    progress_end(&l->progress);
    if (entry.fate == LEDGER_KNOWN) {
        printf(_("%s: known already\n"), path);
        l->known++;
        return 0;
    }
    /* Of a body that did not unpack the header alone speaks of results. */
    const long long results = batch->results.len > 0 ? (long long)batch->header.count : 0;
    printf(_("%s: stored, results: %lld, with problems: %zu\n"), path, results, projection.problems.count);
    l->stored++;
    return 0;
}

static int load_file(struct loader *l, const char *path, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    struct fault why = {0};
    struct verified by;
    int rc = user_read(path, BATCH_WIRE_MAX, &bytes, &why);
    if (rc < 0)
        return refuse(l, path, rc == -EFBIG ? verdict_texts[VERDICT_TOO_LARGE].slug : "file", behind(path, &why));
    stranger_begins();
    enum verdict verdict = verify_read(bytes.data ? bytes.data : "", bytes.len, &batch, &why);
    /* The running collector may hear of another key between two files. */
    rc = verdict == VERDICT_FINE ? verify_anew(l->roster, &batch, &verdict, &by, &why) : 0;
    stranger_ends();
    if (rc < 0) {
        *f = why;
        return rc;
    }
    if (verdict != VERDICT_FINE)
        return refuse(l, path, verdict_texts[verdict].slug, why.text);
    return store(l, path, &bytes, &batch, &by, f);
}

/* As serve does: the database may have come back from a backup meanwhile. */
static int forget(const struct context *c, struct pg *pg, struct fault *f)
{
    unsigned count;
    _cleanup_text_ char *archive = settings_archive(&c->settings, c->state_dir);
    return forget_again(pg, c->state_dir, archive, &count, f);
}

static int loader_open(struct loader *l, const struct context *c, const struct database *d, struct fault *f)
{
    struct pg *pg = NULL;
    int rc = pg_pool_new(database_conninfo(d), NULL, 1, 0, &l->pool, f);
    if (rc == 0)
        rc = database_connect(d, &pg, f);
    if (rc == 0)
        rc = forget(c, pg, f);
    if (rc < 0) {
        pg_close(pg);
        return rc;
    }
    l->ledger = ledger_new(pg);
    l->roster = roster_new(l->pool);
    l->names = (struct project_names){dictionary_new(l->pool, "target"), dictionary_new(l->pool, "task")};
    return 0;
}

static void loader_close(struct loader *l)
{
    ledger_free(l->ledger);
    roster_free(l->roster);
    dictionary_free(l->names.targets);
    dictionary_free(l->names.tasks);
    pg_pool_free(l->pool);
}

static int run(const struct invocation *in)
{
    const struct context *c = in->context;
    struct fault f = {0};
    _cleanup_database_ struct database *d = NULL;
    _cleanup_(loader_close) struct loader l = {0};
    int rc = database_open(&c->database, &d, &f);
    if (rc == 0)
        rc = loader_open(&l, c, d, &f);
    for (size_t i = 0; rc == 0 && i < in->arg_count; i++) {
        progress_show(&l.progress, _("files"), (int64_t)i, (int64_t)in->arg_count);
        rc = load_file(&l, in->args[i], &f);
    }
    progress_end(&l.progress);
    if (rc < 0)
        log_error("%s", f.text);
    else
        printf(_("stored: %u, known already: %u, refused: %u\n"), l.stored, l.known, l.refused);
    return rc < 0 || l.refused > 0;
}

const struct command command_load = {
    .name = "load",
    .usage = N_("FILE…"),
    .help = N_("Store batches from files, such as a spool on a USB stick; each once, whoever brings it."),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .run = run,
};
