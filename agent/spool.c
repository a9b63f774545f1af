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
#include <sys/stat.h>

#include "build_config.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/zst.h"

/* Ranges that one header's gap can list; past it dropping waits for the next
 * batch. A header has 4096 bytes, a range at most 110. */
#define GAP_RANGES_MAX 24
#define CHAIN_FILE_MAX 8192

struct spool {
    const char *dir; /* owned */
    const struct identity *identity;
    const struct clock *clock;
    int64_t max_bytes;
    struct journal journal;
    struct spool_list places[SPOOL_PLACES];
    /* the head */
    char chain[CHAIN_ID_SIZE];
    int64_t seq, number, dropping;
    uint8_t hash[HASH_SIZE];
    json_t *gap; /* owned, NULL when none */
    char notice[FAULT_TEXT_MAX];
};

/* ---- files and lists ---- */

static const char *const folders[] = {
    [SPOOL_WAITING] = "spool", [SPOOL_ACKED] = "spool/acked", [SPOOL_REJECTED] = "spool/rejected"};

const char *spool_place_word(enum spool_place place)
{
    static const char *const words[] = {
        [SPOOL_WAITING] = N_("waiting"), [SPOOL_ACKED] = N_("acknowledged"), [SPOOL_REJECTED] = N_("rejected")};
    return words[place];
}

char *spool_path(const char *state_dir, enum spool_place place, int64_t number)
{
    return alloc_format("%s/%s/%08" PRId64 ".batch", state_dir, folders[place], number);
}

static int by_number(const void *a, const void *b)
{
    const struct spool_entry *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static void list_add(struct spool_list *list, int64_t number, int64_t size)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 8;
        list->entries = alloc_resize(list->entries, list->cap, sizeof *list->entries);
    }
    list->entries[list->count++] = (struct spool_entry){number, size};
    list->bytes += size;
}

static int64_t list_remove(struct spool_list *list, int64_t number)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i].number != number)
            continue;
        int64_t size = list->entries[i].size;
        memmove(&list->entries[i], &list->entries[i + 1], (list->count - i - 1) * sizeof *list->entries);
        list->count--;
        list->bytes -= size;
        return size;
    }
    return 0;
}

void spool_list_free(struct spool_list *list)
{
    free(list->entries);
    *list = (struct spool_list){0};
}

int spool_list_read(const char *state_dir, enum spool_place place, struct spool_list *ret, struct fault *f)
{
    _cleanup_(spool_list_free) struct spool_list list = {0};
    _cleanup_text_ char *path = alloc_format("%s/%s", state_dir, folders[place]);
    DIR *dir = opendir(path);
    if (!dir && errno != ENOENT)
        return fault_set(f, -errno, "%s: %s", path, strerror(errno));
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        int64_t number;
        int end = 0;
        struct stat st;
        if (sscanf(entry->d_name, "%" SCNd64 ".batch%n", &number, &end) != 1 || end == 0 || entry->d_name[end])
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0)
            list_add(&list, number, st.st_size);
    }
    if (dir)
        closedir(dir);
    if (list.count > 0)
        qsort(list.entries, list.count, sizeof *list.entries, by_number);
    *ret = list;
    list = (struct spool_list){0};
    return 0;
}

int spool_read(const char *path, struct buf *ret_wire, struct buf *ret_bytes, struct batch *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf wire = {0}, bytes = {0};
    int r = file_read(path, BATCH_WIRE_MAX, &wire, f);
    if (r == -EFBIG)
        r = -EBADMSG;
    if (r == 0) {
        r = zst_unpack(wire.data, wire.len, BATCH_BYTES_MAX, &bytes, f);
        if (r == 0 && batch_read(bytes.data, bytes.len, ret, f) != BATCH_FINE)
            r = -EBADMSG;
        if (r < 0) {
            fault_prefix(f, "%s: ", path);
            return -EBADMSG;
        }
        if (ret_wire) {
            *ret_wire = wire;
            wire = (struct buf){0};
        }
        *ret_bytes = bytes;
        bytes = (struct buf){0};
    }
    return r;
}

static int move(struct spool *s, enum spool_place from, enum spool_place to, int64_t number, struct fault *f)
{
    _cleanup_text_ char *old = spool_path(s->dir, from, number);
    _cleanup_text_ char *new = spool_path(s->dir, to, number);
    if (rename(old, new) < 0)
        return fault_set(f, -errno, "%s: %s", old, strerror(errno));
    int64_t size = list_remove(&s->places[from], number);
    list_add(&s->places[to], number, size);
    return 0;
}

static void trim_acked(struct spool *s)
{
    struct spool_list *acked = &s->places[SPOOL_ACKED];
    while (acked->count > 0 && acked->bytes > SPOOL_ACKED_MAX) {
        int64_t number = acked->entries[0].number;
        _cleanup_text_ char *path = spool_path(s->dir, SPOOL_ACKED, number);
        unlink(path);
        list_remove(acked, number);
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

int spool_reject(struct spool *s, int64_t number, const char *reason, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/%s/%08" PRId64 ".reason", s->dir, folders[SPOOL_REJECTED], number);
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
        _cleanup_text_ char *reason = alloc_format("%s/%s/%08" PRId64 ".reason", s->dir, folders[SPOOL_REJECTED],
                                                   number);
        unlink(reason);
    }
    struct spool_list *waiting = &s->places[SPOOL_WAITING];
    if (waiting->count > 0)
        qsort(waiting->entries, waiting->count, sizeof *waiting->entries, by_number);
    return 0;
}

/* ---- the head ---- */

static int head_write(struct spool *s, struct fault *f)
{
    char hash[HASH_TEXT_SIZE];
    _cleanup_text_ char *path = alloc_format("%s/chain.json", s->dir);
    _cleanup_json_ json_t *object = json_pack(
        "{s:s, s:I, s:s, s:I, s:I, s:O?}", "chain", s->chain, "seq", (json_int_t)s->seq, "hash",
        hash_text(s->hash, hash), "number", (json_int_t)s->number, "dropping", (json_int_t)s->dropping, "gap", s->gap);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0600, f);
}

static int head_parse(struct spool *s, const json_t *object, struct fault *f)
{
    const char *chain, *hash;
    int r;
    if ((r = json_get_text(object, "chain", CHAIN_ID_SIZE - 1, &chain, f)) < 0 ||
        (r = json_get_int(object, "seq", 0, INT64_MAX - 1, &s->seq, f)) < 0 ||
        (r = json_get_text(object, "hash", HASH_TEXT_SIZE - 1, &hash, f)) < 0 ||
        (r = json_get_int(object, "number", 0, INT64_MAX - 1, &s->number, f)) < 0 ||
        (r = json_get_int(object, "dropping", 0, INT64_MAX, &s->dropping, f)) < 0)
        return r;
    if (hash_parse(hash, strlen(hash), s->hash) < 0)
        return fault_set(f, -EBADMSG, "\"hash\" is not 64 hex digits");
    strcpy(s->chain, chain);
    json_t *gap = json_object_get(object, "gap");
    s->gap = json_is_object(gap) ? json_incref(gap) : NULL;
    return 0;
}

/* A new chain. Numbers go on after every file that is there: a head that the
 * card has lost must not make a new batch overwrite an old one. */
static int head_new(struct spool *s, struct fault *f)
{
    uint8_t id[16];
    random_bytes(id, sizeof id);
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(s->chain + 2 * i, 3, "%02x", id[i]);
    s->seq = s->number = s->dropping = 0;
    memset(s->hash, 0, sizeof s->hash);
    for (int p = 0; p < SPOOL_PLACES; p++)
        if (s->places[p].count > 0 && s->places[p].entries[s->places[p].count - 1].number > s->number)
            s->number = s->places[p].entries[s->places[p].count - 1].number;
    return head_write(s, f);
}

static int head_read(struct spool *s, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/chain.json", s->dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *object = NULL;
    int r = file_read(path, CHAIN_FILE_MAX, &text, f);
    if (r == 0)
        r = json_read(text.data, text.len, CHAIN_FILE_MAX, JSON_DEPTH_MAX, &object, f);
    if (r == 0)
        r = head_parse(s, object, f);
    if (r == -ENOENT)
        return head_new(s, f);
    if (r == -EBADMSG || r == -EFBIG || r == -E2BIG || r == -ELOOP) {
        snprintf(s->notice, sizeof s->notice, "%s is damaged: a new chain of batches begins", path);
        return head_new(s, f);
    }
    return r;
}

/* ---- the gap ---- */

static int64_t member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool gap_full(const struct spool *s)
{
    return json_array_size(json_object_get(s->gap, "batches")) >= GAP_RANGES_MAX;
}

static void gap_add(struct spool *s, const char *chain, int64_t seq, int64_t results)
{
    if (!s->gap)
        s->gap = json_pack("{s:s, s:[]}", "reason", "spool_max", "batches");
    json_t *ranges = json_object_get(s->gap, "batches");
    json_t *last = json_array_size(ranges) ? json_array_get(ranges, json_array_size(ranges) - 1) : NULL;
    if (last && strcmp(json_string_value(json_object_get(last, "chain")), chain) == 0 &&
        member(last, "to") + 1 == seq) {
        json_object_set_new(last, "to", json_integer(seq));
        json_object_set_new(last, "results", json_integer(member(last, "results") + results));
        return;
    }
    json_array_append_new(ranges, json_pack("{s:s, s:I, s:I, s:I}", "chain", chain, "from", (json_int_t)seq, "to",
                                            (json_int_t)seq, "results", (json_int_t)results));
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
    if (spool_read(path, NULL, &bytes, &batch, NULL) == 0)
        gap_add(s, batch.header.chain, batch.header.seq, batch.count);
    s->dropping = number;
    int r = head_write(s, f);
    if (r < 0)
        return r;
    if (unlink(path) < 0 && errno != ENOENT)
        return fault_set(f, -errno, "%s: %s", path, strerror(errno));
    list_remove(&s->places[place], number);
    _cleanup_text_ char *reason = alloc_format("%s/%s/%08" PRId64 ".reason", s->dir, folders[SPOOL_REJECTED], number);
    unlink(reason);
    snprintf(s->notice, sizeof s->notice, "spool_max is reached: batch %" PRId64 " is dropped, the next one says so",
             number);
    return 0;
}

static int keep_within(struct spool *s, struct fault *f)
{
    /* The newest always stays: it carries the gap. */
    while (s->places[SPOOL_WAITING].bytes + s->places[SPOOL_REJECTED].bytes > s->max_bytes &&
           s->places[SPOOL_WAITING].count + s->places[SPOOL_REJECTED].count > 1 && !gap_full(s)) {
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
    struct batch_header h = {.seq = s->seq + 1, .has_prev = s->seq > 0, .agent = VERSION};
    strcpy(h.probe, s->identity->probe);
    strcpy(h.chain, s->chain);
    memcpy(h.prev, s->hash, sizeof h.prev);
    header_moment(s, c, &h);
    const struct batch_extra extra = {.gap = s->gap};
    batch_header_write(&h, &extra, out);
    buf_add(out, c->lines.data, c->lines.len);
    batch_seal(out, c->count, &s->identity->key);
}

/* Step 3: the head moves to a batch that is on disk. */
static int head_advance(struct spool *s, int64_t number, const struct buf *bytes, int64_t size, struct fault *f)
{
    s->seq++;
    s->number = number;
    s->dropping = 0;
    hash_make(DOMAIN_BATCH_HASH, bytes->data, bytes->len, s->hash);
    json_decref(s->gap);
    s->gap = NULL;
    list_add(&s->places[SPOOL_WAITING], number, size);
    return head_write(s, f);
}

static int seal_number(struct spool *s, int64_t number, struct fault *f)
{
    _cleanup_(journal_content_free) struct journal_content content = {0};
    _cleanup_(buf_free) struct buf bytes = {0}, wire = {0};
    int r = journal_sync(&s->journal, f);
    if (r == 0)
        r = journal_read(&s->journal, number, &content, f);
    if (r < 0)
        return r;
    if (content.damaged > 0)
        snprintf(s->notice, sizeof s->notice,
                 "journal %" PRId64 ": %zu damaged lines are left out, as after a power cut", number, content.damaged);
    if (content.count > 0) {
        _cleanup_text_ char *path = spool_path(s->dir, SPOOL_WAITING, s->number + 1);
        batch_make(s, &content, &bytes);
        zst_pack(bytes.data, bytes.len, &wire);
        r = file_write_atomic(path, wire.data, wire.len, 0600, f);
        if (r == 0)
            r = head_advance(s, s->number + 1, &bytes, (int64_t)wire.len, f);
        if (r < 0)
            return r;
    }
    return journal_remove(&s->journal, number, f);
}

int spool_seal(struct spool *s, struct fault *f)
{
    if (s->journal.fd < 0)
        return 0;
    int r = seal_number(s, s->journal.number, f);
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
    if (s->journal.fd >= 0 && !journal_fits(&s->journal, line.len))
        r = spool_seal(s, f);
    if (r == 0 && s->journal.fd < 0) {
        r = journal_start(&s->journal, s->number + 1, s->clock, NULL, f);
        if (r == -EEXIST) { /* a failed write left it closed */
            r = seal_number(s, s->number + 1, f);
            if (r == 0)
                r = journal_start(&s->journal, s->number + 1, s->clock, NULL, f);
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

/* A crash between steps 2 and 3 of sealing. */
static int finish_seal(struct spool *s, struct fault *f)
{
    struct spool_list *waiting = &s->places[SPOOL_WAITING];
    if (waiting->count == 0 || waiting->entries[waiting->count - 1].number <= s->number)
        return 0;
    struct spool_entry last = waiting->entries[waiting->count - 1];
    _cleanup_text_ char *path = spool_path(s->dir, SPOOL_WAITING, last.number);
    _cleanup_(buf_free) struct buf bytes = {0};
    _cleanup_(batch_free) struct batch batch = {0};
    list_remove(waiting, last.number);
    int r = spool_read(path, NULL, &bytes, &batch, f);
    if (r < 0 && r != -EBADMSG)
        return r;
    if (r == 0 && strcmp(batch.header.chain, s->chain) == 0 && batch.header.seq == s->seq + 1)
        return head_advance(s, last.number, &bytes, last.size, f);
    return unlink(path) < 0 ? fault_set(f, -errno, "%s: %s", path, strerror(errno)) : 0;
}

static int finish_drop(struct spool *s)
{
    static const enum spool_place places[] = {SPOOL_WAITING, SPOOL_REJECTED};
    for (size_t i = 0; s->dropping > 0 && i < COUNT(places); i++) {
        _cleanup_text_ char *path = spool_path(s->dir, places[i], s->dropping);
        unlink(path);
        list_remove(&s->places[places[i]], s->dropping);
    }
    return 0;
}

static int finish_journals(struct spool *s, struct fault *f)
{
    int64_t numbers[64];
    int n = journal_list(&s->journal, numbers, COUNT(numbers), f);
    if (n < 0)
        return n;
    for (int i = 0; i < n; i++) {
        int r;
        if (numbers[i] <= s->number)
            r = journal_remove(&s->journal, numbers[i], f);
        else if (i == n - 1 && numbers[i] == s->number + 1 &&
                 journal_resume(&s->journal, numbers[i], s->clock, NULL) == 0)
            r = 0;
        else
            r = seal_number(s, numbers[i], f);
        if (r < 0)
            return r;
    }
    return 0;
}

static int recover(struct spool *s, struct fault *f)
{
    int r = 0;
    for (int p = 0; p < SPOOL_PLACES && r == 0; p++) {
        _cleanup_text_ char *path = alloc_format("%s/%s", s->dir, folders[p]);
        r = file_make_dir(path, 0700, f);
        if (r == 0) {
            remove_leftovers(path);
            r = spool_list_read(s->dir, (enum spool_place)p, &s->places[p], f);
        }
    }
    if (r == 0)
        r = journal_init(&s->journal, s->dir, f);
    if (r == 0)
        r = head_read(s, f);
    if (r == 0)
        r = finish_drop(s);
    if (r == 0)
        r = finish_seal(s, f);
    return r == 0 ? finish_journals(s, f) : r;
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
    json_decref(s->gap);
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
