#include "collector/import/vrp.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "collector/import/figures.h"
#include "collector/import/kind.h"
#include "collector/import/listing.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

#define COPY_SQL  "COPY import_vrp FROM STDIN (FORMAT binary)"
#define FIELDS    3
#define ROW_MAX   (2 + FIELDS * 4 + 20 + 4 + 8) /* lengths, a prefix of IPv6, a length, an ASN */
#define DEPTH_MAX 12                            /* jsonext has six */

/* ---- a payload ---- */

static int read_asn(const json_t *roa, uint64_t *ret, struct fault *f)
{
    const json_t *asn = json_object_get(roa, "asn");
    const char *text = json_string_value(asn);
    if (json_is_integer(asn) && json_integer_value(asn) >= 0 && json_integer_value(asn) <= UINT32_MAX) {
        *ret = (uint64_t)json_integer_value(asn);
        return 0;
    }
    if (text) {
        const char *digits = !strncmp(text, "AS", 2) ? text + 2 : text;
        if (import_whole(digits, strlen(digits), UINT32_MAX, ret) == 0)
            return 0;
    }
    return fault_set(f, -EBADMSG,
                     _("\"asn\" is no AS number; it is a number such as 28683, "
                       "or \"AS28683\""));
}

static int read_prefix(const json_t *roa, struct import_prefix *ret, struct fault *f)
{
    const char *text = json_string_value(json_object_get(roa, "prefix")), *slash = text ? strchr(text, '/') : NULL;
    if (!slash)
        return fault_set(f, -EBADMSG, _("\"prefix\" is no prefix; it is a text such as \"41.85.160.0/19\""));
    _cleanup_text_ char *addr = alloc_text_n(text, (size_t)(slash - text));
    return import_prefix(addr, slash + 1, ret, f);
}

static int read_roa(const json_t *roa, struct vrp_list *out, struct fault *f)
{
    struct import_prefix prefix;
    uint64_t asn = 0;
    int64_t most = 0;
    int rc = json_is_object(roa) ? read_asn(roa, &asn, f) : fault_set(f, -EBADMSG, _("not an object"));
    if (rc == 0)
        rc = read_prefix(roa, &prefix, f);
    if (rc == 0)
        rc = json_get_int_or(roa, "maxLength", prefix.bits, prefix.v6 ? 128 : 32, prefix.bits, &most, f);
    if (rc < 0)
        return rc;
    char *to = copy_row_begin(&out->rows, ROW_MAX, FIELDS);
    to = copy_cidr(to, prefix.addr, strlen(prefix.addr), prefix.bits);
    to = copy_int2(to, (int)most);
    copy_row_end(&out->rows, copy_int8(to, (int64_t)asn));
    out->payloads++;
    return 0;
}

/* ---- the file ---- */

int vrp_read(const char *text, size_t len, struct vrp_list *out, struct fault *f)
{
    _cleanup_json_ json_t *file = NULL;
    const json_t *roa, *roas;
    size_t i;
    int rc = json_read(text, len, IMPORT_BYTES_MAX, DEPTH_MAX, &file, f);
    if (rc < 0)
        return -EBADMSG;
    roas = json_object_get(file, "roas");
    if (!json_is_array(roas))
        return fault_set(f, -EBADMSG,
                         _("the file has no list \"roas\"; give the JSON of a "
                           "relying party, such as rpki-client -j"));
    json_array_foreach(roas, i, roa)
    {
        rc = read_roa(roa, out, f);
        if (rc < 0) {
            fault_prefix(f, _("payload %zu: "), i + 1);
            return -EBADMSG;
        }
    }
    return out->payloads > 0 ? 0
                             : fault_set(f, -EBADMSG,
                                         _("the file holds no payload; nothing would be left "
                                           "of the earlier import"));
}

void vrp_free(struct vrp_list *list)
{
    copy_rows_free(&list->rows);
}

/* ---- the kind ---- */

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct vrp_list *list = alloc_zero(1, sizeof *list);
    *ret = list;
    return vrp_read(text->data, text->len, list, f);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct vrp_list *vrps = list;
    *ret_count = vrps->payloads;
    int rc = pg_run(pg,
                    "CREATE TEMP TABLE import_vrp (prefix cidr, max_length "
                    "smallint, asn bigint) ON COMMIT DROP",
                    f);
    if (rc == 0)
        rc = copy_send_shown(pg, COPY_SQL, &vrps->rows, _("payloads"), f);
    if (rc == 0)
        rc = pg_run(pg, "ANALYZE import_vrp", f);
    return rc < 0 ? rc : pg_query(pg, "SELECT import_vrps($1::int)", 1, (const char *const[]){run->number}, NULL, f);
}

static void kind_free(void *list)
{
    if (list)
        vrp_free(list);
    free(list);
}

static void kind_say(const void *list, size_t count)
{
    log_info(_("payloads imported: %zu"), count);
}

const struct import_kind import_vrps = {kind_read, kind_store, kind_free, kind_say, .whole = true};
