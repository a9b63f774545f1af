#include "agent/spool/list.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/lang.h"

static const char *const folders[] = {
    [SPOOL_WAITING] = "spool", [SPOOL_ACKED] = "spool/acked", [SPOOL_REJECTED] = "spool/rejected"};

const char *spool_folder(enum spool_place place)
{
    return folders[place];
}

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

void spool_list_add(struct spool_list *list, int64_t number, int64_t size)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 8;
        list->entries = alloc_resize(list->entries, list->cap, sizeof *list->entries);
    }
    size_t at = list->count++;
    for (; at > 0 && list->entries[at - 1].number > number; at--)
        list->entries[at] = list->entries[at - 1];
    list->entries[at] = (struct spool_entry){.number = number, .size = size};
    list->bytes += size;
}

int64_t spool_list_remove(struct spool_list *list, int64_t number)
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
        return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        int64_t number;
        int end = 0;
        struct stat st;
        if (sscanf(entry->d_name, "%" SCNd64 ".batch%n", &number, &end) != 1 || end == 0 || entry->d_name[end])
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0)
            spool_list_add(&list, number, st.st_size);
    }
    if (dir)
        closedir(dir);
    if (list.count > 0)
        qsort(list.entries, list.count, sizeof *list.entries, by_number);
    *ret = list;
    list = (struct spool_list){0};
    return 0;
}

int spool_read(const char *path, struct buf *ret_bytes, struct batch *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0};
    int r = file_read(path, BATCH_WIRE_MAX, &bytes, f);
    if (r < 0)
        return r == -EFBIG ? -EBADMSG : r;
    _cleanup_(batch_free) struct batch batch = {0};
    if (batch_read(bytes.data ? bytes.data : "", bytes.len, &batch, f) != BATCH_FINE ||
        batch_unpack(&batch, f) != BATCH_FINE) {
        fault_prefix(f, "%s: ", path);
        return -EBADMSG;
    }
    *ret = batch;
    batch = (struct batch){0};
    *ret_bytes = bytes;
    bytes = (struct buf){0};
    return 0;
}
