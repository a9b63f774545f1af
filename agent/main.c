#include "agent/command/command.h"
#include "build_config.h"
#include "common/lang.h"

static const struct command *const commands[] = {
    &command_checks, &command_measure,    &command_enroll, &command_run, &command_status,
    &command_spool,  &command_rotate_key, &command_leave,  NULL,
};

static const struct program program = {
    .name = "internetmetre-agent",
    .about = N_("The InternetMetre probe: measures the Internet from where it stands."),
    .commands = commands,
    .config = SETTINGS_FILE,
    .state_dir = STATE_DIR "/agent",
    .print_keys = settings_print_help,
    .print_sample = settings_print_sample,
};

int main(int argc, char *argv[])
{
    return invocation_main(&program, argc, argv);
}
