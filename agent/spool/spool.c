/* What lies where, in the state directory:
 *
 *   chain.json                 the head of the chain (chain.c)
 *   journal/NNNNNNNN.ndjson    results that wait to be sealed (journal.c)
 *   spool/NNNNNNNN.batch       sealed, signed (batch.h); waits to be sent
 *   spool/acked/…              what the collector holds, the last 20 MB
 *   spool/rejected/…           what it refused, each with a .reason
 *
 * NNNNNNNN is a number that only grows; `seq` counts within the chain. A file
 * of the spool is created whole (written aside, fsynced, renamed, folder
 * fsynced) and never changes. Each journalled result has to end up in exactly
 * one batch, whenever the power goes. Sealing number N = head.number + 1:
 *
 *   1. journal N is made durable;
 *   2. its lines become batch N (seq = head.seq + 1, prev = head.hash), created
 *      whole as spool/N.batch;
 *   3. the head moves to N, replaced whole;
 *   4. journal N is removed.
 *
 * A journal that holds no whole result is removed without a batch, and its
 * number used again. Nothing is sent before 3. At start the same steps are finished from what is
 * there: a batch head.number + 1 that continues the chain means that the crash
 * came between 2 and 3: the head moves on (a damaged one is removed and made
 * again from its journal, since nobody has seen it); a journal at or below
 * head.number means it came between 3 and 4: the journal is removed. A journal
 * of the same boot is appended to, one of an earlier boot is sealed.
 *
 * Room. `spool_max` bounds what waits and what was refused. Small results are
 * what indicators are made of, details are bulky; so details go first:
 *
 *   - past half of the room, a result whose detail is longer than
 *     SPOOL_DETAIL_SMALL is journalled with {"left_out":"spool_max"} in its
 *     place, which the probe signs as it signs the rest;
 *   - past the whole, the oldest batch goes, which is one with its details as
 *     long as there are any: the head is replaced by one that lists its seq in
 *     `gap` and its number in `dropping`, then the file is removed (at start:
 *     again, should it still be there). The next batch carries `gap` in its
 *     signed header, and step 3 of its sealing empties it. So a hole in the
 *     chain is either a batch that is still to come, or one that a later batch
 *     says was dropped. A batch that changes the key is never dropped.
 *
 * When the disk itself is full, what the collector holds already goes first.
 *
 * Acknowledgements (ack.h) say what the collector holds. What it misses of what
 * it once acknowledged, because it was restored from a backup, waits again:
 * acked/ is kept for that (spool_places.c). Batches that changed the key are
 * never let go of, and offered first to a collector that does not know it. A
 * chain of ours in which it holds another batch than we made, because this
 * folder was copied or put back, is given up: a new one begins, and both stay
 * provable.
 *
 * What else a header says is told where it is made: epoch.h (when and where the
 * agent ran) and rotation.h (a new key). What a crash left half-done is finished
 * in recovery.c.
 *
 * Writes. A flash card wears by what is written to it, so a day is bounded,
 * whatever the schedule: with the presets of seal_interval (15 min) and
 * journal_sync (60 s)
 *   1440 syncs of the journal, when a result comes every minute,
 *   96 seals of 7 syncs (journal, batch, head, each file's folder),
 *   1440 status files, replaced without a sync,
 * that is SPOOL_SYNCS_A_DAY at most; and each result is written once to the
 * journal as text and once compressed. With 10 kB of results a minute that is
 * 20 MB a day. */
#include "agent/spool/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/spool/recovery.h"
#include "agent/spool/rotation.h"
#include "build_config.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"

/* ---- places ---- */

/* The disk is full: is there something that the collector holds to let go of? */
static bool make_room(struct spool *s, int r)
{
    const struct spool_list *acked = &s->places.of[SPOOL_ACKED];
    size_t count = acked->count;
    if (r != -ENOSPC && r != -EDQUOT)
        return false;
    spool_places_trim(&s->places, acked->bytes / 2);
    return acked->count < count;
}

int spool_acked(struct spool *s, int64_t number, const struct batch_header *h, struct fault *f)
{
    if (strcmp(h->chain, s->chain.id) == 0 && h->seq > s->acked_seq)
        s->acked_seq = h->seq;
    /* Not fsynced: should the rename be lost, the batch is sent once more and
     * the collector knows it already. */
    int r = spool_places_move(&s->places, SPOOL_WAITING, SPOOL_ACKED, number, f);
    if (r == 0)
        spool_places_trim(&s->places, SPOOL_ACKED_MAX);
    return r;
}

struct spool_places *spool_places(struct spool *s)
{
    return &s->places;
}

/* ---- room ---- */

/* 1 when it went, 0 when it has to stay. */
static int drop(struct spool *s, const struct spool_position *v, struct fault *f)
{
    _cleanup_text_ char *path = spool_path(s->dir, v->place, v->number);
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    bool readable = spool_read(path, &bytes, &batch, NULL) == 0;
    if (readable && batch.has_rotate)
        return 0;
    int r = chain_drop(s->dir, &s->chain, v->number, readable ? &batch : NULL, f);
    if (r < 0)
        return r;
    if ((r = spool_places_remove(&s->places, v->place, v->number, f)) < 0)
        return r;
    snprintf(s->notice, sizeof s->notice, _("spool_max is reached: batch %" PRId64 " is dropped, the next one says so"),
             v->number);
    return 1;
}

static int keep_within(struct spool *s, struct fault *f)
{
    struct spool_position v;
    for (size_t n = 0; spool_places_bytes(&s->places) > s->max_bytes && !chain_gap_full(&s->chain) &&
                       spool_places_oldest(&s->places, n, &v);) {
        int r = drop(s, &v, f);
        if (r < 0)
            return r;
        n += r == 0;
    }
    return 0;
}

/* ---- sealing ---- */

static void batch_make(const struct spool *s, const struct journal_content *c, const struct sign_key *rotate,
                       struct buf *out, uint8_t ret_hash[static HASH_SIZE])
{
    struct batch_header h = {
        .seq = s->chain.seq + 1, .has_prev = s->chain.seq > 0, .count = c->count, .agent = VERSION};
    strcpy(h.probe, s->identity->probe);
    strcpy(h.chain, s->chain.id);
    memcpy(h.prev, s->chain.hash, sizeof h.prev);
    epoch_moment(&s->epoch, c, &h);
    _cleanup_json_ json_t *epochs = epoch_end(c, &h);
    struct batch_extra extra = {.gap = s->chain.gap, .epochs = epochs, .rotate = rotate};
    if (rotate)
        extra.turn = identity_turn(s->identity, clock_wall_us(s->clock)); /* written with the old key's retirement */
    batch_write(&h, &extra, &c->lines, &s->identity->key, out, ret_hash);
}

/* Step 3: the head moves to a batch that is on disk. When it cannot, the batch
 * is taken back, so that its journal can go on growing; were both to fail,
 * nothing more may come into that journal, which the batch on disk replaces
 * should the power go. */
static int advance(struct spool *s, int64_t number, int64_t size, const uint8_t hash[static HASH_SIZE],
                   const uint8_t *rotated, struct fault *f)
{
    int r = chain_advance(s->dir, &s->chain, number, s->chain.seq + 1, hash, rotated, f);
    if (r < 0) {
        _cleanup_text_ char *path = spool_path(s->dir, SPOOL_WAITING, number),
                            *folder = alloc_format("%s/spool", s->dir);
        s->half_sealed = unlink(path) < 0 || file_sync_dir(folder, NULL) < 0;
        return r;
    }
    s->half_sealed = false;
    spool_list_add(&s->places.of[SPOOL_WAITING], number, size);
    return 0;
}

static int batch_from(struct spool *s, int64_t number, const struct journal_content *content, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0};
    uint8_t hash[HASH_SIZE];
    _cleanup_(sign_key_wipe) struct sign_key next = {0};
    _cleanup_text_ char *path = spool_path(s->dir, SPOOL_WAITING, number);
    bool rotates = rotation_wish(s->dir, &next, NULL) > 0; /* in doubt the wish waits */
    batch_make(s, content, rotates ? &next : NULL, &bytes, hash);
    int r = file_write_atomic(path, bytes.data, bytes.len, 0600, f);
    if (r == 0)
        r = advance(s, number, (int64_t)bytes.len, hash, rotates ? next.public : NULL, f);
    return r == 0 && rotates ? rotation_finish(s->dir, &s->chain, s->identity, f) : r;
}

int spool_seal_number(struct spool *s, int64_t number, struct fault *f)
{
    _cleanup_(journal_content_free) struct journal_content content = {0};
    if (number <= s->chain.number) /* sealed before, and then something failed */
        return journal_remove(&s->journal, number, f);
    int r = journal_sync(&s->journal, f);
    if (r == 0)
        r = journal_read(&s->journal, number, &content, f);
    if (r < 0)
        return r;
    if (content.damaged > 0)
        snprintf(s->notice, sizeof s->notice,
                 _("journal %" PRId64 ": %zu damaged lines are left out, as after a power cut"), number,
                 content.damaged);
    if (content.count > 0)
        r = batch_from(s, number, &content, f);
    return r < 0 ? r : journal_remove(&s->journal, number, f);
}

int spool_seal(struct spool *s, struct fault *f)
{
    if (s->journal.fd < 0)
        return 0;
    int64_t now = clock_mono_us(s->clock);
    int r = spool_seal_number(s, s->journal.number, f);
    while (make_room(s, r))
        r = spool_seal_number(s, s->journal.number, f);
    if (r == 0)
        epoch_cover(&s->epoch, now);
    return r < 0 ? r : keep_within(s, f);
}

int64_t spool_age_us(const struct spool *s)
{
    return s->journal.fd < 0 ? -1 : clock_mono_us(s->clock) - s->journal.since_us;
}

bool spool_dirty(const struct spool *s)
{
    return s->journal.fd >= 0 && s->journal.dirty;
}

int spool_sync(struct spool *s, struct fault *f)
{
    return journal_sync(&s->journal, f);
}

/* Without its detail, and with the reason in its place. */
static void write_bare(const struct result *result, const char *name, const char *why, struct buf *out)
{
    struct result bare = *result;
    _cleanup_json_ json_t *detail = json_pack("{s:s}", name, why);
    bare.detail = detail;
    buf_clear(out);
    result_write(&bare, out);
}

static bool is_bulky(const struct result *result)
{
    return json_dumpb(result->detail, NULL, 0, JSON_COMPACT) > SPOOL_DETAIL_SMALL;
}

static int open_journal(struct spool *s, struct fault *f)
{
    _cleanup_json_ json_t *epoch = epoch_begin(&s->epoch);
    int r = journal_start(&s->journal, s->chain.number + 1, s->clock, epoch, f);
    if (r == -EEXIST) { /* a failed write left it closed */
        r = spool_seal_number(s, s->chain.number + 1, f);
        if (r == 0)
            r = journal_start(&s->journal, s->chain.number + 1, s->clock, epoch, f);
    }
    return r;
}

static int append_line(struct spool *s, const struct buf *line, struct fault *f)
{
    int r = 0;
    if (s->half_sealed || (s->journal.fd >= 0 && !journal_fits(&s->journal, line->len)))
        r = spool_seal(s, f);
    if (r == 0 && s->journal.fd < 0)
        r = open_journal(s, f);
    return r < 0 ? r : journal_append(&s->journal, line->data, line->len, f);
}

int spool_append(struct spool *s, const struct result *result, struct fault *f)
{
    _cleanup_(buf_free) struct buf line = {0};
    result_write(result, &line);
    if (line.len > RESULT_LINE_MAX)
        write_bare(result, "reason", "the detail was too long for a result and is left out", &line);
    else if (spool_places_bytes(&s->places) > s->max_bytes / 2 && is_bulky(result))
        write_bare(result, "left_out", "spool_max", &line);
    int r = append_line(s, &line, f);
    while (make_room(s, r))
        r = append_line(s, &line, f);
    return r;
}

int spool_move(struct spool *s, const struct spool_network *to, struct fault *f)
{
    int r = epoch_leaves(&s->epoch, to) ? spool_seal(s, f) : 1;
    if (r == 0)
        epoch_move(&s->epoch, to);
    return r < 0 ? r : 0;
}

/* ---- what the collector says ---- */

bool spool_behind(const struct spool *s, const struct ack *ack)
{
    struct ack_head head;
    for (size_t cursor = 0; ack_head(ack, &cursor, &head);)
        if (strcmp(head.chain, s->chain.id) == 0)
            return head.seq < s->acked_seq;
    return s->acked_seq > 0;
}

bool spool_forked(const struct spool *s, const struct ack *ack)
{
    struct ack_head head;
    for (size_t cursor = 0; ack_head(ack, &cursor, &head);)
        if (strcmp(head.chain, s->chain.id) == 0 &&
            (head.seq > s->chain.seq || (head.seq == s->chain.seq && memcmp(head.hash, s->chain.hash, HASH_SIZE) != 0)))
            return true;
    return ack_forked(ack, s->chain.id);
}

int spool_new_chain(struct spool *s, struct fault *f)
{
    char old[CHAIN_ID_SIZE];
    memcpy(old, s->chain.id, sizeof old);
    int r = chain_start(s->dir, &s->chain, s->chain.number, true, f);
    if (r == 0)
        s->acked_seq = 0;
    if (r == 0)
        snprintf(
            s->notice, sizeof s->notice,
            _("the collector holds other batches of chain %s: this folder was copied or put back; chain %s begins"),
            old, s->chain.id);
    return r;
}

int64_t spool_forks(const struct spool *s)
{
    return s->chain.forks;
}

/* ---- start and end ---- */

int spool_open(const char *state_dir, struct identity *identity, const struct clock *clock, int64_t max_bytes,
               struct spool **ret, struct fault *f)
{
    struct spool *s = alloc_zero(1, sizeof *s);
    s->dir = alloc_text(state_dir);
    s->identity = identity;
    s->clock = clock;
    s->max_bytes = max_bytes;
    s->journal.fd = -1;
    epoch_init(&s->epoch, clock);
    int r = recovery_run(s, f);
    if (r < 0)
        spool_free(s);
    else
        *ret = s;
    return r;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    journal_free(&s->journal);
    spool_places_free(&s->places);
    chain_free(&s->chain);
    free((char *)s->dir);
    free(s);
}

void spool_set_max(struct spool *s, int64_t max_bytes)
{
    s->max_bytes = max_bytes;
}

bool spool_notice(struct spool *s, char ret_text[static FAULT_TEXT_MAX])
{
    if (!*s->notice)
        return false;
    memcpy(ret_text, s->notice, sizeof s->notice);
    s->notice[0] = '\0';
    return true;
}

const struct spool_list *spool_list(const struct spool *s, enum spool_place place)
{
    return &s->places.of[place];
}

const struct spool_list *spool_waiting(const struct spool *s)
{
    return spool_list(s, SPOOL_WAITING);
}

char *spool_entry_path(const struct spool *s, int64_t number)
{
    return spool_path(s->dir, SPOOL_WAITING, number);
}
