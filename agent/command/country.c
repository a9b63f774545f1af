#include "agent/command/country.h"

#include <errno.h>
#include <string.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "schema/embedded.h"

extern const struct embedded agent_countries[]; /* made by schema/embed.py */

int country_read(const char *iso, json_t **ret, struct fault *f)
{
    _cleanup_json_ json_t *all = NULL;
    _cleanup_(buf_free) struct buf known = {0};
    int r = json_read(agent_countries[0].text, agent_countries[0].len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &all, f);
    if (r < 0)
        return r;
    const char *name;
    json_t *country;
    json_object_foreach(all, name, country)
    {
        if (!json_is_object(country))
            continue;
        if (strcmp(name, iso) == 0) {
            *ret = json_incref(country);
            return 0;
        }
        buf_addf(&known, "%s%s", known.len ? ", " : "", name);
    }
    return fault_set(f, -ENOENT, _("country %s: not known; known: %s"), iso, known.data);
}

int country_department(const json_t *country, const char *text, const char **ret_iso, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    const json_t *department;
    size_t i;
    json_array_foreach(json_object_get(country, "departments"), i, department)
    {
        const char *iso = json_string_value(json_object_get(department, "iso"));
        const char *name = json_string_value(json_object_get(department, "name"));
        if (lang_same(iso, text) || lang_same(name, text)) {
            *ret_iso = iso;
            return 0;
        }
        buf_addf(&known, "%s%s", i ? ", " : "", name);
    }
    return fault_set(f, -EINVAL, _("department %s: not known; known: %s"), text, known.data ? known.data : _("none"));
}
