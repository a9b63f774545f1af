/* The way out for a volunteer: the collector is told under the probe's key
 * (DOMAIN_LEAVE) that this probe stops, and with --forget that its data shall be
 * deleted; only when it has confirmed under its own is the identity removed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/command/ask.h"
#include "agent/command/command.h"
#include "agent/daemon/errand.h"
#include "common/json.h"
#include "common/lang.h"

static const struct option options[] = {
    {"forget", NULL, N_("also ask the collector to delete what this probe has sent; published figures stay")},
    {"yes", NULL, N_("ask nothing")},
    {0},
};

static bool sure(const struct identity *id)
{
    _cleanup_(ask_free) struct ask ask = {.in = stdin, .out = stdout};
    bool yes = false;
    printf(_("Probe %s leaves %s for good, and what it has not sent yet is deleted.\n"), id->probe, id->collector);
    return ask_yes(&ask, _("Are you sure?"), false, &yes) == 0 && yes;
}

static int leave(const struct invocation *in, const struct settings *settings, struct fault *f)
{
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_json_ json_t *answer = NULL;
    bool forget = invocation_flag(in, "forget");
    int r = command_probe(in, &id, f);
    if (r == 0 && !invocation_flag(in, "yes") && !sure(&id))
        r = fault_set(f, -ECANCELED, "%s", _("nothing was changed"));
    if (r < 0)
        return r;
    json_t *request = errand_request("leave");
    json_object_set_new(request, "forget", json_boolean(forget));
    r = command_errand(in, settings, request, &answer, f);
    if (r < 0)
        return r;
    printf(_("Probe %s has left. Thank you for having taken part.\n"), id.probe);
    if (forget)
        puts(_("The collector deletes what it has sent."));
    return 0;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    struct fault f;
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    return leave(in, &settings, &f) < 0 ? command_failed("%s", f.text) : EXIT_OK;
}

const struct command command_leave = {
    .name = "leave",
    .usage = N_("[--forget] [--yes]"),
    .help = N_("stop being a probe: tell the collector, then remove the identity"),
    .options = options,
    .run = run,
};
