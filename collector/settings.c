#include "collector/settings.h"

#include <errno.h>

#include "common/lang.h"

#define DAY INT64_C(86400000000)

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

#define KEY(member, conf_type_, preset_, ...)                                                                          \
    {                                                                                                                  \
        .name = #member, .type = conf_type_, .offset = offsetof(struct settings, member), .preset = preset_,           \
        __VA_ARGS__                                                                                                    \
    }

static const struct conf_key keys[] = {
    KEY(listen, CONF_TEXT, "127.0.0.1:8080", .help = N_("Address and port of the HTTP server; port 0 chooses one.")),
    KEY(database, CONF_TEXT, NULL,
        .help = N_("A postgresql:// address; empty: a private PostgreSQL in the state directory.")),
    KEY(user, CONF_TEXT, NULL,
        .help = N_("The user to become when started as root; empty: internetmetre, postgres or nobody.")),
    KEY(log_level, CONF_CHOICE, "info", .choices = levels, .help = N_("How much is logged."), .reloadable = true),
    KEY(writers, CONF_INT, "2", .min = 1, .max = 64, .help = N_("Threads that store batches, each with a connection.")),
    KEY(queue, CONF_INT, "256", .min = 1, .max = 10000,
        .help = N_("Batches that may wait for a writer; more are asked to come back later.")),
    KEY(connections, CONF_INT, "512", .min = 4, .max = 10000, .help = N_("HTTP connections at the same time.")),
    KEY(readers, CONF_INT, "8", .min = 1, .max = 64, .help = N_("Database connections for pages and the API.")),
    KEY(upkeep, CONF_BOOL, "yes",
        .help = N_("Make rollups and figures; say no on all but one of the collectors that share a database.")),
    KEY(public_url, CONF_TEXT, NULL, .help = N_("The address under which the public reaches the pages.")),
    KEY(proxies, CONF_TEXT, NULL,
        .help = N_("Addresses of your own proxies in front, whose X-Forwarded-For is believed.")),
    KEY(unsafe_database, CONF_BOOL, "no",
        .help = N_("Start although PostgreSQL has fsync, full_page_writes or synchronous_commit off; a power cut then "
                   "loses data.")),
    KEY(keep_results, CONF_DURATION, "0s", .min = 0, .max = 36500 * DAY,
        .help = N_("How long single results stay in the database before they go to the archive; 0s: for ever.")),
    KEY(keep_bodies, CONF_DURATION, "0s", .min = 0, .max = 36500 * DAY,
        .help = N_("How long signed batches stay in the database before they go to the archive; 0s: for ever.")),
    KEY(archive, CONF_TEXT, NULL,
        .help = N_("Folder for results and batches that leave the database; empty: archive in the state directory.")),
    KEY(country, CONF_TEXT, "BJ", .help = N_("The country pack to use, ISO 3166-1 (BJ, ML, SN).")),
    KEY(schedule, CONF_TEXT, NULL, .help = N_("File of the schedule for probes; empty: the standard schedule.")),
    KEY(packs, CONF_TEXT, "dns",
        .help = N_("Packs of tasks added to the schedule, separated by spaces: dns, edns-africa (once a week).")),
};

const struct conf_table settings_table = {.keys = keys, .count = COUNT(keys)};

int settings_read(const char *path, bool wanted, struct settings *ret, struct fault *f)
{
    conf_preset(&settings_table, ret);
    int rc = conf_read(&settings_table, path, ret, f);
    return rc == -ENOENT && !wanted ? 0 : rc;
}

void settings_free(struct settings *s)
{
    conf_free(&settings_table, s);
}

char *settings_archive(const struct settings *s, const char *state_dir)
{
    return s->archive && *s->archive ? alloc_text(s->archive) : alloc_format("%s/archive", state_dir);
}
