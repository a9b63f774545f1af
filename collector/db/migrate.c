#include "collector/db/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "build_config.h"
#include "collector/db/remake.h"
#include "collector/db/schema.h"
#include "common/buf.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/sign.h"

/* Any number that nobody else uses for pg_advisory_lock. */
#define LOCK_SQL   "SELECT pg_advisory_lock(4919027610)"
#define UNLOCK_SQL "SELECT pg_advisory_unlock(4919027610)"
/* The row of schema_migration that stands for all that is made again. */
#define AGAIN "again"

/* ---- migrations ---- */

static void checksum(const char *text, size_t len, char ret_text[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", text, len, hash);
    hash_text(hash, ret_text);
}

/* *ret is "" when the name is not there. */
static int stored_checksum(struct pg *pg, const char *name, char ret_text[static HASH_TEXT_SIZE], struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT checksum FROM schema_migration WHERE name = $1", 1, &name, &rows, f);
    if (rc == 0)
        snprintf(ret_text, HASH_TEXT_SIZE, "%s", pg_rows_count(rows) ? pg_text(rows, 0, 0) : "");
    return rc;
}

static int store_checksum(struct pg *pg, const char *name, const char *sum, struct fault *f)
{
    const char *const params[] = {name, sum, VERSION};
    return pg_query(pg,
                    "INSERT INTO schema_migration (name, checksum, program) VALUES ($1, $2, $3) ON CONFLICT (name) DO "
                    "UPDATE SET checksum = excluded.checksum, program = excluded.program, applied_at = now()",
                    3, params, NULL, f);
}

/* Tables as a newer program made them are not what this one's views and writers
 * believe. -EPROTO where there is a migration that it does not carry. Which program
 * applied it is not known of one from before that was noted. */
static int check_older(struct pg *pg, struct fault *f)
{
    static const char sql[] = "SELECT m.name, to_jsonb(m)->>'program' FROM schema_migration m WHERE m.name <> '" AGAIN
                              "' AND m.name <> ALL ($1::text[]) ORDER BY m.name DESC LIMIT 1";
    _cleanup_(buf_free) struct buf known = {0};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    for (const struct embedded *e = NULL; (e = schema_next("migrations/", e)) != NULL;)
        buf_addf(&known, "%s%s", known.len ? "," : "{", e->path);
    buf_add_text(&known, "}");
    int rc = pg_query(pg, sql, 1, (const char *const[]){known.data}, &rows, f);
    if (rc < 0 || pg_rows_count(rows) == 0)
        return rc;
    const char *program = pg_text(rows, 0, 1);
    return fault_set(f, -EPROTO,
                     _("a newer internetmetre-collector (%s) has made this database into something that this one (%s) "
                       "does not know: %s; nothing was changed. Install that version or a later one, or put back a "
                       "backup from before the upgrade (BACKUP.md)"),
                     program ? program : "?", VERSION, pg_text(rows, 0, 0));
}

static int rolled_back(struct pg *pg, int rc)
{
    if (pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

static int apply(struct pg *pg, const struct embedded *file, const char *sum, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = pg_run(pg, file->text, f);
    if (rc == 0)
        rc = store_checksum(pg, file->path, sum, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc == 0)
        return 0;
    fault_prefix(f, _("migration %s: "), file->path);
    return rolled_back(pg, rc);
}

static int apply_missing(struct pg *pg, unsigned *ret_applied, struct fault *f)
{
    for (const struct embedded *e = NULL; (e = schema_next("migrations/", e)) != NULL;) {
        char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE];
        checksum(e->text, e->len, wanted);
        int rc = stored_checksum(pg, e->path, stored, f);
        if (rc < 0)
            return rc;
        if (!*stored) {
            rc = apply(pg, e, wanted, f);
            if (rc < 0)
                return rc;
            (*ret_applied)++;
        } else if (strcmp(stored, wanted) != 0) {
            return fault_set(
                f, -EINVAL,
                _("migration %s was applied with other content than this program carries; a migration never "
                  "changes: run the program that made this database, or a later one"),
                e->path);
        }
    }
    return 0;
}

/* ---- what can be made again ---- */

static int make_again(struct pg *pg, const char *sum, struct fault *f)
{
    int rc = pg_run(pg, "BEGIN", f);
    if (rc == 0)
        rc = remake_run(pg, f);
    if (rc == 0)
        rc = store_checksum(pg, AGAIN, sum, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc == 0)
        return 0;
    fault_prefix(f, _("functions and views: "));
    return rolled_back(pg, rc);
}

/* ---- the whole ---- */

static int run_locked(struct pg *pg, bool always, unsigned *ret_applied, struct fault *f)
{
    int rc = pg_run(pg,
                    "CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, checksum text NOT NULL, "
                    "applied_at timestamptz NOT NULL DEFAULT now());"
                    "ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS program text",
                    f);
    if (rc == 0)
        rc = check_older(pg, f);
    if (rc == 0)
        rc = apply_missing(pg, ret_applied, f);
    char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE];
    remake_checksum(wanted);
    if (rc == 0)
        rc = stored_checksum(pg, AGAIN, stored, f);
    if (rc == 0 && (always || strcmp(stored, wanted) != 0))
        rc = make_again(pg, wanted, f);
    return rc;
}

int migrate_run(struct pg *pg, bool always, unsigned *ret_applied, struct fault *f)
{
    *ret_applied = 0;
    if (!always && migrate_check(pg, NULL) == 0)
        return 0;
    int rc = pg_run(pg, LOCK_SQL, f);
    if (rc < 0)
        return rc;
    rc = run_locked(pg, always, ret_applied, f);
    if (pg_run(pg, UNLOCK_SQL, rc == 0 ? f : NULL) < 0 && rc == 0)
        rc = -ENOTCONN;
    return rc;
}

int migrate_check(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT to_regclass('schema_migration') IS NOT NULL", 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    char wanted[HASH_TEXT_SIZE], stored[HASH_TEXT_SIZE] = "";
    remake_checksum(wanted);
    if (pg_bool(rows, 0, 0))
        rc = check_older(pg, f);
    if (rc == 0 && pg_bool(rows, 0, 0))
        rc = stored_checksum(pg, AGAIN, stored, f);
    if (rc == 0 && strcmp(stored, wanted) == 0)
        for (const struct embedded *e = NULL; rc == 0 && (e = schema_next("migrations/", e)) != NULL;) {
            checksum(e->text, e->len, wanted);
            rc = stored_checksum(pg, e->path, stored, f);
            if (rc == 0 && strcmp(stored, wanted) != 0)
                rc = -ESTALE;
        }
    else if (rc == 0)
        rc = -ESTALE;
    return rc == -ESTALE ? fault_set(f, rc,
                                     _("the database's schema is not this program's; run: "
                                       "internetmetre-collector migrate"))
                         : rc;
}
