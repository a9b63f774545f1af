#include "collector/import/carrier.h"

#include <errno.h>
#include <string.h>

#include "collector/import/kind.h"
#include "collector/import/listing.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"

/* A network is a /24 or /48: a longer prefix holds none. A shorter one than these
 * is no operator's, and would make a network of its own of every probe. */
#define LENGTH4_MIN 8
#define LENGTH4_MAX 24
#define LENGTH6_MIN 19
#define LENGTH6_MAX 48

static int check_length(const struct import_prefix *p, struct fault *f)
{
    unsigned min = p->v6 ? LENGTH6_MIN : LENGTH4_MIN, max = p->v6 ? LENGTH6_MAX : LENGTH4_MAX;
    if (p->bits > max)
        return fault_set(f, -EBADMSG, _("%s/%u is longer than /%u, which is the network that is seen of a probe"),
                         p->addr, p->bits, max);
    if (p->bits < min)
        return fault_set(f, -EBADMSG, _("%s/%u is wider than /%u; write the prefixes of the operator one by one"),
                         p->addr, p->bits, min);
    return 0;
}

static int read_line(void *ctx, char *line, struct fault *f)
{
    struct carrier_list *out = ctx;
    struct import_prefix prefix;
    line[strcspn(line, "#")] = '\0';
    char *word = line + strspn(line, " \t"), *end = word + strlen(word);
    while (end > word && strchr(" \t", end[-1]))
        *--end = '\0';
    if (!*word)
        return 0;
    char *length = strchr(word, '/');
    if (!length)
        return fault_set(f, -EBADMSG, _("\"%.64s\" is no prefix; write it as 192.0.2.0/24"), word);
    *length++ = '\0';
    int rc = import_prefix(word, length, &prefix, f);
    if (rc == 0)
        rc = check_length(&prefix, f);
    if (rc < 0)
        return rc;
    buf_addf(&out->array, "%s%s/%u", out->count++ ? "," : "", prefix.addr, prefix.bits);
    return 0;
}

int carrier_read(const char *text, size_t len, struct carrier_list *out, struct fault *f)
{
    int rc = import_lines(text, len, read_line, out, f);
    if (rc < 0)
        return rc;
    return out->count > 0
               ? 0
               : fault_set(f, -EBADMSG, _("the file holds no prefix; to take an earlier import back, give --undo"));
}

void carrier_free(struct carrier_list *list)
{
    buf_free(&list->array);
}

int carrier_store(struct pg *pg, const char *run, const struct carrier_list *list, struct fault *f)
{
    _cleanup_text_ char *array = alloc_format("{%.*s}", (int)list->array.len, list->array.len ? list->array.data : "");
    struct progress progress = {0};
    /* At once: days of all years may have to be told anew. */
    progress_show(&progress, _("prefixes"), 0, (int64_t)list->count);
    int rc = pg_query(pg, "SELECT import_carriers($1::int, $2::cidr[])", 2, (const char *const[]){run, array}, NULL, f);
    progress_end(&progress);
    return rc;
}

/* ---- the kind ---- */

static const char template_text[] = N_(
    "# Prefixes in which many households share an address, one a line, on their operator's word:\n"
    "# 192.0.2.0/24\n");

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct carrier_list *list = alloc_zero(1, sizeof *list);
    *ret = list;
    return carrier_read(text->data, text->len, list, f);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct carrier_list *prefixes = list;
    *ret_count = prefixes->count;
    return carrier_store(pg, run->number, prefixes, f);
}

static int kind_undo(struct pg *pg, const char *by, struct fault *f)
{
    return pg_query(pg, "SELECT import_carriers_undo($1)", 1, &by, NULL, f);
}

static void kind_free(void *list)
{
    if (list)
        carrier_free(list);
    free(list);
}

static void kind_say(const void *list, size_t count)
{
    log_info(_("prefixes of carrier NAT imported: %zu"), count);
}

const struct import_kind import_carriers = {kind_read, kind_store, kind_free, kind_say, template_text, kind_undo, true};
