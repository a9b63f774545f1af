#include "agent/uplink/enroll.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/scan.h"
#include "common/statement.h"

int enroll_word(const char *option, const struct choice *list, const char *text, const char **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf known = {0};
    const char *word = choice_read(list, text);
    if (!word) {
        choice_list(list, &known);
        return fault_set(f, -EINVAL, _("--%s %s: not allowed; allowed: %s"), option, text, known.data);
    }
    *ret = word;
    return 0;
}

int enroll_text(const char *option, const char *text, struct fault *f)
{
    static const struct {
        const char *option;
        size_t max;
    } limits[] = {{"commune", 60}, {"operator", 100}, {"tariff", 100}, {"contact", 200}, {"token", 100}};
    size_t len = strlen(text), max = 0;
    for (size_t i = 0; i < COUNT(limits); i++)
        if (strcmp(limits[i].option, option) == 0)
            max = limits[i].max;
    if (scan_utf8(text, len) == len && form_unseen(text))
        return fault_set(f, -EINVAL, _("--%s: one line of text is wanted; U+%04X in it is not seen: type it anew"),
                         option, (unsigned)form_unseen(text));
    if (len == 0 || len > max || scan_utf8(text, len) < len)
        return fault_set(f, -EINVAL, _("--%s: 1 to %zu bytes of UTF-8 text are wanted"), option, max);
    return 0;
}

int enroll_check(const struct enrolment *e, struct fault *f)
{
    const struct {
        const char *option, *text;
    } texts[] = {{"commune", e->commune},
                 {"operator", e->carrier},
                 {"tariff", e->tariff},
                 {"contact", e->contact},
                 {"token", e->token}};
    if (strncmp(e->token, "imt_", 4) != 0)
        return fault_set(f, -EINVAL, _("%s: an enrolment token begins with imt_; your focal point gives you one"),
                         e->token);
    for (size_t i = 0; i < COUNT(texts); i++) {
        int r = texts[i].text ? enroll_text(texts[i].option, texts[i].text, f) : 0;
        if (r < 0)
            return r;
    }
    if (e->replaces && !probe_id_valid(e->replaces, strlen(e->replaces)))
        return fault_set(f, -EINVAL, _("--replaces %s: a probe's name is 20 letters and digits, as `status` shows it"),
                         e->replaces);
    return 0;
}

int enroll_again(const struct identity *old, const char *state_dir, const char *url,
                 char ret_pin[static SIGN_TEXT_SIZE], struct fault *f)
{
    if (strcmp(old->collector, url) != 0)
        return fault_set(f, -EEXIST,
                         _("%s is enrolled already: probe %s of %s; for another one choose another --state-dir"),
                         state_dir, old->probe, old->collector);
    if (old->was_count > 0)
        return fault_set(f, -EEXIST,
                         _("probe %s has changed its key since it was enrolled and cannot do that again; enrol another "
                           "--state-dir with --replaces %s"),
                         old->probe, old->probe);
    base64_write(old->keys[0], SIGN_PUBLIC_SIZE, ret_pin);
    return 0;
}

static void add(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

void enroll_request(const struct enrolment *e, const struct sign_key *key, int64_t at_us, int64_t turn, struct buf *out)
{
    char public[64], at[TIME_TEXT_SIZE];
    base64_write(key->public, SIGN_PUBLIC_SIZE, public);
    _cleanup_json_ json_t *o = json_object();
    add(o, "token", e->token);
    add(o, "public", public);
    add(o, "at", time_format(at_us, at));
    json_object_set_new(o, "turn", json_integer(turn));
    add(o, "country", e->country);
    add(o, "department", e->department);
    add(o, "commune", e->commune);
    add(o, "zone", e->zone);
    add(o, "site", e->site);
    add(o, "operator", e->carrier);
    add(o, "technology", e->technology);
    json_object_set_new(o, "metered", json_boolean(e->metered));
    add(o, "tariff", e->tariff);
    add(o, "consent", CONSENT_VERSION);
    add(o, "contact", e->contact);
    add(o, "replaces", e->replaces);
    add(o, "owner", e->owner);
    statement_write(key, DOMAIN_ENROL, o, out);
}

/* ---- the answer ---- */

static int keys_of(const json_t *answer, struct identity *id, struct fault *f)
{
    const char *recovery;
    int r = identity_keys_parse(json_object_get(answer, "keys"), id->keys, 1, IDENTITY_KEYS_MAX, &id->key_count, f);
    if (r == 0)
        r = json_get_int_or(answer, "serial", 0, INT64_MAX, 0, &id->serial, f);
    if (r == 0)
        r = json_get_text_or(answer, "recovery", 64, NULL, &recovery, f);
    if (r < 0)
        return r;
    id->has_recovery = recovery != NULL;
    if (recovery && base64_read(recovery, strlen(recovery), id->recovery, SIGN_PUBLIC_SIZE) < 0)
        return fault_set(f, -EBADMSG, _("\"recovery\" is not 32 octets in base64"));
    return 0;
}

static int members_of(const json_t *answer, struct identity *id, struct fault *f)
{
    const char *probe, *collector;
    int64_t format;
    int r;
    if (!json_is_object(answer))
        return fault_set(f, -EBADMSG, _("the answer is no object"));
    if ((r = json_get_int(answer, "enrolled", 1, 1, &format, f)) < 0 ||
        (r = json_get_text(answer, "probe", PROBE_ID_SIZE - 1, &probe, f)) < 0 ||
        (r = json_get_text_or(answer, "collector", COLLECTOR_URL_MAX, NULL, &collector, f)) < 0 ||
        (r = keys_of(answer, id, f)) < 0)
        return r;
    probe_id_make(id->key.public, id->probe);
    if (strcmp(probe, id->probe) != 0)
        return fault_set(f, -EBADMSG, _("the answer is for probe %s, this is %s"), probe, id->probe);
    return collector ? identity_url(collector, id->collector, f) : 0;
}

static int pinned(const char *pin, struct identity *id, struct fault *f)
{
    uint8_t key[SIGN_PUBLIC_SIZE];
    if (base64_read(pin, strlen(pin), key, sizeof key) < 0)
        return fault_set(f, -EINVAL, _("--pin %s: a public key is 44 characters of base64"), pin);
    for (size_t i = 0; i < id->key_count; i++)
        if (memcmp(id->keys[i], key, sizeof key) == 0)
            return (int)i;
    return fault_set(f, -EKEYREJECTED,
                     _("the collector does not have the key that --pin wants; somebody may be in between"));
}

int enroll_answer(const char *text, size_t len, const struct sign_key *key, const char *pin, struct identity *ret,
                  char ret_seen[static NETWORK_TEXT_MAX], struct fault *f)
{
    const char *seen = "";
    _cleanup_(identity_wipe) struct identity id = *ret;
    _cleanup_json_ json_t *unchecked = NULL, *answer = NULL;
    const char *newline = memchr(text, '\n', len);
    if (!newline)
        return fault_set(f, -EBADMSG, _("the answer is no signed statement"));
    id.key = *key;
    /* The keys are in the very statement that they sign: read it, then check. */
    int r = json_read(text, (size_t)(newline - text), STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &unchecked, f);
    if (r == 0)
        r = members_of(unchecked, &id, f);
    if (r < 0)
        return r;
    int signer = pin ? pinned(pin, &id, f) : 0;
    if (signer < 0)
        return signer;
    r = statement_read(&id.keys[signer], pin ? 1 : id.key_count, DOMAIN_ENROL, text, len, &answer, f);
    if (r == 0)
        r = json_get_text_or(answer, "seen", NETWORK_TEXT_MAX - 1, "", &seen, f);
    if (r < 0)
        return r;
    strcpy(ret_seen, seen);
    *ret = id;
    return 0;
}
