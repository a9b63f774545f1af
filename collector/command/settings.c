#include "collector/command/settings.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "collector/db/pg.h"
#include "collector/db/schema.h"
#include "common/json.h"
#include "common/lang.h"

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const floors[] = {"no", "yes", "simulated", NULL};

/* ---- what a key may be ---- */

#define PACKS "schedule/packs/"

static void packs(struct buf *out)
{
    for (const struct embedded *e = NULL; (e = schema_next(PACKS, e)) != NULL;) {
        const char *name = e->path + strlen(PACKS);
        _cleanup_text_ char *word = alloc_text_n(name, strcspn(name, "."));
        conf_add_word(out, word);
    }
}

static void countries(struct buf *out)
{
    const struct embedded *file = schema_file("countries/countries.json");
    _cleanup_json_ json_t *all = json_loadb(file->text, file->len, 0, NULL);
    const char *iso;
    json_t *country;
    json_object_foreach(all, iso, country)
    {
        if (json_is_object(country))
            conf_add_word(out, iso);
    }
}

static int check_database(const void *target, struct fault *f)
{
    const struct settings *s = target;
    if (!s->database)
        return 0;
    if (strncmp(s->database, "postgresql://", 13) != 0 && strncmp(s->database, "postgres://", 11) != 0)
        return fault_set(f, -EINVAL, _("database: not allowed; allowed: an address such as %s"),
                         "postgresql://user@db.example.org/internetmetre");
    int r = pg_conninfo_check(s->database, f);
    if (r < 0)
        fault_prefix(f, "database: "); /* not the value: it may hold a password */
    return r;
}

static int check_user(const void *target, struct fault *f)
{
    const struct settings *s = target;
    const struct passwd *entry = s->user ? getpwnam(s->user) : NULL;
    if (!s->user || (entry && entry->pw_uid != 0))
        return 0;
    return fault_set(f, -EINVAL,
                     entry ? _("user = %s: the collector does not run as root; name a user of its own")
                           : _("user = %s: this machine has no such user; make it with: adduser --system --group %s"),
                     s->user, s->user);
}

/* What is shown without the floor tells of single households. */
static int check_floor(const void *target, struct fault *f)
{
    const struct settings *s = target;
    if (s->publication_floor != SETTINGS_FLOOR_NO)
        return 0;
    if (s->proxies && *s->proxies)
        return fault_set(f, -EINVAL,
                         _("publication_floor = no: only where nobody else reaches the collector, but proxies is set; "
                           "take one of the two away"));
    /* Another collector of the same database would show the same figures, to whomever it serves. */
    if (s->database && *s->database)
        return fault_set(f, -EINVAL,
                         _("publication_floor = no: only where nobody else reaches the collector, but database names a "
                           "server, which other collectors may share; take one of the two away"));
    static const char *const own[] = {"127.0.0.1:", "[::1]:", "localhost:"};
    bool alone = false;
    for (size_t i = 0; i < COUNT(own); i++)
        alone |= strncmp(s->listen, own[i], strlen(own[i])) == 0;
    if (!alone)
        return fault_set(f, -EINVAL,
                         _("publication_floor = no: only where nobody else reaches the collector, but listen = %s; "
                           "allowed with it: 127.0.0.1, [::1] and localhost"),
                         s->listen);
    return 0;
}

/* ---- the table ---- */

#define KEY(member, conf_type_, preset_, ...)                                                                          \
    {                                                                                                                  \
        .name = #member, .type = conf_type_, .offset = offsetof(struct settings, member), .preset = preset_,           \
        __VA_ARGS__                                                                                                    \
    }

static const struct conf_key keys[] = {
    KEY(listen, CONF_LISTEN, "127.0.0.1:8080", .help = N_("Address and port of the HTTP server; port 0 chooses one.")),
    KEY(database, CONF_TEXT, NULL, .check = check_database,
        .help = N_("A postgresql:// address; empty: a private PostgreSQL in the state directory.")),
    KEY(user, CONF_TEXT, NULL, .check = check_user,
        .help = N_("The user to become when started as root; empty: the owner of the state directory, "
                   "else internetmetre-collector, internetmetre, postgres or nobody.")),
    KEY(log_level, CONF_CHOICE, "info", .choices = levels, .help = N_("How much is logged."), .reloadable = true),
    KEY(writers, CONF_INT, "2", .min = 1, .max = 64, .help = N_("Threads that store batches, each with a connection.")),
    KEY(queue, CONF_INT, "256", .min = 1, .max = 10000,
        .help = N_("Batches that may wait for a writer; more are asked to come back later.")),
    KEY(connections, CONF_INT, "512", .min = 4, .max = 10000, .help = N_("HTTP connections at the same time.")),
    KEY(readers, CONF_INT, "8", .min = 1, .max = 64, .help = N_("Database connections for pages.")),
    KEY(answers, CONF_INT, "3", .min = 1, .max = 64,
        .help = N_("Database connections for what programs ask without a key; more are asked to come back later.")),
    KEY(answer_timeout, CONF_DURATION, "30s", .min = SECOND, .max = 3600 * SECOND,
        .help = N_("How long such an answer may take; a longer one is ended.")),
    KEY(analyst_timeout, CONF_DURATION, "10m", .min = SECOND, .max = DAY,
        .help = N_("How long an answer to an analyst's key may take, to its last row; a longer one is ended.")),
    KEY(upkeep, CONF_BOOL, "yes",
        .help = N_("Make rollups and figures; say no on all but one of the collectors that share a database.")),
    KEY(proxies, CONF_ADDRESSES, NULL,
        .help = N_("Addresses of your own proxies in front, whose X-Forwarded-For is believed.")),
    KEY(unsafe_database, CONF_BOOL, "no",
        .help = N_("Start although PostgreSQL has fsync, full_page_writes or synchronous_commit off; a power cut then "
                   "loses data.")),
    KEY(publication_floor, CONF_CHOICE, "yes", .choices = floors, .check = check_floor,
        .help = N_("Hide figures behind which stand too few lines; simulated: but for those of a simulated country, "
                   "wherever the collector answers; no shows them all, to try the software on a machine of your own.")),
    KEY(keep_results, CONF_DURATION, "0s", .min = 0, .max = 36500 * DAY,
        .help = N_("How long single results stay in the database before they go to the archive; 0s: for ever.")),
    KEY(keep_bodies, CONF_DURATION, "0s", .min = 0, .max = 36500 * DAY,
        .help = N_("How long signed batches stay in the database before they go to the archive; 0s: for ever.")),
    KEY(archive, CONF_PATH, NULL,
        .help = N_("Folder for results and batches that leave the database; empty: archive in the state directory.")),
    KEY(country, CONF_WORD, "BJ", .words = countries, .help = N_("The country pack to use, ISO 3166-1.")),
    KEY(schedule, CONF_PATH, NULL, .help = N_("File of the schedule for probes; empty: the standard schedule.")),
    KEY(packs, CONF_WORDS, "dns", .words = packs,
        .help = N_("Packs of tasks added to the schedule, between spaces; edns-africa runs once a week.")),
    KEY(target, CONF_URL, NULL,
        .help = N_(
            "URL of your measurement target: all probes measure throughput to it once a day, as their data plans "
            "allow; empty: there are no figures of throughput.")),
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
