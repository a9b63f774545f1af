#include "agent/uplink/trouble.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/uplink/problem.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/scan.h"

static const char *const kind_words[TROUBLE_KINDS] = {
    [TROUBLE_NONE] = "none",     [TROUBLE_AWAY] = "away",       [TROUBLE_OTHER] = "other",
    [TROUBLE_FORGED] = "forged", [TROUBLE_REFUSED] = "refused", [TROUBLE_HERE] = "here",
};

/* ---- what it is and what to do ---- */

enum cure {
    CURE_NONE, /* what was said names it */
    CURE_AGAIN,
    CURE_CLOCK,
    CURE_ADDRESS,
    CURE_TEAM,
};

struct sense {
    const char *what; /* NULL: the detail says it */
    enum cure cure;
};

/* Causes that an outcome alone does not tell (web.h). */
static const struct {
    const char *cause;
    struct sense sense;
} causes[] = {
    {"expired", {N_("its certificate has expired"), CURE_CLOCK}},
    {"not_yet_valid", {N_("its certificate is not valid yet"), CURE_CLOCK}},
    {"wrong_host", {N_("its certificate is for another name"), CURE_ADDRESS}},
    {"self_signed", {N_("its certificate is vouched for by no authority"), CURE_TEAM}},
    {"untrusted_root", {N_("its certificate is by an authority that this box does not trust"), CURE_TEAM}},
    {"unknown_issuer", {N_("its certificate is by an authority that this box does not know"), CURE_TEAM}},
    {"tls_version", {N_("it speaks no version of TLS that is safe enough"), CURE_TEAM}},
    {"no_tls", {N_("what answers there does not speak TLS"), CURE_ADDRESS}},
    {"handshake_cut",
     {N_("the connection is cut before it is secure: if the address is right, with https:// in front, it may pass"),
      CURE_AGAIN}},
    {"no_such_name", {N_("its name does not exist, or has no address"), CURE_ADDRESS}},
    {"no_address", {N_("its name does not exist, or has no address"), CURE_ADDRESS}},
    {"not_a_name", {N_("its name does not exist, or has no address"), CURE_ADDRESS}},
};

static const struct sense outcomes[OUTCOME_COUNT] = {
    [OUTCOME_TIMEOUT] = {N_("it does not answer in time"), CURE_AGAIN},
    [OUTCOME_REFUSED] = {N_("it refuses the connection"), CURE_AGAIN},
    [OUTCOME_UNREACHABLE] = {N_("no way leads to it"), CURE_AGAIN},
    [OUTCOME_RESET] = {N_("the connection was cut"), CURE_AGAIN},
    [OUTCOME_DNS_ERROR] = {N_("its name cannot be looked up"), CURE_AGAIN},
    [OUTCOME_TLS_ERROR] = {N_("no secure connection comes about"), CURE_TEAM},
    [OUTCOME_PROTOCOL_ERROR] = {N_("what answers there does not speak HTTP as a collector does"), CURE_ADDRESS},
};

/* A server that is overloaded, restarted or behind a proxy that is. */
static bool passes(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static struct sense sense_of(const struct trouble *t)
{
    switch (t->kind) {
    case TROUBLE_AWAY:
        for (size_t i = 0; i < COUNT(causes); i++)
            if (strcmp(causes[i].cause, t->cause) == 0)
                return causes[i].sense;
        return outcomes[t->outcome];
    case TROUBLE_OTHER:
        return (struct sense){.cure = passes(t->status) ? CURE_AGAIN : CURE_ADDRESS};
    case TROUBLE_REFUSED:
        return (struct sense){.cure = passes(t->status) ? CURE_AGAIN : CURE_NONE};
    case TROUBLE_FORGED: /* a portal that wants a login first, or a key not met yet */
        return (struct sense){.cure = CURE_AGAIN};
    case TROUBLE_NONE:
    case TROUBLE_HERE:
    case TROUBLE_KINDS:
        break;
    }
    return (struct sense){0};
}

bool trouble_lasts(const struct trouble *t)
{
    enum cure cure = sense_of(t).cure;
    return t->kind == TROUBLE_REFUSED ? cure != CURE_AGAIN : cure > CURE_AGAIN;
}

/* ---- from what came ---- */

static void keep(char *to, size_t size, const char *text)
{
    size_t len = strlen(text);
    len = scan_utf8(text, len < size ? len : size - 1); /* it may have been cut within a character */
    memcpy(to, text, len);
    to[len] = '\0';
    form_tame(to);
}

void trouble_of(const struct web_reply *reply, struct trouble *ret)
{
    struct trouble t = {.kind = TROUBLE_OTHER, .status = (int)reply->status, .lang = lang_current()};
    char title[sizeof t.title], detail[sizeof t.detail];
    if (reply->outcome != OUTCOME_OK || reply->status == 0) {
        t.kind = TROUBLE_AWAY;
        t.outcome = reply->outcome;
        snprintf(t.cause, sizeof t.cause, "%s", reply->cause ? reply->cause : "");
        keep(t.detail, sizeof t.detail, reply->reason);
    } else if (problem_read(reply, title, sizeof title, detail, sizeof detail)) {
        t.kind = TROUBLE_REFUSED;
        keep(t.title, sizeof t.title, title);
        keep(t.detail, sizeof t.detail, detail);
    }
    *ret = t;
}

void trouble_from(enum trouble_kind kind, long status, const struct fault *f, struct trouble *ret)
{
    *ret = (struct trouble){.kind = kind, .status = (int)status, .lang = lang_current()};
    keep(ret->detail, sizeof ret->detail, f->text);
}

/* ---- to people ---- */

/* Texts were kept in one language. What both programs have in their catalogue
 * can be said in another; what has names and numbers in it cannot. */
static const char *in_language(const struct trouble *t, const char *text)
{
    if (t->lang == lang_current() || !*text)
        return text;
    const char *said = _(text);
    return said == text ? "" : said;
}

static void say_what(const struct trouble *t, struct buf *out)
{
    struct sense sense = sense_of(t);
    const char *title = in_language(t, t->title), *detail = in_language(t, t->detail);
    switch (t->kind) {
    case TROUBLE_AWAY:
        if (sense.what && *sense.what && sense.cure != CURE_TEAM)
            detail = ""; /* the library's own words say no more */
        buf_addf(out, _("the collector cannot be reached: %s"), sense.what ? _(sense.what) : detail);
        if (sense.what && *detail)
            buf_addf(out, " (%s)", detail);
        break;
    case TROUBLE_OTHER:
        buf_addf(out, _("that address answers with HTTP status %d, not as a collector does"), t->status);
        break;
    case TROUBLE_FORGED:
        buf_addf(out, _("the answer is not the collector's own (HTTP status %d)"), t->status);
        if (*detail)
            buf_addf(out, _(": %s"), detail);
        break;
    case TROUBLE_REFUSED:
        buf_addf(out, _("the collector refuses: %s"), "");
        buf_addf(out, "%d %s", t->status, title);
        if (*detail)
            buf_addf(out, *title ? _(": %s") : "%s", detail);
        break;
    case TROUBLE_HERE:
        buf_add_text(out, *detail ? detail : _("see the log: journalctl -u internetmetre-agent"));
        break;
    case TROUBLE_NONE:
    case TROUBLE_KINDS:
        break;
    }
}

static void say_cure(enum cure cure, bool again, struct buf *out)
{
    char today[TIME_TEXT_SIZE];
    switch (cure) {
    case CURE_NONE:
        break;
    case CURE_AGAIN:
        if (again)
            buf_addf(out, ". %s", _("Try again later"));
        break;
    case CURE_CLOCK:
        buf_addf(out, ". ");
        buf_addf(out,
                 _("Waiting will not help: see whether this box's clock is right (it says %.10s); if it is, tell "
                   "your focal point"),
                 time_format(clock_wall_us(&clock_system), today));
        break;
    case CURE_ADDRESS:
        buf_addf(out, ". %s", _("Waiting will not help: check the address, or ask your focal point for it"));
        break;
    case CURE_TEAM:
        buf_addf(out, ". %s", _("Waiting will not help: tell your focal point"));
        break;
    }
}

const char *trouble_text(const struct trouble *t, bool again, char ret_text[static FAULT_TEXT_MAX])
{
    _cleanup_(buf_free) struct buf out = {0};
    say_what(t, &out);
    say_cure(sense_of(t).cure, again, &out);
    keep(ret_text, FAULT_TEXT_MAX, out.data ? out.data : "");
    return ret_text;
}

/* ---- as data ---- */

json_t *trouble_json(const struct trouble *t)
{
    if (t->kind == TROUBLE_NONE)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "kind", kind_words[t->kind], "outcome",
                     outcome_word(t->outcome), "cause", t->cause, "status", t->status, "lang", lang_code(t->lang),
                     "title", t->title, "detail", t->detail);
}

static bool read_kind(const char *word, enum trouble_kind *ret)
{
    for (int k = TROUBLE_NONE + 1; k < TROUBLE_KINDS; k++)
        if (strcmp(kind_words[k], word) == 0) {
            *ret = (enum trouble_kind)k;
            return true;
        }
    return false;
}

void trouble_read(const json_t *object, struct trouble *ret)
{
    struct trouble t = {0};
    const char *kind, *outcome, *cause, *lang, *title, *detail;
    int64_t status;
    *ret = t;
    if (!json_is_object(object) || json_get_text(object, "kind", 16, &kind, NULL) < 0 || !read_kind(kind, &t.kind) ||
        json_get_text(object, "outcome", 16, &outcome, NULL) < 0 ||
        outcome_parse(outcome, strlen(outcome), &t.outcome) < 0 ||
        json_get_text(object, "cause", sizeof t.cause - 1, &cause, NULL) < 0 ||
        json_get_int(object, "status", 0, 999, &status, NULL) < 0 ||
        json_get_text(object, "lang", 2, &lang, NULL) < 0 ||
        json_get_text(object, "title", sizeof t.title - 1, &title, NULL) < 0 ||
        json_get_text(object, "detail", sizeof t.detail - 1, &detail, NULL) < 0)
        return;
    t.status = (int)status;
    t.lang = strcmp(lang, lang_code(LANG_EN)) == 0 ? LANG_EN : LANG_FR;
    strcpy(t.cause, cause);
    keep(t.title, sizeof t.title, title);
    keep(t.detail, sizeof t.detail, detail);
    *ret = t;
}
