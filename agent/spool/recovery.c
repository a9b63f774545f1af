#include "agent/spool/recovery.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/spool/rotation.h"
#include "common/lang.h"

/* ---- the head ---- */

/* Numbers go on after every file that is there: a head that the card has lost
 * must not make a new batch overwrite an old one. */
static int64_t last_number(const struct spool *s)
{
    int64_t last = spool_places_last(&s->places);
    return last > s->chain.number ? last : s->chain.number;
}

static int head_read(struct spool *s, struct fault *f)
{
    int r = chain_read(s->dir, &s->chain, f);
    if (r != -ENOENT && r != -EBADMSG)
        return r;
    if (r == -EBADMSG)
        snprintf(s->notice, sizeof s->notice, _("%s/chain.json is damaged: a new chain of batches begins"), s->dir);
    return chain_start(s->dir, &s->chain, last_number(s), false, f);
}

/* ---- what was half-done ---- */

/* A damaged file past the head: nobody has seen it, so it is made again when
 * its journal is there, and set aside when not. */
static int damaged_past_head(struct spool *s, const struct spool_position *at, const char *why, struct fault *f)
{
    _cleanup_text_ char *journal = alloc_format("%s/%08" PRId64 ".ndjson", s->journal.dir, at->number);
    if (at->place == SPOOL_WAITING && access(journal, F_OK) == 0)
        return spool_places_remove(&s->places, at->place, at->number, f);
    s->chain.number = at->number;
    return at->place == SPOOL_WAITING ? spool_places_reject(&s->places, at->number, why, f) : 0;
}

/* A crash between steps 2 and 3 of sealing, or a head that was restored from a
 * backup: the head goes after what is there, so that no seq is used twice. */
static int adopt(struct spool *s, int64_t number, const struct batch *b, struct fault *f)
{
    if (strcmp(b->header.chain, s->chain.id) != 0 || b->header.seq <= s->chain.seq) {
        s->chain.number = number; /* of another chain: it is sent like any other */
        return 0;
    }
    int r = chain_advance(s->dir, &s->chain, number, b->header.seq, b->envelope.hash, b->has_rotate ? b->rotate : NULL,
                          f);
    return r < 0 ? r : journal_remove(&s->journal, number, f);
}

static int finish_seal(struct spool *s, struct fault *f)
{
    struct spool_position at;
    while (spool_places_past(&s->places, s->chain.number, &at)) {
        _cleanup_text_ char *path = spool_path(s->dir, at.place, at.number);
        _cleanup_(buf_free) struct buf bytes = {0};
        _cleanup_(batch_free) struct batch batch = {0};
        struct fault why = {0};
        int r = spool_read(path, &bytes, &batch, &why);
        if (r == -EBADMSG)
            r = damaged_past_head(s, &at, why.text, f);
        else if (r == 0)
            r = adopt(s, at.number, &batch, f);
        else
            fault_set(f, r, "%s", why.text);
        if (r < 0)
            return r;
    }
    return 0;
}

static void finish_drop(struct spool *s)
{
    static const enum spool_place places[] = {SPOOL_WAITING, SPOOL_REJECTED};
    for (size_t i = 0; s->chain.dropping > 0 && i < COUNT(places); i++) {
        _cleanup_text_ char *path = spool_path(s->dir, places[i], s->chain.dropping);
        unlink(path);
        spool_list_remove(&s->places.of[places[i]], s->chain.dropping);
    }
}

/* head: the number that the head had before anything was finished. */
static int finish_journals(struct spool *s, int64_t head, struct fault *f)
{
    int64_t numbers[64];
    int n = journal_list(&s->journal, numbers, COUNT(numbers), f);
    if (n < 0)
        return n;
    for (int i = 0; i < n; i++) {
        int r;
        if (numbers[i] <= head) {
            r = journal_remove(&s->journal, numbers[i], f);
        } else {
            /* Files that do not belong here may have taken its number. */
            r = journal_rename(&s->journal, numbers[i], s->chain.number + 1, f);
            if (r == 0 && (i < n - 1 || journal_resume(&s->journal, s->chain.number + 1, s->clock, NULL) < 0))
                r = spool_seal_number(s, s->chain.number + 1, f);
        }
        if (r < 0)
            return r;
    }
    return 0;
}

int recovery_run(struct spool *s, struct fault *f)
{
    int r = spool_places_open(&s->places, s->dir, f);
    if (r == 0)
        r = journal_init(&s->journal, s->dir, f);
    if (r == 0)
        r = head_read(s, f);
    int64_t head = s->chain.number;
    if (r == 0) {
        finish_drop(s);
        r = finish_seal(s, f);
    }
    if (r == 0)
        r = rotation_finish(s->dir, &s->chain, s->identity, f);
    return r == 0 ? finish_journals(s, head, f) : r;
}
