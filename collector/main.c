#include <stdio.h>
#include <unistd.h>

#include "build_config.h"
#include "collector/command/command.h"
#include "collector/db/user.h"
#include "collector/figure/chapter.h"
#include "common/lang.h"
#include "common/log.h"

#define COMMAND_ROW(name) &command_##name,
static const struct command *const commands[] = {COMMANDS(COMMAND_ROW) NULL};

/* PostgreSQL's programs start elsewhere, so that a path has to say it all. */
static char *absolute(const char *path)
{
    _cleanup_text_ char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    return here ? alloc_format("%s/%s", here, path) : alloc_text(path);
}

static void tell(const struct fault *f)
{
    log_error("%s", f->text);
}

static int run(const struct invocation *in)
{
    LANG_SCOPE(in->command == &command_serve ? lang_log() : lang_current());
    struct fault f = {0};
    struct context c = {
        .state_dir = absolute(in->state_dir),
        .config = alloc_text(in->config ? in->config : in->program->config),
    };
    struct invocation with = *in;
    with.context = &c;
    int status = EXIT_USAGE; /* a wrong configuration is wrong usage */
    int rc = settings_read(c.config, in->config != NULL, &c.settings, &f);
    c.config_read = access(c.config, F_OK) == 0;
    if (rc == 0) {
        log_set_level((enum log_level)c.settings.log_level);
        _cleanup_text_ char *own = chapter_folder(c.config);
        chapter_load(own, tell);
        c.database = (struct database_options){c.settings.database, c.state_dir};
        rc = user_act(c.state_dir, c.settings.user, &f);
        status = rc < 0 ? EXIT_NOT_OK : EXIT_OK;
    }
    if (rc < 0)
        log_error("%s", f.text);
    else
        status = in->command->run(&with);
    settings_free(&c.settings);
    free(c.state_dir);
    free(c.config);
    return status;
}

static void print_keys(FILE *out)
{
    conf_print_help(&settings_table, out);
}

static void print_sample(FILE *out)
{
    conf_print_sample(&settings_table, out);
}

static const struct program program = {
    .name = "internetmetre-collector",
    .about = N_("The collector of InternetMetre: keeps what probes measured, and makes indicators of it."),
    .commands = commands,
    .config = CONF_DIR "/collector.conf",
    .state_dir = STATE_DIR "/collector",
    .print_keys = print_keys,
    .print_sample = print_sample,
    .run = run,
};

int main(int argc, char *argv[])
{
    return invocation_main(&program, argc, argv);
}
