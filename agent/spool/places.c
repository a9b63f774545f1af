#include "agent/spool/places.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/spool/chain.h"
#include "common/file.h"

/* ---- from place to place ---- */

int spool_places_move(struct spool_places *p, enum spool_place from, enum spool_place to, int64_t number,
                      struct fault *f)
{
    _cleanup_text_ char *old = spool_path(p->dir, from, number);
    _cleanup_text_ char *new = spool_path(p->dir, to, number);
    if (rename(old, new) < 0)
        return fault_set(f, -errno, "%s: %s", old, fault_errno(errno));
    int64_t size = spool_list_remove(&p->of[from], number);
    spool_list_add(&p->of[to], number, size);
    return 0;
}

static char *reason_path(const struct spool_places *p, int64_t number)
{
    return alloc_format("%s/%s/%08" PRId64 ".reason", p->dir, spool_folder(SPOOL_REJECTED), number);
}

int spool_places_reject(struct spool_places *p, int64_t number, const char *reason, struct fault *f)
{
    _cleanup_text_ char *path = reason_path(p, number), *text = alloc_format("%s\n", reason);
    int r = file_write_atomic(path, text, strlen(text), 0600, f);
    return r < 0 ? r : spool_places_move(p, SPOOL_WAITING, SPOOL_REJECTED, number, f);
}

static int unreject(struct spool_places *p, int64_t number, struct fault *f)
{
    _cleanup_text_ char *reason = reason_path(p, number);
    int r = spool_places_move(p, SPOOL_REJECTED, SPOOL_WAITING, number, f);
    if (r == 0)
        unlink(reason);
    return r;
}

int spool_places_unreject(struct spool_places *p, struct fault *f)
{
    const struct spool_list *rejected = &p->of[SPOOL_REJECTED];
    int r = 0;
    while (r == 0 && rejected->count > 0)
        r = unreject(p, rejected->entries[0].number, f);
    return r;
}

int64_t spool_places_unreject_one(struct spool_places *p, uint64_t random, struct fault *f)
{
    const struct spool_list *rejected = &p->of[SPOOL_REJECTED];
    if (rejected->count == 0)
        return 0;
    int64_t number = rejected->entries[random % rejected->count].number;
    int r = unreject(p, number, f);
    return r < 0 ? r : number;
}

int spool_places_remove(struct spool_places *p, enum spool_place place, int64_t number, struct fault *f)
{
    _cleanup_text_ char *path = spool_path(p->dir, place, number), *reason = reason_path(p, number);
    if (unlink(path) < 0 && errno != ENOENT)
        return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    spool_list_remove(&p->of[place], number);
    unlink(reason);
    return 0;
}

/* ---- what the collector holds, and what it misses ---- */

/* Which batch an entry holds, read once. */
static void look(const struct spool_places *p, enum spool_place place, struct spool_entry *e)
{
    _cleanup_text_ char *path = spool_path(p->dir, place, e->number);
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    if (e->seq > 0)
        return;
    e->seq = INT64_MAX; /* damaged: no range names it */
    if (spool_read(path, &bytes, &batch, NULL) < 0)
        return;
    e->seq = batch.header.seq;
    e->chain = chain_key(batch.header.chain);
    e->rotates = batch.has_rotate;
}

void spool_places_trim(struct spool_places *p, int64_t max_bytes)
{
    struct spool_list *acked = &p->of[SPOOL_ACKED];
    for (size_t i = 0; i < acked->count && acked->bytes > max_bytes;) {
        look(p, SPOOL_ACKED, &acked->entries[i]);
        if (acked->entries[i].rotates) {
            i++;
            continue;
        }
        int64_t number = acked->entries[i].number;
        _cleanup_text_ char *path = spool_path(p->dir, SPOOL_ACKED, number);
        unlink(path);
        spool_list_remove(acked, number);
    }
}

/* Does the collector want it: is it in a hole, or past the highest that it
 * holds of its chain? */
static bool wanted(const struct ack *ack, const struct spool_entry *e)
{
    struct ack_range range;
    struct ack_head head;
    int64_t held = 0;
    for (size_t cursor = 0; ack_missing(ack, &cursor, &range);)
        if (chain_key(range.chain) == e->chain && range.from <= e->seq && e->seq <= range.to)
            return true;
    for (size_t cursor = 0; ack_head(ack, &cursor, &head);)
        if (chain_key(head.chain) == e->chain)
            held = head.seq;
    return e->seq != INT64_MAX && e->seq > held;
}

/* ack is NULL for those that changed the key. */
static int wait_again(struct spool_places *p, const struct ack *ack, struct fault *f)
{
    const struct spool_list *acked = &p->of[SPOOL_ACKED];
    int moved = 0;
    for (size_t i = 0; i < acked->count;) {
        struct spool_entry *e = &acked->entries[i];
        look(p, SPOOL_ACKED, e);
        if (ack ? !wanted(ack, e) : !e->rotates) {
            i++;
            continue;
        }
        int r = spool_places_move(p, SPOOL_ACKED, SPOOL_WAITING, e->number, f);
        if (r < 0)
            return r;
        moved++;
    }
    return moved;
}

int spool_places_refill(struct spool_places *p, const struct ack *ack, struct fault *f)
{
    return wait_again(p, ack, f);
}

int spool_places_refill_keys(struct spool_places *p, struct fault *f)
{
    return wait_again(p, NULL, f);
}

bool spool_places_keys_wait(struct spool_places *p)
{
    struct spool_list *waiting = &p->of[SPOOL_WAITING];
    for (size_t i = 0; i < waiting->count; i++) {
        look(p, SPOOL_WAITING, &waiting->entries[i]);
        if (waiting->entries[i].rotates)
            return true;
    }
    return false;
}

/* ---- by number ---- */

int64_t spool_places_last(const struct spool_places *p)
{
    int64_t last = 0;
    for (int i = 0; i < SPOOL_PLACES; i++)
        if (p->of[i].count > 0 && p->of[i].entries[p->of[i].count - 1].number > last)
            last = p->of[i].entries[p->of[i].count - 1].number;
    return last;
}

bool spool_places_past(const struct spool_places *p, int64_t number, struct spool_position *ret)
{
    bool found = false;
    for (int k = 0; k < SPOOL_PLACES; k++) {
        for (size_t i = 0; i < p->of[k].count; i++) {
            int64_t at = p->of[k].entries[i].number;
            if (at <= number || (found && at >= ret->number))
                continue;
            found = true;
            *ret = (struct spool_position){(enum spool_place)k, at};
        }
    }
    return found;
}

bool spool_places_oldest(const struct spool_places *p, size_t n, struct spool_position *ret)
{
    const struct spool_list *waiting = &p->of[SPOOL_WAITING], *rejected = &p->of[SPOOL_REJECTED];
    size_t w = 0, r = 0;
    if (n + 1 >= waiting->count + rejected->count)
        return false;
    for (;; n--) {
        bool from_rejected = r < rejected->count &&
                             (w == waiting->count || rejected->entries[r].number < waiting->entries[w].number);
        *ret = from_rejected ? (struct spool_position){SPOOL_REJECTED, rejected->entries[r++].number}
                             : (struct spool_position){SPOOL_WAITING, waiting->entries[w++].number};
        if (n == 0)
            return true;
    }
}

int64_t spool_places_bytes(const struct spool_places *p)
{
    return p->of[SPOOL_WAITING].bytes + p->of[SPOOL_REJECTED].bytes;
}

/* ---- begin and end ---- */

int spool_places_open(struct spool_places *p, const char *state_dir, struct fault *f)
{
    *p = (struct spool_places){.dir = state_dir};
    for (int i = 0; i < SPOOL_PLACES; i++) {
        _cleanup_text_ char *path = alloc_format("%s/%s", state_dir, spool_folder((enum spool_place)i));
        int r = file_make_dir(path, 0700, f);
        if (r < 0 || (r = file_sweep(path, FILE_UNFINISHED, f)) < 0)
            return r;
        if ((r = spool_list_read(state_dir, (enum spool_place)i, &p->of[i], f)) < 0)
            return r;
    }
    return 0;
}

void spool_places_free(struct spool_places *p)
{
    for (int i = 0; i < SPOOL_PLACES; i++)
        spool_list_free(&p->of[i]);
}
