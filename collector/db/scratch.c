#include "collector/db/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/db/migrate.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/stop.h"

struct scratch {
    struct pg *live, *pg;
    char *name, *conninfo; /* the name as SQL has it, in quotes where it needs them */
    bool locked, made;
};

/* ---- there, and gone ---- */

#define LOCK "hashtext('internetmetre scratch')"

static int take_lock(struct scratch *s, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->live, "SELECT pg_try_advisory_lock(" LOCK ")", 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    s->locked = pg_bool(rows, 0, 0);
    return s->locked ? 0 : fault_set(f, -EBUSY, _("figures are being made again by another command; wait for its end"));
}

static int drop(struct scratch *s, struct fault *f)
{
    _cleanup_text_ char *sql = alloc_format("DROP DATABASE IF EXISTS %s WITH (FORCE)", s->name);
    return pg_run(s->live, sql, f);
}

/* By which a database is known to be one of these: for whoever lists them a comment, and from the statement that makes
 * it, as a command may be killed before it says more, a limit of connections that nobody else would choose. */
#define MARK  "internetmetre:scratch"
#define LIMIT "1967"

/* Is there one? Another's is refused. */
static int find(struct scratch *s, const char *name, bool *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->live,
                      "SELECT coalesce(shobj_description(oid, 'pg_database'), '') = $2 OR datconnlimit = $3::int AND "
                      "pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = $1",
                      3, (const char *const[]){name, MARK, LIMIT}, &rows, f);
    *ret = rc == 0 && pg_rows_count(rows) > 0;
    if (!*ret || pg_bool(rows, 0, 0))
        return rc;
    return fault_set(f, -EEXIST, _("there is a database %s that no verification made; give it another name"), name);
}

const char *scratch_name(const char *database, char ret[static SCRATCH_NAME_SIZE])
{
    static const char suffix[] = "_scratch";
    size_t len = strlen(database), most = SCRATCH_NAME_SIZE - sizeof suffix;
    char whole[10] = "";
    if (len > most) { /* two that are alike in what is left have two: FNV-1a */
        uint32_t hash = 0x811c9dc5u;
        for (const char *at = database; *at; at++)
            hash = (hash ^ (unsigned char)*at) * 0x01000193u;
        snprintf(whole, sizeof whole, "_%08x", (unsigned)hash);
        for (len = most - strlen(whole); len > 0 && ((unsigned char)database[len] & 0xc0) == 0x80; len--)
            ; /* within a character */
    }
    snprintf(ret, SCRATCH_NAME_SIZE, "%.*s%s%s", (int)len, database, whole, suffix);
    return ret;
}

/* Of the collector's own order of letters, or figures would be made in another. What is lost in a crash is made again.
 */
#define CREATE_SQL                                                                                                     \
    "SELECT quote_ident($1), format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8'' CONNECTION LIMIT " LIMIT  \
    " ', $1) || "                                                                                                      \
    "scratch_locale(to_jsonb(d)), format('COMMENT ON DATABASE %I IS %L', $1::text, $2::text), "                        \
    "format('ALTER DATABASE %I SET synchronous_commit = off', $1) "                                                    \
    "FROM pg_database d WHERE d.datname = current_database()"

/* Its statements; *ret_there: one is left of before. */
static int name_it(struct scratch *s, char name[static SCRATCH_NAME_SIZE], struct pg_rows **ret_sql, bool *ret_there,
                   struct fault *f)
{
    _cleanup_rows_ struct pg_rows *of = NULL;
    int rc = pg_query(s->live, "SELECT current_database()", 0, NULL, &of, f);
    if (rc == 0)
        rc = find(s, scratch_name(pg_text(of, 0, 0), name), ret_there, f);
    if (rc == 0)
        rc = pg_query(s->live, CREATE_SQL, 2, (const char *const[]){name, MARK}, ret_sql, f);
    if (rc == 0)
        s->name = alloc_text(pg_text(*ret_sql, 0, 0));
    return rc;
}

/* What somebody else makes of that name meanwhile is not taken away: then it cannot be made. */
static int create(struct scratch *s, const char *conninfo, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *sql = NULL;
    char name[SCRATCH_NAME_SIZE];
    bool there = false;
    int rc = name_it(s, name, &sql, &there, f);
    if (rc < 0)
        return rc;
    s->conninfo = pg_conninfo_of(conninfo, name);
    if (there)
        rc = drop(s, f);
    for (int step = 1; rc == 0 && step <= 3; step++) {
        rc = pg_run(s->live, pg_text(sql, 0, step), f);
        s->made |= rc == 0;
    }
    if (rc < 0)
        fault_prefix(f, _("%s, the database in which figures are made again (its owner needs CREATEDB): "), s->name);
    return rc;
}

int scratch_sweep(struct pg *pg, bool *ret, struct fault *f)
{
    _cleanup_scratch_ struct scratch *s = alloc_zero(1, sizeof *s);
    _cleanup_rows_ struct pg_rows *sql = NULL;
    char name[SCRATCH_NAME_SIZE];
    bool there = false;
    s->live = pg;
    *ret = false;
    int rc = take_lock(s, f);
    if (rc == -EBUSY) /* it is in use */
        return 0;
    if (rc == 0)
        rc = name_it(s, name, &sql, &there, f);
    if (rc == 0 && there)
        rc = drop(s, f);
    *ret = rc == 0 && there;
    return rc == -EEXIST ? 0 : rc;
}

int scratch_open(const struct database *d, struct pg *pg, struct scratch **ret, struct fault *f)
{
    _cleanup_scratch_ struct scratch *s = alloc_zero(1, sizeof *s);
    unsigned applied;
    s->live = pg;
    int rc = take_lock(s, f);
    if (rc == 0)
        rc = create(s, database_conninfo(d), f);
    if (rc == 0)
        rc = pg_open(s->conninfo, &s->pg, f);
    if (rc == 0)
        rc = migrate_run(s->pg, false, &applied, f);
    if (rc == 0)
        *ret = TAKE(s);
    return rc;
}

void scratch_close(struct scratch *s)
{
    if (!s)
        return;
    struct fault f = {0};
    pg_close(s->pg);
    if (s->made && drop(s, &f) < 0)
        log_warn(_("%s stays, the next start of serve takes it away: %s"), s->name, f.text);
    if (s->locked && pg_run(s->live, "SELECT pg_advisory_unlock(" LOCK ")", NULL) < 0)
        log_debug("the lock ended with the connection");
    free(s->name);
    free(s->conninfo);
    free(s);
}

struct pg *scratch_pg(const struct scratch *s)
{
    return s->pg;
}

const char *scratch_conninfo(const struct scratch *s)
{
    return s->conninfo;
}

/* ---- rows ---- */

int scratch_copy(struct scratch *s, const char *out, const char *in, struct fault *f)
{
    const void *bytes = NULL;
    size_t len;
    int rc = pg_copy_out(s->live, out, f);
    if (rc == 0)
        rc = pg_copy_start(s->pg, in, f);
    while (rc == 0 && (rc = pg_copy_next(s->live, &bytes, &len, f)) == 0 && bytes) {
        rc = pg_copy_put(s->pg, bytes, len, f);
        if (rc == 0)
            rc = stop_check(f);
    }
    if (rc < 0)
        pg_stream_stop(s->live);
    return rc < 0 ? rc : pg_copy_end(s->pg, f);
}

/* What points from one table to another, and what speaks of new rows, would ask for an order, and make things twice. */
#define EMPTY_SQL                                                                                                      \
    "DO $$ DECLARE c record; BEGIN "                                                                                   \
    "FOR c IN SELECT conrelid::regclass AS of_table, conname FROM pg_constraint WHERE contype = 'f' AND "              \
    "connamespace = 'public'::regnamespace LOOP "                                                                      \
    "EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', c.of_table, c.conname); END LOOP; "                 \
    "FOR c IN SELECT oid::regclass AS of_table FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND "          \
    "relnamespace = 'public'::regnamespace LOOP "                                                                      \
    "EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', c.of_table); END LOOP; END $$"

/* Numbers that the tables give themselves go on behind those that came. */
#define FULL_SQL                                                                                                       \
    "DO $$ DECLARE c record; BEGIN "                                                                                   \
    "FOR c IN SELECT oid::regclass AS of_table FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND "          \
    "relnamespace = 'public'::regnamespace LOOP "                                                                      \
    "EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', c.of_table); END LOOP; "                                     \
    "FOR c IN SELECT attrelid::regclass AS of_table, attname FROM pg_attribute a JOIN pg_class t ON t.oid = "          \
    "attrelid WHERE attidentity <> '' AND relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP "               \
    "EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT coalesce(max(%I), 0) + 1 FROM %s))', "      \
    "c.of_table, c.attname, c.attname, c.of_table); END LOOP; END $$; ANALYZE"

#define TABLES_SQL                                                                                                     \
    "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relnamespace = "         \
    "'public'::regnamespace AND relname !~ $1 ORDER BY relname"

static int copy_table(struct scratch *s, const char *table, struct fault *f)
{
    _cleanup_text_ char *empty = alloc_format("TRUNCATE %s", table);
    _cleanup_text_ char *out = alloc_format("COPY %s TO STDOUT (FORMAT binary)", table);
    _cleanup_text_ char *in = alloc_format("COPY %s FROM STDIN (FORMAT binary)", table);
    int rc = pg_run(s->pg, empty, f);
    return rc < 0 ? rc : scratch_copy(s, out, in, f);
}

int scratch_fill(struct scratch *s, const char *without, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(s->pg, TABLES_SQL, 1, &without, &rows, f); /* the program's own, whatever else lies beside */
    if (rc == 0)
        rc = pg_run(s->pg, EMPTY_SQL, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        rc = copy_table(s, pg_text(rows, r, 0), f);
    return rc < 0 ? rc : pg_run(s->pg, FULL_SQL, f);
}
