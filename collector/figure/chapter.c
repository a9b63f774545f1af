#include "collector/figure/chapter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/figure/given.h"
#include "collector/figure/indicator.h"
#include "common/file.h"
#include "common/lang.h"

/* Where each stands, and its text, which the indicator borrows from. */
static struct own {
    char *id, *path, *text;
} * own;
static size_t own_count;

char *chapter_folder(const char *config)
{
    const char *slash = strrchr(config, '/');
    return alloc_format("%.*s%s", slash ? (int)(slash - config + 1) : 0, config, CHAPTER_FOLDER);
}

/* A word of ours, and an anchor on pages. */
static int check_id(const char *id, struct fault *f)
{
    size_t len = strlen(id);
    if (len >= 2 && len <= 16 && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len && *id >= 'A' && *id <= 'Z')
        return 0;
    return fault_set(
        f, -EBADMSG,
        _("id: \"%.40s\": allowed: 2 to 16 capital letters, digits and _, with a letter first, such as BJ_WIFI"), id);
}

/* What lines say goes through the floor; a SELECT over figures would pass it by. */
static int check_floor(const struct indicator *i, struct fault *f)
{
    return i->derived
               ? fault_set(f, -EBADMSG, _("over: of a chapter's own, only lines can be read; take the line away"))
               : 0;
}

static int add(const char *text, char **ret_id, struct fault *f)
{
    struct indicator i;
    int rc = indicator_read(text, &i, f);
    if (rc < 0)
        return rc;
    rc = check_id(i.id, f);
    if (rc == 0)
        rc = check_floor(&i, f);
    char *id = alloc_text(i.id);
    if (rc == 0)
        rc = indicator_add(&i);
    if (rc == -EEXIST)
        fault_set(f, rc, _("id: there is a %s already; choose another, such as MY_%s"), id, id);
    if (rc < 0) {
        indicator_free(&i);
        free(id);
        return rc;
    }
    *ret_id = id;
    return 0;
}

static int load(const char *path, struct fault *f)
{
    struct buf text = {0};
    char *id = NULL;
    int rc = file_read(path, CHAPTER_FILE_MAX, &text, f);
    if (rc < 0)
        return rc;
    buf_add(&text, "", 1);
    rc = strlen(text.data) + 1 == text.len ? add(text.data, &id, f)
                                           : fault_set(f, -EBADMSG, _("not a text; save it as UTF-8"));
    if (rc < 0) {
        buf_free(&text);
        fault_prefix(f, "%s: ", path);
        return rc;
    }
    own = alloc_resize(own, own_count + 1, sizeof *own);
    own[own_count++] = (struct own){id, alloc_text(path), buf_take(&text)};
    return 0;
}

/* Of two that have one id the first stands, whatever order the folder keeps them in. */
static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void chapter_load(const char *folder, chapter_tell tell)
{
    glob_t found = {0};
    struct fault f = {0};
    _cleanup_text_ char *pattern = alloc_format("%s/*.sql", folder);
    int rc = access(folder, F_OK) == 0 ? file_match(pattern, &found, &f) : 0;
    if (rc < 0)
        tell(&f);
    if (found.gl_pathc > 0)
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_path);
    for (size_t p = 0; rc == 0 && p < found.gl_pathc && p < CHAPTER_FILES_MAX; p++)
        if (load(found.gl_pathv[p], &f) < 0)
            tell(&f);
    if (rc == 0 && found.gl_pathc > CHAPTER_FILES_MAX) {
        fault_set(&f, -E2BIG, _("%s: %zu files; only the first %d are read"), folder, found.gl_pathc,
                  CHAPTER_FILES_MAX);
        tell(&f);
    }
    globfree(&found);
}

int chapter_check(struct pg *pg, chapter_tell tell, struct fault *f)
{
    for (size_t o = 0; o < own_count;) {
        const struct indicator *i = indicator_find(own[o].id);
        struct fault why = {0};
        int rc = i->measured ? given_check(pg, i, &why) : 0;
        if (rc < 0 && !pg_usable(pg))
            return fault_set(f, rc, "%s", why.text);
        if (rc == 0) {
            o++;
            continue;
        }
        fault_prefix(&why, _("%s: its SELECT, from line %d on: "), own[o].path, i->sql_line);
        tell(&why);
        indicator_drop(own[o].id);
        free(own[o].id);
        free(own[o].path);
        free(own[o].text);
        own[o] = own[--own_count];
    }
    return 0;
}
