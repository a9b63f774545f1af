/* What lies where, in the state directory:
 *
 *   chain.json                 the head: {"chain","seq","hash","number","dropping","gap"}
 *   journal/NNNNNNNN.ndjson    results that wait to be sealed (journal.c)
 *   spool/NNNNNNNN.batch       sealed, signed, compressed; waits to be sent
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
 * Nothing is sent before 3. At start the same steps are finished from what is
 * there: a batch head.number + 1 that continues the chain means that the crash
 * came between 2 and 3: the head moves on (a damaged one is removed and made
 * again from its journal, since nobody has seen it); a journal at or below
 * head.number means it came between 3 and 4: the journal is removed. A journal
 * of the same boot is appended to, one of an earlier boot is sealed.
 *
 * The header's sealed_at, mono_us, boot and sync are one moment on both
 * clocks: that of sealing or, when the power went first, that of the last
 * result, because a later boot cannot tell the earlier one's mono clock.
 *
 * When what waits outgrows its room, the oldest goes:
 *
 *   1. the head is replaced by one that lists its seq in `gap` and its number
 *      in `dropping`;
 *   2. the file is removed (at start: again, should it still be there).
 *
 * The next batch carries `gap` in its signed header, and step 3 of its sealing
 * empties it. So a hole in the chain is either a batch that is still to come,
 * or one that a later batch says was dropped. */
#include "agent/spool.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/zst.h"

struct spool {
    const char *dir; /* owned */
    const struct identity *identity;
    const struct clock *clock;
    int64_t max_bytes;
    struct journal journal;
    struct spool_list places[SPOOL_PLACES];
    struct chain head;
    /* A batch is on disk and the head has not moved yet: between steps 2 and 3,
     * where a full disk may hold it for long. */
    bool half_sealed;
    struct chain next; /* the head to come */
    int64_t next_size; /* of the batch's file */
    char notice[FAULT_TEXT_MAX];
};

/* ---- from place to place ---- */

static int move(struct spool *s, enum spool_place from, enum spool_place to, int64_t number, struct fault *f)
{
    _cleanup_text_ char *old = spool_path(s->dir, from, number);
    _cleanup_text_ char *new = spool_path(s->dir, to, number);
    if (rename(old, new) < 0)
        return fault_set(f, -errno, "%s: %s", old, strerror(errno));
    int64_t size = spool_list_remove(&s->places[from], number);
    spool_list_add(&s->places[to], number, size);
    return 0;
}

static void trim_acked(struct spool *s)
{
    struct spool_list *acked = &s->places[SPOOL_ACKED];
    while (acked->count > 0 && acked->bytes > SPOOL_ACKED_MAX) {
        int64_t number = acked->entries[0].number;
        _cleanup_text_ char *path = spool_path(s->dir, SPOOL_ACKED, number);
        unlink(path);
        spool_list_remove(acked, number);
    }
}

int spool_acked(struct spool *s, int64_t number, struct fault *f)
{
    /* Not fsynced: should the rename be lost, the batch is sent once more and
     * the collector knows it already. */
    int r = move(s, SPOOL_WAITING, SPOOL_ACKED, number, f);
    if (r == 0)
        trim_acked(s);
    return r;
}

static char *reason_path(const struct spool *s, int64_t number)
{
    _cleanup_text_ char *folder = spool_folder(s->dir, SPOOL_REJECTED);
    return alloc_format("%s/%08" PRId64 ".reason", folder, number);
}

static void remove_reason(const struct spool *s, int64_t number)
{
    _cleanup_text_ char *path = reason_path(s, number);
    unlink(path);
}

int spool_reject(struct spool *s, int64_t number, const char *reason, struct fault *f)
{
    _cleanup_text_ char *path = reason_path(s, number);
    _cleanup_text_ char *text = alloc_format("%s\n", reason);
    int r = file_write_atomic(path, text, strlen(text), 0600, f);
    return r < 0 ? r : move(s, SPOOL_WAITING, SPOOL_REJECTED, number, f);
}

int spool_unreject(struct spool *s, struct fault *f)
{
    struct spool_list *rejected = &s->places[SPOOL_REJECTED];
    while (rejected->count > 0) {
        int64_t number = rejected->entries[0].number;
        int r = move(s, SPOOL_REJECTED, SPOOL_WAITING, number, f);
        if (r < 0)
            return r;
        remove_reason(s, number);
    }
    spool_list_sort(&s->places[SPOOL_WAITING]);
    return 0;
}

/* Makes next, which is taken over, the head. */
static int head_move(struct spool *s, struct chain *next, struct fault *f)
{
    int r = chain_write(s->dir, next, f);
    if (r == 0) {
        chain_free(&s->head);
        s->head = *next;
        *next = (struct chain){0};
    }
    return r;
}

/* ---- room ---- */

/* The oldest batch that is not acknowledged, waiting or rejected. */
static enum spool_place oldest(const struct spool *s, int64_t *ret_number)
{
    const struct spool_list *waiting = &s->places[SPOOL_WAITING], *rejected = &s->places[SPOOL_REJECTED];
    bool from_rejected = rejected->count > 0 &&
                         (waiting->count == 0 || rejected->entries[0].number < waiting->entries[0].number);
    enum spool_place place = from_rejected ? SPOOL_REJECTED : SPOOL_WAITING;
    *ret_number = s->places[place].entries[0].number;
    return place;
}

static int drop_oldest(struct spool *s, struct fault *f)
{
    int64_t number;
    enum spool_place place = oldest(s, &number);
    _cleanup_text_ char *path = spool_path(s->dir, place, number);
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    _cleanup_(chain_free) struct chain next = chain_copy(&s->head);
    if (spool_read(path, NULL, &bytes, &batch, NULL) == 0)
        chain_gap_add(&next, batch.header.chain, batch.header.seq, batch.count);
    next.dropping = number;
    int r = head_move(s, &next, f);
    if (r < 0)
        return r;
    if (unlink(path) < 0 && errno != ENOENT)
        return fault_set(f, -errno, "%s: %s", path, strerror(errno));
    spool_list_remove(&s->places[place], number);
    remove_reason(s, number);
    snprintf(s->notice, sizeof s->notice, "spool_max is reached: batch %" PRId64 " is dropped, the next one says so",
             number);
    return 0;
}

static int keep_within(struct spool *s, struct fault *f)
{
    /* The newest always stays: it carries the gap. */
    while (s->places[SPOOL_WAITING].bytes + s->places[SPOOL_REJECTED].bytes > s->max_bytes &&
           s->places[SPOOL_WAITING].count + s->places[SPOOL_REJECTED].count > 1 && !chain_gap_full(&s->head)) {
        int r = drop_oldest(s, f);
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- sealing ---- */

/* One moment on both clocks, of the boot that the results belong to. */
static void header_moment(const struct spool *s, const struct journal_content *c, struct batch_header *h)
{
    char boot[BOOT_ID_SIZE];
    clock_boot_id(s->clock, boot);
    strcpy(h->boot, c->boot);
    if (strcmp(boot, c->boot) == 0 || !c->has_last) {
        h->sealed_at_us = clock_wall_us(s->clock);
        h->mono_us = clock_mono_us(s->clock);
        h->sync = clock_synced(s->clock);
    } else {
        h->sealed_at_us = c->last_at_us;
        h->mono_us = c->last_mono_us;
        h->sync = c->last_sync;
    }
}

static void batch_make(const struct spool *s, const struct journal_content *c, struct buf *out)
{
    struct batch_header h = {.seq = s->head.seq + 1, .has_prev = s->head.seq > 0, .agent = VERSION};
    strcpy(h.probe, s->identity->probe);
    strcpy(h.chain, s->head.id);
    memcpy(h.prev, s->head.hash, sizeof h.prev);
    header_moment(s, c, &h);
    const struct batch_extra extra = {.gap = s->head.gap};
    batch_header_write(&h, &extra, out);
    buf_add(out, c->lines.data, c->lines.len);
    batch_seal(out, c->count, &s->identity->key);
}

/* The head that a batch of this number, seq and hash makes. */
static struct chain head_after(const struct spool *s, int64_t number, int64_t seq, const uint8_t hash[static HASH_SIZE])
{
    struct chain next = s->head;
    next.number = number;
    next.seq = seq;
    memcpy(next.hash, hash, HASH_SIZE);
    next.dropping = 0;
    next.gap = NULL;
    return next;
}

/* Step 2. */
static int batch_store(struct spool *s, const struct journal_content *c, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0}, wire = {0};
    _cleanup_text_ char *path = spool_path(s->dir, SPOOL_WAITING, s->head.number + 1);
    uint8_t hash[HASH_SIZE];
    batch_make(s, c, &bytes);
    zst_pack(bytes.data, bytes.len, &wire);
    int r = file_write_atomic(path, wire.data, wire.len, 0600, f);
    if (r < 0)
        return r;
    hash_make(DOMAIN_BATCH_HASH, bytes.data, bytes.len, hash);
    s->next = head_after(s, s->head.number + 1, s->head.seq + 1, hash);
    s->next_size = (int64_t)wire.len;
    s->half_sealed = true;
    return 0;
}

/* Steps 3 and 4. */
static int seal_finish(struct spool *s, struct fault *f)
{
    int64_t number = s->next.number;
    int r = head_move(s, &s->next, f);
    if (r < 0)
        return r;
    s->half_sealed = false;
    spool_list_add(&s->places[SPOOL_WAITING], number, s->next_size);
    return journal_remove(&s->journal, number, f);
}

/* Seals the journal that has the number after the head's. */
static int seal_next(struct spool *s, struct fault *f)
{
    _cleanup_(journal_content_free) struct journal_content content = {0};
    int64_t number = s->head.number + 1;
    if (s->half_sealed)
        return seal_finish(s, f);
    int r = journal_sync(&s->journal, f);
    if (r == 0)
        r = journal_read(&s->journal, number, &content, f);
    if (r < 0)
        return r;
    if (content.damaged > 0)
        snprintf(s->notice, sizeof s->notice,
                 "journal %" PRId64 ": %zu damaged lines are left out, as after a power cut", number, content.damaged);
    if (content.count == 0)
        return journal_remove(&s->journal, number, f);
    r = batch_store(s, &content, f);
    return r < 0 ? r : seal_finish(s, f);
}

int spool_seal(struct spool *s, struct fault *f)
{
    if (s->journal.fd < 0 && !s->half_sealed)
        return 0;
    int r = seal_next(s, f);
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

int spool_append(struct spool *s, const struct result *result, struct fault *f)
{
    _cleanup_(buf_free) struct buf line = {0};
    result_write(result, &line);
    if (line.len > RESULT_LINE_MAX) {
        struct result bare = *result;
        _cleanup_json_ json_t *detail = json_pack("{s:s}", "reason",
                                                  "the detail was too long for a result and is left out");
        bare.detail = detail;
        buf_clear(&line);
        result_write(&bare, &line);
    }
    int r = 0;
    if (s->half_sealed || (s->journal.fd >= 0 && !journal_fits(&s->journal, line.len)))
        r = spool_seal(s, f);
    if (r == 0 && s->journal.fd < 0) {
        r = journal_start(&s->journal, s->head.number + 1, s->clock, NULL, f);
        if (r == -EEXIST) { /* a failed write left it closed */
            r = seal_next(s, f);
            if (r == 0)
                r = journal_start(&s->journal, s->head.number + 1, s->clock, NULL, f);
        }
    }
    return r < 0 ? r : journal_append(&s->journal, line.data, line.len, f);
}

/* ---- recovery ---- */

static void remove_leftovers(const char *dir_path)
{
    DIR *dir = opendir(dir_path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".tmp") == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
}

/* The first file past the head, in whatever place. */
static bool past_head(const struct spool *s, enum spool_place *ret_place, int64_t *ret_number)
{
    bool found = false;
    for (int p = 0; p < SPOOL_PLACES; p++) {
        for (size_t i = 0; i < s->places[p].count; i++) {
            int64_t number = s->places[p].entries[i].number;
            if (number <= s->head.number || (found && number >= *ret_number))
                continue;
            found = true;
            *ret_place = (enum spool_place)p;
            *ret_number = number;
        }
    }
    return found;
}

/* A damaged file past the head: nobody has seen it, so it is made again when
 * its journal is there, and set aside when not. */
static int damaged_past_head(struct spool *s, enum spool_place place, int64_t number, const char *why, struct fault *f)
{
    _cleanup_text_ char *path = spool_path(s->dir, place, number);
    _cleanup_text_ char *journal = alloc_format("%s/%08" PRId64 ".ndjson", s->journal.dir, number);
    if (place == SPOOL_WAITING && access(journal, F_OK) == 0) {
        spool_list_remove(&s->places[place], number);
        return unlink(path) < 0 ? fault_set(f, -errno, "%s: %s", path, strerror(errno)) : 0;
    }
    s->head.number = number;
    return place == SPOOL_WAITING ? spool_reject(s, number, why, f) : 0;
}

/* A crash between steps 2 and 3 of sealing, or a head that was restored from a
 * backup: the head goes after what is there, so that no seq is used twice. */
static int adopt(struct spool *s, int64_t number, const struct batch *b, struct fault *f)
{
    if (strcmp(b->header.chain, s->head.id) != 0 || b->header.seq <= s->head.seq) {
        s->head.number = number; /* of another chain: it is sent like any other */
        return 0;
    }
    struct chain next = head_after(s, number, b->header.seq, b->hash);
    int r = head_move(s, &next, f);
    return r < 0 ? r : journal_remove(&s->journal, number, f);
}

static int finish_seal(struct spool *s, struct fault *f)
{
    enum spool_place place = SPOOL_WAITING;
    int64_t number = 0;
    while (past_head(s, &place, &number)) {
        _cleanup_text_ char *path = spool_path(s->dir, place, number);
        _cleanup_(buf_free) struct buf bytes = {0};
        _cleanup_(batch_free) struct batch batch = {0};
        struct fault why = {0};
        int r = spool_read(path, NULL, &bytes, &batch, &why);
        if (r == -EBADMSG)
            r = damaged_past_head(s, place, number, why.text, f);
        else if (r == 0)
            r = adopt(s, number, &batch, f);
        else
            fault_set(f, r, "%s", why.text);
        if (r < 0)
            return r;
    }
    return 0;
}

static int finish_drop(struct spool *s)
{
    static const enum spool_place places[] = {SPOOL_WAITING, SPOOL_REJECTED};
    for (size_t i = 0; s->head.dropping > 0 && i < COUNT(places); i++) {
        _cleanup_text_ char *path = spool_path(s->dir, places[i], s->head.dropping);
        unlink(path);
        spool_list_remove(&s->places[places[i]], s->head.dropping);
    }
    return 0;
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
            r = journal_rename(&s->journal, numbers[i], s->head.number + 1, f);
            if (r == 0 && (i < n - 1 || journal_resume(&s->journal, s->head.number + 1, s->clock, NULL) < 0))
                r = seal_next(s, f);
        }
        if (r < 0)
            return r;
    }
    return 0;
}

/* A new chain when there is none. Numbers go on after every file that is
 * there: a head that the card has lost must not make a new batch overwrite an
 * old one. */
static int head_open(struct spool *s, struct fault *f)
{
    int64_t number = 0;
    int r = chain_read(s->dir, &s->head, f);
    if (r != -ENOENT && r != -EBADMSG)
        return r;
    if (r == -EBADMSG)
        snprintf(s->notice, sizeof s->notice, "%s/chain.json is damaged: a new chain of batches begins", s->dir);
    for (int p = 0; p < SPOOL_PLACES; p++) {
        const struct spool_list *list = &s->places[p];
        if (list->count > 0 && list->entries[list->count - 1].number > number)
            number = list->entries[list->count - 1].number;
    }
    s->head = chain_new(number);
    return chain_write(s->dir, &s->head, f);
}

static int recover(struct spool *s, struct fault *f)
{
    int r = 0;
    for (int p = 0; p < SPOOL_PLACES && r == 0; p++) {
        _cleanup_text_ char *path = spool_folder(s->dir, (enum spool_place)p);
        r = file_make_dir(path, 0700, f);
        if (r == 0) {
            remove_leftovers(path);
            r = spool_list_read(s->dir, (enum spool_place)p, &s->places[p], f);
        }
    }
    if (r == 0)
        r = journal_init(&s->journal, s->dir, f);
    if (r == 0)
        r = head_open(s, f);
    int64_t head = s->head.number;
    if (r == 0)
        r = finish_drop(s);
    if (r == 0)
        r = finish_seal(s, f);
    return r == 0 ? finish_journals(s, head, f) : r;
}

int spool_open(const char *state_dir, const struct identity *identity, const struct clock *clock, int64_t max_bytes,
               struct spool **ret, struct fault *f)
{
    struct spool *s = alloc_zero(1, sizeof *s);
    s->dir = alloc_text(state_dir);
    s->identity = identity;
    s->clock = clock;
    s->max_bytes = max_bytes;
    s->journal.fd = -1;
    int r = recover(s, f);
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
    for (int p = 0; p < SPOOL_PLACES; p++)
        spool_list_free(&s->places[p]);
    chain_free(&s->head);
    chain_free(&s->next);
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

const struct spool_list *spool_waiting(const struct spool *s)
{
    return &s->places[SPOOL_WAITING];
}

char *spool_entry_path(const struct spool *s, int64_t number)
{
    return spool_path(s->dir, SPOOL_WAITING, number);
}
