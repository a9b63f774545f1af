/* The sealed batches by hand: look, check, carry away on a stick, send now.
 * Batches are signed: whoever carries them to a collector's `load` can neither
 * read anything secret in them nor change them unseen. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/command/command.h"
#include "agent/daemon/errand.h"
#include "agent/probe/identity.h"
#include "agent/command/show.h"
#include "agent/spool/spool.h"
#include "agent/spool/stick.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/progress.h"

static const struct option options[] = {
    {"all", NULL, N_("export: also the batches that the collector has acknowledged"), .verb = "export"},
    {"rejected", NULL, N_("push: also try again what the collector has refused"), .verb = "push"},
    {0},
};

struct one {
    enum spool_place place;
    struct spool_entry entry;
};

/* Every sealed file of a state directory, in the order of sealing. */
struct all {
    struct one *items;
    size_t count;
};

static void all_free(struct all *all)
{
    free(all->items);
}

static int by_number(const void *a, const void *b)
{
    const struct one *x = a, *y = b;
    return (x->entry.number > y->entry.number) - (x->entry.number < y->entry.number);
}

static int all_read(const char *dir, struct all *ret, struct fault *f)
{
    for (int p = 0; p < SPOOL_PLACES; p++) {
        _cleanup_(spool_list_free) struct spool_list list = {0};
        int r = spool_list_read(dir, (enum spool_place)p, &list, f);
        if (r < 0)
            return r;
        ret->items = alloc_resize(ret->items, ret->count + list.count, sizeof *ret->items);
        for (size_t i = 0; i < list.count; i++)
            ret->items[ret->count++] = (struct one){(enum spool_place)p, list.entries[i]};
    }
    if (ret->count > 0)
        qsort(ret->items, ret->count, sizeof *ret->items, by_number);
    return 0;
}

/* ---- list ---- */

static int list(const struct invocation *in, const struct all *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct one *one = &all->items[i];
        _cleanup_text_ char *path = spool_path(in->state_dir, one->place, one->entry.number);
        _cleanup_(buf_free) struct buf bytes = {0};
        _cleanup_(batch_free) struct batch b = {0};
        char size[SHOW_BYTES_SIZE], time[TIME_TEXT_SIZE];
        struct fault f;
        const char *word = _(spool_place_word(one->place));
        printf("%08" PRId64 "  %s%*s  %9s", one->entry.number, word, show_pad(word, 12), "",
               show_bytes(one->entry.size, size));
        int r = spool_read(path, &bytes, &b, &f);
        if (r == 0)
            printf(_("  seq %-6" PRId64 "  results %-5" PRId64 "  sealed %.19sZ"), b.header.seq, b.header.count,
                   time_format(b.header.sealed_at_us, time));
        else
            printf("  %s", f.text);
        putchar('\n');
    }
    if (all->count > 0)
        return EXIT_OK;
    /* A folder that is no probe's has nothing either; whoever mistyped it would take that for good news. */
    _cleanup_(identity_wipe) struct identity id = {0};
    struct fault f;
    if (identity_read(in->state_dir, &id, &f) == -ENOENT)
        return command_failed("%s", f.text);
    puts(_("The spool is empty."));
    return EXIT_OK;
}

/* ---- verify ---- */

struct chain_end { /* of the batch before */
    char chain[CHAIN_ID_SIZE];
    int64_t seq;
    uint8_t hash[HASH_SIZE];
};

static int verify_one(const char *path, const struct identity *id, struct chain_end *last, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch b = {0};
    int r = spool_read(path, &bytes, &b, f);
    if (r < 0)
        return r;
    bool ours = batch_verify(&b, id->key.public, f) == BATCH_FINE;
    for (size_t i = 0; i < id->was_count && !ours; i++) /* sealed before the key was changed */
        ours = batch_verify(&b, id->was[i], f) == BATCH_FINE;
    if (!ours) {
        fault_prefix(f, "%s: ", path);
        return -EKEYREJECTED;
    }
    bool follows = strcmp(last->chain, b.header.chain) == 0 && last->seq + 1 == b.header.seq;
    if (follows && memcmp(last->hash, b.header.prev, HASH_SIZE) != 0)
        return fault_set(f, -EBADMSG, _("%s: does not follow batch %" PRId64 " of its chain"), path, last->seq);
    memcpy(last->chain, b.header.chain, sizeof last->chain);
    last->seq = b.header.seq;
    memcpy(last->hash, b.envelope.hash, sizeof last->hash);
    return 0;
}

static int verify(const struct invocation *in, const struct all *all)
{
    _cleanup_(identity_wipe) struct identity id = {0};
    struct chain_end last = {0};
    struct fault f;
    struct progress progress = {0};
    size_t bad = 0;
    if (identity_read(in->state_dir, &id, &f) < 0)
        return command_failed("%s", f.text);
    for (size_t i = 0; i < all->count; i++) {
        _cleanup_text_ char *path = spool_path(in->state_dir, all->items[i].place, all->items[i].entry.number);
        progress_show(&progress, _("batches"), (int64_t)i, (int64_t)all->count);
        int r = verify_one(path, &id, &last, &f);
        if (r < 0 && r != -ENOENT) { /* a running agent may have moved it */
            progress_end(&progress);
            command_failed("%s", f.text);
            bad++;
        }
    }
    progress_end(&progress);
    printf(_("Batches checked: %zu, bad: %zu.\n"), all->count, bad);
    return bad ? EXIT_NOT_OK : EXIT_OK;
}

/* ---- export ---- */

struct exporting {
    const char *state_dir, *dir;
    bool full; /* the stick, not a batch, is what is wrong */
    size_t wanted, whole;
};

static int export_one(struct exporting *e, const struct one *one, struct fault *f)
{
    _cleanup_text_ char *path = spool_path(e->state_dir, one->place, one->entry.number);
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch b = {0};
    int r = spool_read(path, &bytes, &b, f);
    if (r < 0)
        return r;
    /* Sticks meet the batches of many probes: the name says whose it is. */
    _cleanup_text_ char *name = alloc_format("%s-%08" PRId64 ".batch", b.header.probe, one->entry.number);
    r = stick_copy(e->dir, name, bytes.data, bytes.len, f);
    e->full = r < 0;
    return r;
}

static int export_report(const struct exporting *e)
{
    if (e->whole < e->wanted)
        return command_failed(_("%s: %zu of %zu batches are there, whole; the others were not copied and stay here"),
                              e->dir, e->whole, e->wanted);
    if (e->wanted == 0)
        puts(_("No batch waits: there was nothing to copy."));
    else
        printf(_("Batches copied to %s: %zu. They also stay here until the collector acknowledges them.\n"), e->dir,
               e->whole);
    return EXIT_OK;
}

static int export(const struct invocation *in, const struct all *all)
{
    struct exporting e = {.state_dir = in->state_dir, .dir = in->args[0]};
    struct progress progress = {0};
    struct fault f;
    bool here;
    if (stick_check(e.dir, in->state_dir, &here, &f) < 0 || file_sweep(e.dir, ".batch" FILE_UNFINISHED, &f) < 0)
        return command_failed("%s", f.text);
    if (here)
        command_failed(_("warning: %s lies on this machine's own disk; if it is meant to be a stick, it is not mounted "
                         "(`lsblk` shows where it is)"),
                       e.dir);
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].place != SPOOL_WAITING && !invocation_flag(in, "all"))
            continue;
        e.wanted++;
        if (e.full)
            continue;
        progress_show(&progress, _("batches"), (int64_t)i, (int64_t)all->count);
        int r = export_one(&e, &all->items[i], &f);
        if (r == -ENOENT && !e.full)
            e.wanted--; /* the running agent has moved it: the collector has it */
        else if (r < 0) {
            progress_end(&progress);
            command_failed("%s", f.text);
        } else
            e.whole++;
    }
    progress_end(&progress);
    return export_report(&e);
}

/* ---- push ---- */

static int64_t count_of(const json_t *answer, const char *name)
{
    return json_integer_value(json_object_get(answer, name));
}

static int push(const struct invocation *in, const struct settings *settings)
{
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_json_ json_t *answer = NULL;
    struct fault f;
    if (command_probe(in, &id, &f) < 0)
        return command_failed("%s", f.text);
    json_t *request = errand_request("push");
    json_object_set_new(request, "rejected", json_boolean(invocation_flag(in, "rejected")));
    if (command_errand(in, settings, request, &answer, &f) < 0)
        return command_failed("%s", f.text);
    int64_t rejected = count_of(answer, "rejected"), waiting = count_of(answer, "waiting");
    printf(_("Batches acknowledged: %" PRId64 ", refused: %" PRId64 ", waiting: %" PRId64 ".\n"),
           count_of(answer, "acked"), rejected, waiting);
    const char *trouble = json_string_value(json_object_get(answer, "trouble"));
    if (trouble && *trouble)
        command_failed("%s", trouble);
    return waiting == 0 && rejected == 0 ? EXIT_OK : EXIT_NOT_OK;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    if (invocation_verb(in, "push"))
        return push(in, &settings);
    _cleanup_(all_free) struct all all = {0};
    struct fault f;
    int r = all_read(in->state_dir, &all, &f);
    if (r == -EACCES)
        command_denied(in, &f);
    if (r < 0)
        return command_failed("%s", f.text);
    if (invocation_verb(in, "list"))
        return list(in, &all);
    return invocation_verb(in, "verify") ? verify(in, &all) : export(in, &all);
}

static const struct verb verbs[] = {{"list"}, {"verify"}, {"export", 1, 1}, {"push"}, {0}};

const struct command command_spool = {
    .name = "spool",
    .usage = N_("list\nverify\nexport DIR [--all]\npush [--rejected]"),
    .help = N_("look at the sealed batches, check them, copy them to a stick, send them now"),
    .options = options,
    .verbs = verbs,
    .run = run,
};
