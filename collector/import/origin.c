#include "collector/import/origin.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "collector/import/kind.h"
#include "collector/import/listing.h"
#include "common/lang.h"
#include "common/log.h"

#define COPY_SQL "COPY import_origin FROM STDIN (FORMAT binary)"
#define FIELDS   3
/* Lengths, a prefix of IPv6, an ASN, a boolean. */
#define ROW_MAX (2 + FIELDS * 4 + 20 + 8 + 1)
#define ASN_MAX UINT32_MAX

/* ---- a line ---- */

static void add_row(struct origin_list *out, const struct import_prefix *prefix, uint64_t asn, bool as_set)
{
    char *to = copy_row_begin(&out->rows, ROW_MAX, FIELDS);
    to = copy_cidr(to, prefix->addr, strlen(prefix->addr), prefix->bits);
    to = copy_int8(to, (int64_t)asn);
    to = copy_bytes(to, as_set ? "\1" : "\0", 1);
    copy_row_end(&out->rows, to);
}

static int read_origins(const char *text, const struct import_prefix *prefix, struct origin_list *out, struct fault *f)
{
    for (const char *at = text;;) {
        size_t len = strcspn(at, "_");
        bool as_set = memchr(at, ',', len) != NULL;
        for (const char *end = at + len;;) {
            size_t digits = strcspn(at, ",_");
            uint64_t asn;
            if (import_whole(at, digits, ASN_MAX, &asn) < 0)
                return fault_set(
                    f, -EBADMSG,
                    _("\"%.64s\" are no origins; write AS numbers such as 28683, joined by _ when the prefix "
                      "has several and by , when they are an AS set"),
                    text);
            add_row(out, prefix, asn, as_set);
            at += digits;
            if (at == end)
                break;
            at++;
        }
        if (!*at)
            return 0;
        at++;
    }
}

static int read_line(void *ctx, char *line, struct fault *f)
{
    struct origin_list *out = ctx;
    char *length = strchr(line, '\t'), *origins = length ? strchr(length + 1, '\t') : NULL;
    struct import_prefix prefix;
    if (!origins || strchr(origins + 1, '\t'))
        return fault_set(f, -EBADMSG, _("not three columns; write prefix, length and origins with a tab between"));
    *length++ = *origins++ = '\0';
    int rc = import_prefix(line, length, &prefix, f);
    if (rc == 0)
        rc = read_origins(origins, &prefix, out, f);
    if (rc < 0)
        return rc;
    *(prefix.v6 ? &out->has6 : &out->has4) = true;
    out->prefixes++;
    return 0;
}

/* ---- the file ---- */

int origin_read(const char *text, size_t len, struct origin_list *out, struct fault *f)
{
    if (len >= 2 && !memcmp(text, "\x1f\x8b", 2))
        return fault_set(f, -EBADMSG, _("compressed; unpack it first: gunzip FILE"));
    int rc = import_lines(text, len, read_line, out, f);
    if (rc < 0)
        return rc;
    return out->prefixes > 0 ? 0
                             : fault_set(f, -EBADMSG,
                                         _("the file holds no prefix; nothing would be left of the earlier "
                                           "import"));
}

void origin_free(struct origin_list *list)
{
    copy_rows_free(&list->rows);
}

/* ---- the database ---- */

int origin_store(struct pg *pg, const char *run, const struct origin_list *list, struct fault *f)
{
    const char *families = !list->has6 ? "{4}" : !list->has4 ? "{6}" : "{4,6}";
    int rc = pg_run(pg, "CREATE TEMP TABLE import_origin (prefix cidr, asn bigint, as_set boolean) ON COMMIT DROP", f);
    if (rc == 0)
        rc = copy_send_shown(pg, COPY_SQL, &list->rows, _("prefixes"), f);
    if (rc == 0)
        rc = pg_run(pg, "ANALYZE import_origin", f);
    return rc < 0 ? rc
                  : pg_query(pg, "SELECT import_origins($1::int, $2::int[])", 2, (const char *const[]){run, families},
                             NULL, f);
}

/* ---- the kind ---- */

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct origin_list *list = alloc_zero(1, sizeof *list);
    *ret = list;
    return origin_read(text->data, text->len, list, f);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct origin_list *origins = list;
    *ret_count = origins->prefixes;
    return origin_store(pg, run->number, origins, f);
}

static void kind_free(void *list)
{
    if (list)
        origin_free(list);
    free(list);
}

static void kind_say(const void *list, size_t count)
{
    log_info(_("prefixes imported: %zu"), count);
}

const struct import_kind import_origins = {kind_read, kind_store, kind_free, kind_say, .whole = true};
