/* The agent as a service. */
#include "agent/command/command.h"
#include "agent/daemon/daemon.h"
#include "common/file.h"
#include "common/lang.h"

static const struct option options[] = {
    {"once", NULL, N_("run every task once, now; seal, send, and stop: status 0 when everything was sent")},
    {"seconds", "N", N_("stop by itself after N seconds"), OPTION_NUMBER, 1, 366 * 86400},
    {0},
};

static int run(const struct invocation *in)
{
    LANG_SCOPE(lang_log());
    _cleanup_(settings_free) struct settings settings = {0};
    struct daemon_options daemon = {.config = in->config, .state_dir = in->state_dir};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    daemon.once = invocation_flag(in, "once");
    daemon.stop_after_us = invocation_number(in, "seconds", 0) * 1000000;

    struct fault f = {0};
    _cleanup_fd_ int lock = -1;
    if (command_folder(in, &f) < 0 || file_lock_dir(in->state_dir, &lock, &f) < 0 ||
        daemon_run(&daemon, &settings, &f) < 0)
        return command_failed("%s", f.text);
    return EXIT_OK;
}

const struct command command_run = {
    .name = "run",
    .usage = N_("[--once] [--seconds N]"),
    .help = N_("measure by the schedule and send the results, until stopped"),
    .options = options,
    .run = run,
};
