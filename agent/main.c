#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "agent/command.h"
#include "build_config.h"
#include "common/lang.h"

static const struct command *const commands[] = {
    &command_checks, &command_measure,    &command_enroll, &command_run, &command_status,
    &command_spool,  &command_rotate_key, &command_leave,  NULL,
};

int main(int argc, char *argv[])
{
    signal(SIGPIPE, SIG_IGN); /* a peer that closes early is an outcome, not the end of the probe */
    lang_start("auto");
    struct invocation in;
    struct fault f;
    if (invocation_read(commands, argc, argv, &in, &f) < 0) {
        command_failed("%s", f.text);
        return EXIT_USAGE;
    }
    if (in.version) {
        puts("internetmetre-agent " VERSION);
        return EXIT_OK;
    }
    if (in.help) {
        command_help(commands, in.command);
        return EXIT_OK;
    }
    if (in.sample_config) {
        settings_print_sample(stdout);
        return EXIT_OK;
    }
    return in.command->run(&in);
}
