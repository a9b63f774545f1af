#include "collector/figure/chapter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/figure/given.h"
#include "collector/figure/indicator.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

/* Where each stands, and its text, which the indicator borrows from. */
static struct own {
    char *id, *path, *text;
    bool agreed; /* serve read the same */
} * own;
static size_t own_count;

/* What is faulty is not gone: indicators that such files name, and whether one does not even tell that. */
static json_t *faulty;
static bool unread;

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

static void note_faulty(const char *id)
{
    if (!faulty)
        faulty = json_array();
    json_array_append_new(faulty, json_string(id));
}

/* The indicator that a faulty file is of, as far as it says so. */
static void note_text(const char *text)
{
    static const char key[] = "-- id: ";
    const char *at = !strncmp(text, key, strlen(key)) ? text : strstr(text, "\n-- id: ");
    struct fault none;
    if (!at) {
        unread = true;
        return;
    }
    at += strlen(key) + (*at == '\n');
    _cleanup_text_ char *id = alloc_text_n(at, strcspn(at, " \r\n"));
    if (check_id(id, &none) == 0)
        note_faulty(id);
}

/* What lines say goes through the floor; a SELECT over figures would pass it by, as one over inputs could, and so would
 * days that series told otherwise, which are known by their check. */
static int check_floor(const struct indicator *i, struct fault *f)
{
    if (i->derived || i->calculated || i->objects)
        return fault_set(f, -EBADMSG, _("over: of a chapter's own, only lines can be read; take the line away"));
    return i->measured && !i->check
               ? fault_set(f, -EBADMSG, _("check is missing: what measures it, such as \"-- check: dns\""))
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
    i.own = true;
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

/* It is trusted as the configuration is. One that cannot be looked at cannot be read either. */
static int check_owner(const char *path, struct fault *f)
{
    struct stat st;
    if (stat(path, &st) < 0 || !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return 0;
    unread = true;
    return fault_set(f, -EPERM, _("%s: others than its owner may write there; give it chmod go-w"), path);
}

static int load(const char *path, struct fault *f)
{
    struct buf text = {0};
    char *id = NULL;
    int rc = check_owner(path, f);
    if (rc < 0)
        return rc;
    rc = file_read(path, CHAPTER_FILE_MAX, &text, f);
    if (rc < 0) {
        unread = true;
        return rc;
    }
    buf_add(&text, "", 1);
    rc = strlen(text.data) + 1 == text.len ? add(text.data, &id, f)
                                           : fault_set(f, -EBADMSG, _("not a text; save it as UTF-8"));
    if (rc < 0) {
        note_text(text.data);
        buf_free(&text);
        fault_prefix(f, "%s: ", path);
        return rc;
    }
    own = alloc_resize(own, own_count + 1, sizeof *own);
    own[own_count++] = (struct own){id, alloc_text(path), buf_take(&text), false};
    return 0;
}

/* Of two that have one id the first stands, whatever order the folder keeps them in. */
static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int find(const char *folder, glob_t *ret, struct fault *f)
{
    _cleanup_text_ char *pattern = alloc_format("%s/*.sql", folder);
    if (access(folder, F_OK) == 0) {
        int rc = check_owner(folder, f);
        return rc < 0 ? rc : file_match(pattern, ret, f);
    }
    return errno == ENOENT ? 0 : fault_set(f, -errno, _("cannot read %s: %s"), folder, strerror(errno));
}

void chapter_load(const char *folder, chapter_tell tell)
{
    glob_t found = {0};
    struct fault f = {0};
    int rc = find(folder, &found, &f);
    unread |= rc < 0 || found.gl_pathc > CHAPTER_FILES_MAX;
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
        note_faulty(own[o].id);
        free(own[o].id);
        free(own[o].path);
        free(own[o].text);
        own[o] = own[--own_count];
    }
    return 0;
}

/* ---- on what was measured ---- */

/* A full disk, or somebody who cancels, says nothing of the file: the year is made again when serve starts. */
static bool blameless(int code)
{
    return code == -ENOSPC || code == -ENOMEM || code == -ETIMEDOUT;
}

/* Told again when it is another fault. */
static int note(struct pg *pg, const struct indicator *i, const char *year, const struct fault *why, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const bool no_blame = blameless(why->code);
    int rc = pg_query(
        pg,
        "INSERT INTO indicator_fault AS x (indicator, year, sql_hash, why) VALUES ($1, $2::int, "
        "coalesce(md5($3), ''), $4) ON CONFLICT (indicator, year) DO UPDATE SET sql_hash = excluded.sql_hash, why = "
        "excluded.why, found_at = now() WHERE (x.sql_hash, x.why) IS DISTINCT FROM (excluded.sql_hash, "
        "excluded.why) RETURNING true",
        4, (const char *const[]){i->id, year, no_blame ? NULL : i->sql, why->text}, &rows, f);
    if (rc == 0 && pg_rows_count(rows) > 0)
        log_error(no_blame ? _("indicator %s has no new figures of %s; start serve again when it can work: %s")
                           : _("indicator %s has no new figures of %s: its SELECT fails on what was measured; mend its "
                               "file and start serve again: %s"),
                  i->id, year, why->text);
    return rc;
}

int chapter_attempt(struct pg *pg, const struct indicator *i, const char *year, chapter_work work, bool *ret,
                    struct fault *f)
{
    struct fault why = {0};
    if (ret)
        *ret = true;
    if (!i->own)
        return work(pg, i, year, f);
    int rc = pg_run(pg, "SAVEPOINT own", f);
    if (rc < 0)
        return rc;
    rc = work(pg, i, year, &why);
    if (ret)
        *ret = rc == 0;
    if (rc == 0)
        return pg_run(pg, "RELEASE SAVEPOINT own", f);
    if (rc == -ENOTCONN || rc == -EAGAIN) /* nothing that it says: all is tried again */
        return fault_set(f, rc, "%s", why.text);
    rc = pg_run(pg, "ROLLBACK TO SAVEPOINT own; RELEASE SAVEPOINT own", f);
    return rc == 0 && ret ? note(pg, i, year, &why, f) : rc;
}

int chapter_made(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    return pg_query(pg, "DELETE FROM indicator_fault WHERE indicator = $1 AND year = $2::int", 2,
                    (const char *const[]){i->id, year}, NULL, f);
}

static char *texts(const char *(*of)(const struct own *o))
{
    _cleanup_json_ json_t *all = json_object();
    for (size_t o = 0; o < own_count; o++)
        json_object_set_new(all, own[o].id, json_string(of(&own[o])));
    return json_text(all);
}

static const char *whole_text(const struct own *o)
{
    return o->text;
}

static const char *select_text(const struct own *o)
{
    return indicator_find(o->id)->sql;
}

static int retry(struct pg *pg, struct fault *f)
{
    _cleanup_text_ char *text = texts(select_text);
    return pg_query(
        pg,
        "WITH mended AS (DELETE FROM indicator_fault WHERE sql_hash IS DISTINCT FROM "
        "md5($1::jsonb->>indicator) RETURNING year) SELECT years_stale('method', array_agg(year)) FROM mended",
        1, (const char *const[]){text}, NULL, f);
}

int chapter_settle(struct pg *pg, struct fault *f)
{
    _cleanup_text_ char *now = texts(whole_text);
    int rc = pg_query(pg, "DELETE FROM indicator_own WHERE NOT $1::jsonb ? indicator", 1, (const char *const[]){now},
                      NULL, f);
    if (rc == 0)
        rc = pg_query(pg,
                      "INSERT INTO indicator_own SELECT key, md5(value) FROM jsonb_each_text($1::jsonb) ON CONFLICT "
                      "(indicator) DO UPDATE SET text_hash = excluded.text_hash",
                      1, (const char *const[]){now}, NULL, f);
    return rc < 0 ? rc : retry(pg, f);
}

char *chapter_faulty(void)
{
    return unread ? NULL : faulty ? json_text(faulty) : alloc_text("[]");
}

int chapter_agree(struct pg *pg, struct fault *f)
{
    _cleanup_text_ char *now = texts(whole_text);
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT m.key FROM jsonb_each_text($1::jsonb) m JOIN indicator_own o ON (o.indicator, "
                      "o.text_hash) = (m.key, md5(m.value))",
                      1, (const char *const[]){now}, &rows, f);
    for (size_t o = 0; rc == 0 && o < own_count; o++) {
        own[o].agreed = false;
        for (size_t r = 0; r < pg_rows_count(rows); r++)
            own[o].agreed |= !strcmp(pg_text(rows, r, 0), own[o].id);
        if (!own[o].agreed)
            log_warn(_("%s: serve did not read this file as it is; figures of %s stay as they are until it starts "
                       "again"),
                     own[o].path, own[o].id);
    }
    return rc;
}

bool chapter_agreed(const struct indicator *i)
{
    bool agreed = !i->own;
    for (size_t o = 0; o < own_count; o++)
        agreed |= own[o].agreed && !strcmp(own[o].id, i->id);
    return agreed;
}
