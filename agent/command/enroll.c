/* One line makes a box a probe: a key of its own, the consent of who hosts it,
 * where it stands, and the collector's keys in return. What a try that fails
 * leaves behind is the key alone: the next try uses it again, so that an answer
 * lost on the way does not make two probes of one box. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/command/ask.h"
#include "agent/command/command.h"
#include "agent/command/country.h"
#include "agent/command/offer.h"
#include "agent/uplink/enroll.h"
#include "agent/daemon/errand.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/line.h"
#include "common/log.h"
#include "common/output.h"

/* Before the token is used up. */
static int check_pin(const char *text, struct fault *f)
{
    uint8_t key[SIGN_PUBLIC_SIZE];
    if (base64_read(text, strlen(text), key, sizeof key) == 0)
        return 0;
    return fault_set(f, -EINVAL, _("a public key of 44 characters of base64 is wanted"));
}

static const struct option options[] = {
    {"country", "XX", N_("country, ISO code; without it BJ")},
    {"department", N_("NAME"), N_("department, by name or ISO code")},
    {"commune", N_("NAME"), N_("commune or town")},
    {"zone", "ZONE", N_("town or countryside")},
    {"site", N_("WORD"), N_("home, school, health-centre, town-hall, company, cybercafe, community or other")},
    {"operator", N_("NAME"), N_("operator of the line")},
    {"technology", N_("WORD"), N_("fibre, adsl, 4g, 5g, 3g, wifi-hotspot, community, satellite, radio or other")},
    {"metered", NULL, N_("the line is paid by volume; so it counts unless it is said not to be, or is fibre or ADSL")},
    {"no-metered", NULL, N_("the line is not paid by volume")},
    {"tariff", N_("TEXT"), N_("the subscription, as the operator calls it")},
    {"contact", N_("TEXT"), N_("how the focal point can reach you; never published")},
    {"replaces", N_("PROBE"), N_("the name of the probe that this box replaces")},
    {"pin", N_("KEY"), N_("the collector's public key, when you have it from elsewhere"), .check = check_pin},
    {"consent", NULL, N_("you have read and accept the consent text")},
    {"yes", NULL, N_("ask nothing; accepts the consent text")},
    {0},
};

static const char consent_text[] = N_(
    "This probe measures the Internet connection it is plugged into: latency, names, pages, speed, routes.\n"
    "It never looks at your own traffic. Its results go to the collector, signed, with the place, operator and\n"
    "technology that you give here. Before they are signed, your own addresses in them are cut to their network\n"
    "(/24, /48); a route begins with your own routers. To count households before anything is published, the\n"
    "collector also notes each day from which network (/24, /48), and whose, your probe was heard; it keeps that\n"
    "for 13 months and shows it to nobody.\n"
    "Published figures are made of many probes and name none. You may stop at any time (`internetmetre-agent\n"
    "leave`) and have your probe's data deleted, those networks with them (`leave --forget`); the figures made\n"
    "with them, and the daily sums behind these, stay.\n");

/* ---- questions ---- */

static int read_department(const void *country, const char *answer, const char **ret, struct fault *f)
{
    return country_department(country, answer, ret, f);
}

static int read_text(const void *option, const char *answer, const char **ret, struct fault *f)
{
    int r = enroll_text(option, answer, f);
    if (r == 0)
        *ret = answer;
    return r;
}

/* Where the probe stands: what no option has said. */
static int ask_place(struct ask *a, const json_t *country, struct enrolment *e)
{
    int r = 0;
    if (!e->department)
        r = ask_read(a, _("Department"), read_department, country, &e->department);
    if (r == 0 && !e->commune)
        r = ask_read(a, _("Commune or town"), read_text, "commune", &e->commune);
    if (r == 0 && !e->zone)
        r = ask_choice(a, _("Town or countryside"), line_zones, &e->zone);
    if (r == 0 && !e->site)
        r = ask_choice(a, _("What kind of place it is"), line_sites, &e->site);
    return r;
}

/* Picked from what the operator sells, where the collector knows of it; else as the person calls it. */
static int ask_tariff(struct ask *a, const char *url, struct enrolment *e)
{
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *plans = NULL;
    struct fault f;
    if (e->carrier) {
        fprintf(a->out, _("%s is asked what operators sell.\n"), url);
        if (offer_fetch(url, e->country, e->technology, &text, &f) < 0 ||
            offer_read(text.data, text.len, e->carrier, &plans, &f) < 0)
            log_debug("no list of plans: %s", f.text);
    }
    return json_array_size(plans) > 0 ? offer_ask(a, plans, &e->tariff)
                                      : ask_read(a, _("Subscription"), read_text, "tariff", &e->tariff);
}

static int ask_line(const struct invocation *in, struct ask *a, const char *url, struct enrolment *e)
{
    int r = 0;
    if (!e->carrier)
        r = ask_read(a, _("Operator of the line"), read_text, "operator", &e->carrier);
    if (r == 0 && !e->technology)
        r = ask_choice(a, _("Technology of the line"), line_technologies, &e->technology);
    if (r == 0 && !invocation_flag(in, "metered") && !invocation_flag(in, "no-metered"))
        r = ask_yes_or(a, _("Is the line paid by volume?"), line_metered(e->technology), true, &e->metered);
    if (r == 0 && !e->tariff)
        r = ask_tariff(a, url, e);
    return r;
}

/* What no option has given. -ECANCELED without consent, and when the person goes. */
static int ask_all(const struct invocation *in, const char *url, const json_t *country, struct ask *a,
                   struct enrolment *e, struct fault *f)
{
    bool consent = invocation_flag(in, "consent");
    printf("%s\n", _(consent_text));
    int r = consent ? 0 : ask_yes(a, _("Do you accept?"), false, &consent);
    if (r == 0 && !consent)
        return fault_set(f, -ECANCELED, _("nothing was sent: without consent there is no probe"));
    if (r == 0)
        r = ask_place(a, country, e);
    if (r == 0)
        r = ask_line(in, a, url, e);
    if (r == 0 && !e->contact)
        r = ask_read(a, _("How can the focal point reach you? Never published"), read_text, "contact", &e->contact);
    return r < 0 ? fault_set(f, r, _("nothing was sent: you stopped before the last question")) : 0;
}

/* ---- the command ---- */

/* A word of an option that has few: none when it was not given. */
static int word_option(const struct invocation *in, const char *option, const struct choice *list, const char **ret,
                       struct fault *f)
{
    const char *text = invocation_text(in, option);
    return text ? enroll_word(option, list, text, ret, f) : 0;
}

static int from_options(const struct invocation *in, struct enrolment *e, struct fault *f)
{
    e->token = in->args[1];
    e->country = invocation_text(in, "country") ? invocation_text(in, "country") : "BJ";
    e->commune = invocation_text(in, "commune");
    e->carrier = invocation_text(in, "operator");
    e->tariff = invocation_text(in, "tariff");
    e->contact = invocation_text(in, "contact");
    e->replaces = invocation_text(in, "replaces");
    int r = word_option(in, "zone", line_zones, &e->zone, f);
    if (r == 0)
        r = word_option(in, "site", line_sites, &e->site, f);
    if (r == 0)
        r = word_option(in, "technology", line_technologies, &e->technology, f);
    if (r == 0 && invocation_flag(in, "metered") && invocation_flag(in, "no-metered"))
        r = fault_set(f, -EINVAL, _("--metered and --no-metered contradict each other; give one"));
    e->metered = invocation_flag(in, "metered") || (!invocation_flag(in, "no-metered") && line_metered(e->technology));
    return r < 0 ? r : enroll_check(e, f);
}

static int enroll(const struct invocation *in, const struct settings *settings, const char *url,
                  const struct enrolment *e, struct fault *f)
{
    _cleanup_json_ json_t *answer = NULL;
    /* Who cannot be told the secret link spends no token on it. */
    printf(_("The collector %s is asked.\n"), url);
    int r = output_flush(f);
    if (r < 0) {
        fault_prefix(f, _("%s: "), _("nothing was sent"));
        return r;
    }
    json_t *request = errand_request("enroll");
    errand_enrolment(request, url, invocation_text(in, "pin"), e);
    r = command_errand(in, settings, request, &answer, f);
    if (r < 0)
        return r;
    printf(_("Enrolled: this is probe %s of %s.\n"), json_string_value(json_object_get(answer, "probe")),
           json_string_value(json_object_get(answer, "collector")));
    printf(_("What it measures, for you and those to whom you give this link:\n%s\n"),
           json_string_value(json_object_get(answer, "link")));
    r = output_flush(f);
    if (r < 0)
        fault_prefix(f, _("%s: "), _("this probe is enrolled, and `internetmetre-agent status` shows its link"));
    return r;
}

static int enroll_here(const struct invocation *in, const struct settings *settings, const char *url,
                       const json_t *country, struct enrolment *e)
{
    _cleanup_(ask_free) struct ask ask = {.in = stdin, .out = stdout};
    _cleanup_(identity_wipe) struct identity old = {0};
    struct fault f = {0};
    char trusted[SIGN_TEXT_SIZE];
    int r = command_folder(in, &f);
    if (r < 0)
        return command_failed("%s", f.text);
    r = identity_read(in->state_dir, &old, &f);
    if (r == -ENOENT)
        r = 0;
    else if (r == 0) /* before anybody is asked anything */
        r = enroll_again(&old, in->state_dir, url, trusted, &f);
    if (r == 0 && !invocation_flag(in, "yes"))
        r = ask_all(in, url, country, &ask, e, &f);
    if (r == 0)
        r = enroll(in, settings, url, e, &f);
    return r < 0 ? command_failed("%s", f.text) : EXIT_OK;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    _cleanup_json_ json_t *country = NULL;
    struct enrolment e = {0};
    char url[COLLECTOR_URL_MAX + 1];
    struct fault f;
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    const char *department = invocation_text(in, "department");
    if (identity_url(in->args[0], url, &f) < 0 || from_options(in, &e, &f) < 0 ||
        country_read(e.country, &country, &f) < 0 ||
        (department && country_department(country, department, &e.department, &f) < 0))
        return invocation_wrong(in, "%s", f.text);
    if (!invocation_flag(in, "yes") && !isatty(STDIN_FILENO))
        return invocation_wrong(in, _("there is no terminal to ask questions on; add --yes to ask none (it accepts "
                                      "the consent text; see --help for what else to give)"));
    return enroll_here(in, &settings, url, country, &e);
}

const struct command command_enroll = {
    .name = "enroll",
    .usage = N_("URL TOKEN [--department NAME] [--operator NAME] … [--yes]"),
    .help = N_("make this box a probe of a collector"),
    .options = options,
    .args_min = 2,
    .args_max = 2,
    .run = run,
};
