/* What a person runs first: one measurement, now, and its numbers. It needs no
 * enrolment, keeps nothing and sends nothing to the collector. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/check/table.h"
#include "agent/command/command.h"
#include "agent/io/host.h"
#include "agent/schedule/runner.h"
#include "agent/command/show.h"
#include "common/lang.h"

#define SET_MAX 1024 /* a payload is longer than a name */

static const struct option options[] = {
    {"set", N_("KEY=VALUE"), N_("set a parameter of the check; may be repeated"), .max = SET_MAX, .many = true},
    {"json", NULL, N_("print the result object and nothing else")},
    {"allow-private", NULL, N_("follow a public page, or a zone, to private, loopback and link-local addresses")},
    {0},
};

struct measuring {
    struct host host;
    struct task *task;
    struct result *result;
    uv_timer_t progress;
    int64_t since_us;
};

static void on_result(void *user, struct task *task, struct result *result)
{
    struct measuring *m = user;
    m->result = result;
    uv_stop(&m->host.loop);
}

static void on_progress(uv_timer_t *timer)
{
    struct measuring *m = timer->data;
    int64_t s = (clock_mono_us(&clock_system) - m->since_us) / 1000000;
    fprintf(stderr, "\r%s %s … %lld s ", m->task->args.ops->name, m->task->args.target ? m->task->args.target : "",
            (long long)s);
}

static void progress_start(struct measuring *m)
{
    uv_timer_init(&m->host.loop, &m->progress);
    m->progress.data = m;
    m->since_us = clock_mono_us(&clock_system);
    if (isatty(STDERR_FILENO))
        uv_timer_start(&m->progress, on_progress, 0, 500);
}

static void progress_end(struct measuring *m)
{
    if (uv_is_active((uv_handle_t *)&m->progress))
        fputs("\r\033[K", stderr);
    uv_close((uv_handle_t *)&m->progress, NULL);
}

static int print(const struct result *r, bool json)
{
    if (json) {
        _cleanup_(buf_free) struct buf line = {0};
        result_write(r, &line);
        fwrite(line.data, 1, line.len, stdout);
    } else {
        show_result(r, stdout);
    }
    if (fflush(stdout) != 0)
        return command_failed(_("cannot write the result: %s"), fault_errno(errno));
    return r->outcome == OUTCOME_OK ? EXIT_OK : EXIT_NOT_OK;
}

static int measure(struct task *task, bool json)
{
    LANG_SCOPE(json ? LANG_EN : lang_current()); /* the result object is data */
    struct measuring m = {.task = task};
    struct fault f;
    if (host_open(&m.host, &clock_system, &f) < 0)
        return command_failed("%s", f.text);
    struct runner *runner = runner_new(&m.host.env, on_result, &m);
    progress_start(&m);
    int status = runner_submit(runner, task);
    if (status == 0)
        uv_run(&m.host.loop, UV_RUN_DEFAULT);
    progress_end(&m);
    runner_free(runner);
    host_close(&m.host);
    status = print(m.result, json);
    result_free(m.result);
    return status;
}

/* Does one of the pairs before the nth begin with the same "key="? */
static bool is_set_before(const struct invocation *in, const char *pair, size_t len, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(invocation_nth(in, "set", i), pair, len) == 0)
            return true;
    return false;
}

/* "key=value" pairs into the task's arguments. */
static int parameters(const struct invocation *in, struct task *task, struct fault *f)
{
    const char *pair;
    for (size_t i = 0; (pair = invocation_nth(in, "set", i)); i++) {
        const char *equals = strchr(pair, '=');
        if (!equals)
            return fault_set(f, -EINVAL, _("--set %s: write --set key=value"), pair);
        _cleanup_text_ char *key = alloc_text_n(pair, (size_t)(equals - pair));
        if (is_set_before(in, pair, (size_t)(equals - pair) + 1, i))
            return fault_set(f, -EINVAL, _("--set %s: %s stands twice; give it once"), pair, key);
        int r = check_args_set(&task->args, key, equals + 1, f);
        if (r < 0) {
            fault_prefix(f, _("--set %s: "), pair);
            return r;
        }
    }
    return 0;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    const struct check_ops *ops = check_find(in->args[0]);
    if (!ops)
        return invocation_wrong(in, _("%s: no such check; `internetmetre-agent checks` lists them"), in->args[0]);
    const char *target = in->arg_count > 1 ? in->args[1] : NULL;
    struct fault f;
    const struct policy policy = {
        .allow_private = settings.allow_private_targets || invocation_flag(in, "allow-private"), .typed = true};
    _cleanup_(task_unrefp) struct task *task = task_new(ops, "measure", target, &policy);
    if (parameters(in, task, &f) < 0 || task_check(task, &f) < 0)
        return invocation_wrong(in, "%s", f.text);
    return measure(task, invocation_flag(in, "json"));
}

const struct command command_measure = {
    .name = "measure",
    .usage = N_("CHECK [TARGET] [--set KEY=VALUE]… [--json]"),
    .help = N_("measure once, now, and show the numbers"),
    .options = options,
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
