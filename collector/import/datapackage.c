#include "collector/import/datapackage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/user.h"
#include "collector/figure/figure.h"
#include "collector/import/place.h"
#include "common/file.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/sign.h"

#define DESCRIPTOR_MAX (1u << 20) /* ours has some 6 KB */
#define DEPTH_MAX      12         /* ours has five */
#define TEXT_MAX       500
#define HASH_PREFIX    "sha256:"

/* ---- whose it is ---- */

static int read_edition(const json_t *package, struct datapackage *out, struct fault *f)
{
    const json_t *edition = json_object_get(package, "edition");
    const char *country;
    int64_t year;
    if (!json_is_object(edition))
        return fault_set(f, -EBADMSG,
                         _("\"edition\" does not say of which country and year it is: it is no yearly report, or an "
                           "older program wrote it; ask the chapter to write it again: report --year"));
    int rc = json_get_text(edition, "country", 2, &country, f);
    if (rc == 0)
        rc = json_get_int(edition, "year", 1900, 9999, &year, f);
    if (rc < 0) {
        fault_prefix(f, "%s: ", "edition");
        return -EBADMSG;
    }
    const struct place_country *place = strlen(country) == 2 ? place_country(country) : NULL;
    if (!place || place->neighbour)
        return fault_set(f, -EBADMSG, _("edition: there is no country pack of \"%.16s\"; there are those of: %s"),
                         country, place_packs());
    snprintf(out->country, sizeof out->country, "%s", country);
    snprintf(out->year, sizeof out->year, "%d", (int)year);
    return 0;
}

static int take_text(const json_t *object, const char *name, char **ret, struct fault *f)
{
    const char *text;
    if (json_get_text(object, name, TEXT_MAX, &text, f) < 0)
        return -EBADMSG;
    if (!*text || !form_text(text))
        return fault_set(f, -EBADMSG, _("\"%s\" is empty, or holds characters that are not seen"), name);
    *ret = alloc_text(text);
    return 0;
}

static int read_licence(const json_t *package, struct datapackage *out, struct fault *f)
{
    const json_t *licence = json_array_get(json_object_get(package, "licenses"), 0);
    const char *path = json_string_value(json_object_get(licence, "path"));
    if (!json_is_object(licence))
        return fault_set(
            f, -EBADMSG,
            _("\"licenses\" names none: without one nobody may print these figures; ask the chapter for it"));
    int rc = take_text(licence, "name", &out->licence, f);
    if (rc < 0)
        fault_prefix(f, "%s: ", "licenses");
    else if (path && form_link(path))
        out->licence_url = alloc_text(path);
    return rc;
}

/* ---- its table ---- */

/* As figure_columns have them, in their order. */
static int check_fields(const json_t *fields, struct fault *f)
{
    static const char *const types[] = {
        [ENCODE_TEXT] = "string", [ENCODE_NUMBER] = "number", [ENCODE_BOOL] = "boolean"};
    for (size_t c = 0; c < FIGURE_COLUMNS; c++) {
        const json_t *field = json_array_get(fields, c);
        const char *name = json_string_value(json_object_get(field, "name"));
        const char *type = json_string_value(json_object_get(field, "type"));
        if (!name || !type || strcmp(name, figure_columns[c].name) != 0 ||
            strcmp(type, types[figure_columns[c].type]) != 0)
            return fault_set(
                f, -EBADMSG,
                _("schema: field %zu is \"%.64s\" (%.16s), here it is %s (%s): another version of the program "
                  "wrote it; bring both to the same, and ask the chapter to write it again"),
                c + 1, name ? name : "", type ? type : "", figure_columns[c].name, types[figure_columns[c].type]);
    }
    if (json_array_size(fields) == FIGURE_COLUMNS)
        return 0;
    return fault_set(f, -EBADMSG,
                     _("schema: it has %zu fields, here there are %d: a newer version of the program wrote it; upgrade "
                       "this one first"),
                     json_array_size(fields), FIGURE_COLUMNS);
}

/* A name and nothing else: no folder, no address, nothing that is hidden. */
static bool plain_name(const char *path)
{
    return *path && *path != '.' && !strpbrk(path, "/\\:") && form_text(path);
}

static int check_hash(const char *wanted, const struct buf *table, const char *name, struct fault *f)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_TEXT_SIZE];
    hash_make("", table->len ? table->data : "", table->len, hash);
    if (!strncmp(wanted, HASH_PREFIX, strlen(HASH_PREFIX)) &&
        !strcmp(wanted + strlen(HASH_PREFIX), hash_text(hash, hex)))
        return 0;
    return fault_set(f, -EBADMSG,
                     _("%s is not the file that the package was made of: its SHA-256 is %s; take both anew from the "
                       "chapter"),
                     name, hex);
}

static int read_table(const char *path, int64_t octets, const char *hash, struct datapackage *out, struct fault *f)
{
    const char *slash = strrchr(path, '/');
    _cleanup_text_ char *beside = alloc_format("%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, out->table_name);
    int rc;
    {
        USER_ROOT_SCOPE;
        rc = file_read_itself(beside, (size_t)octets, &out->table, f);
    }
    if (rc == -EFBIG || (rc == 0 && out->table.len != (size_t)octets))
        return fault_set(
            f, -EBADMSG,
            _("%s has not the %lld bytes that the package says: it is not whole, or another; take both anew "
              "from the chapter"),
            out->table_name, (long long)octets);
    return rc < 0 ? rc : check_hash(hash, &out->table, out->table_name, f);
}

static int read_resource(const char *path, const json_t *resource, struct datapackage *out, struct fault *f)
{
    const char *hash = NULL;
    int64_t octets = 0;
    int rc = take_text(resource, "path", &out->table_name, f);
    if (rc == 0 && !plain_name(out->table_name))
        rc = fault_set(f, -EBADMSG,
                       _("\"path\" is \"%.64s\": only a file beside the package is read; put the table there, and its "
                         "name alone"),
                       out->table_name);
    if (rc == 0)
        rc = json_get_text(resource, "hash", TEXT_MAX, &hash, f);
    if (rc == 0)
        rc = json_get_int(resource, "bytes", 1, INT64_MAX, &octets, f);
    if (rc == 0 && octets > DATAPACKAGE_TABLE_MAX)
        rc = fault_set(f, -EBADMSG, _("\"bytes\" is %lld: a table has at most %u MB here"), (long long)octets,
                       DATAPACKAGE_TABLE_MAX >> 20);
    if (rc == 0)
        rc = check_fields(json_object_get(json_object_get(resource, "schema"), "fields"), f);
    return rc < 0 ? -EBADMSG : read_table(path, octets, hash, out, f);
}

/* ---- the package ---- */

int datapackage_read(const char *path, const struct buf *text, struct datapackage *ret, struct fault *f)
{
    _cleanup_json_ json_t *package = NULL;
    int rc = json_read(text->len ? text->data : "", text->len, DESCRIPTOR_MAX, DEPTH_MAX, &package, f);
    if (rc < 0)
        return -EBADMSG;
    const char *profile = json_string_value(json_object_get(package, "profile"));
    const json_t *resources = json_object_get(package, "resources");
    if (!profile || strcmp(profile, "data-package") != 0)
        return fault_set(f, -EBADMSG, _("\"profile\" is not data-package; give the %s that a report was written with"),
                         DATAPACKAGE_NAME);
    rc = read_edition(package, ret, f);
    if (rc == 0)
        rc = take_text(package, "title", &ret->title, f);
    if (rc == 0)
        rc = read_licence(package, ret, f);
    if (rc == 0 && json_array_size(resources) != 1)
        rc = fault_set(f, -EBADMSG, _("\"resources\" has %zu of them; the package of a report has one table"),
                       json_array_size(resources));
    if (rc < 0)
        return rc;
    rc = read_resource(path, json_array_get(resources, 0), ret, f);
    if (rc == -EBADMSG)
        fault_prefix(f, "%s: ", "resources");
    return rc;
}

void datapackage_free(struct datapackage *p)
{
    free(p->title);
    free(p->licence);
    free(p->licence_url);
    free(p->table_name);
    buf_free(&p->table);
    *p = (struct datapackage){0};
}
