/* A new key for this probe, which keeps its name. The command only writes the
 * wish down, so that it works while the agent runs: the next batch carries the
 * new key under both signatures (spool.c tells how). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/command.h"
#include "agent/identity.h"
#include "common/file.h"
#include "common/lang.h"

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_(sign_key_wipe) struct sign_key next = {0};
    _cleanup_text_ char *path = alloc_format("%s/key.next", in->state_dir);
    struct fault f;
    if (identity_read(in->state_dir, &id, &f) < 0)
        return command_failed("%s", f.text);
    if (command_owner(in->state_dir, &f) < 0)
        return command_failed("%s", f.text);
    if (sign_key_read(path, &next, &f) == 0) {
        puts(_("A new key waits already for the next batch."));
        return EXIT_OK;
    }
    int r = sign_key_new(&next);
    if (r < 0)
        return command_failed(_("cannot make a key: %s"), strerror(-r));
    if (sign_key_write(path, &next, &f) < 0)
        return command_failed("%s", f.text);
    printf(_("The next batch announces a new key. The probe stays %s.\n"), id.probe);
    return EXIT_OK;
}

const struct command command_rotate_key = {
    .name = "rotate-key",
    .usage = "",
    .help = N_("give this probe a new key; its name stays"),
    .run = run,
};
