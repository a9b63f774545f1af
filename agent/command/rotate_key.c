/* A new key for this probe, which keeps its name. */
#include <stdio.h>

#include "agent/command/command.h"
#include "agent/daemon/errand.h"
#include "common/json.h"
#include "common/lang.h"

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_json_ json_t *answer = NULL;
    struct fault f;
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    if (command_probe(in, &id, &f) < 0 || command_errand(in, &settings, errand_request("rotate-key"), &answer, &f) < 0)
        return command_failed("%s", f.text);
    if (json_is_true(json_object_get(answer, "announced")))
        printf(_("A new key is in force, and a batch that announces it is sealed. The probe stays %s.\n"), id.probe);
    else if (json_is_true(json_object_get(answer, "waited")))
        puts(_("A new key waits already for the next batch."));
    else
        printf(_("The next batch announces a new key. The probe stays %s.\n"), id.probe);
    return EXIT_OK;
}

const struct command command_rotate_key = {
    .name = "rotate-key",
    .help = N_("give this probe a new key; its name stays"),
    .run = run,
};
