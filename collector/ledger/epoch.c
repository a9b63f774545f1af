#include "collector/ledger/epoch.h"

#include <string.h>

#include "common/json.h"
#include "common/limits.h"
#include "common/prefix.h"

static const char *const links[] = {"ethernet", "wifi", "mobile", "ppp", "other"};

/* The member's text when it is one of the words. */
static const char *link_of(const json_t *epoch)
{
    const char *text = json_string_value(json_object_get(epoch, "link"));
    for (size_t i = 0; text && i < COUNT(links); i++)
        if (!strcmp(text, links[i]))
            return links[i];
    return NULL;
}

/* A network of that family; a wider prefix would say nothing, or too much. */
static const char *net_of(const json_t *epoch, const char *member, bool six, char ret[static PREFIX_TEXT_SIZE])
{
    const char *text = json_string_value(json_object_get(epoch, member));
    if (!text || !prefix_cut(text, ret) || !prefix_is_network(ret))
        return NULL;
    return (strchr(ret, ':') != NULL) == six ? ret : NULL;
}

void epoch_write(const struct batch *b, int32_t probe_no, struct buf *out)
{
    const json_t *epoch;
    size_t i;
    json_array_foreach(b->epochs, i, epoch)
    {
        char net[PREFIX_TEXT_SIZE], net6[PREFIX_TEXT_SIZE];
        if (json_integer_value(json_object_get(epoch, "to_mono_us")) > MONO_US_MAX)
            continue;
        _cleanup_json_ json_t *row = json_pack(
            "{s:i, s:O, s:s?, s:s?, s:s?, s:O, s:O}", "probe_no", (int)probe_no, "boot", json_object_get(epoch, "boot"),
            "link", link_of(epoch), "net", net_of(epoch, "net", false, net), "net6", net_of(epoch, "net6", true, net6),
            "from", json_object_get(epoch, "from_mono_us"), "to", json_object_get(epoch, "to_mono_us"));
        _cleanup_text_ char *text = json_text(row);
        buf_addf(out, "%c%s", out->len ? ',' : '[', text);
    }
}

int epoch_note(struct pg *pg, struct buf *json, struct fault *f)
{
    if (json->len == 0)
        return 0;
    buf_add_char(json, ']');
    const char *text = json->data;
    return pg_query_kept(pg, "SELECT epoch_note($1::json)", 1, &text, NULL, f);
}
