/* Lists the checks, whether this host can run them, their parameters, and what
 * they cost on a metered line. */
#include <stdio.h>
#include <string.h>

#include "agent/check/table.h"
#include "agent/command/command.h"
#include "agent/io/host.h"
#include "agent/command/show.h"
#include "common/lang.h"

static const struct option options[] = {
    {"cost", NULL, N_("show the bytes of a run and of a month under the schedule")},
    {0},
};

static void show_able(const struct check_ops *ops, const struct env *env)
{
    struct fault f = {0};
    if (!ops->able || ops->able(env, &f) == 0)
        printf("  %s\n", _("this host can run it"));
    else
        printf(_("  this host cannot run it: %s\n"), f.text);
}

static void list_all(const struct env *env)
{
    for (size_t i = 0; check_table[i]; i++) {
        const struct check_ops *ops = check_table[i];
        printf("%s – %s (%s)\n", ops->name, _(ops->help), show_class(ops->class));
        show_able(ops, env);
    }
}

static void list_param(const struct check_param *p)
{
    printf("  %s – %s", p->name, _(p->help));
    if (p->type == PARAM_INT)
        printf(_("; %lld to %lld"), (long long)p->min, (long long)p->max);
    else if (p->type == PARAM_BOOL)
        printf(_("; %s"), "yes, no");
    for (size_t i = 0; p->type == PARAM_CHOICE && p->choices[i]; i++)
        printf(i ? ", %s" : _("; %s"), p->choices[i]);
    if (p->preset)
        printf(_("; default %s"), p->preset);
    putchar('\n');
}

static void list_one(const struct check_ops *ops, const struct env *env)
{
    static const char *const forms[] = {
        [TARGET_HOST] = N_("target: a name or an address"),
        [TARGET_URL] = N_("target: an address http://… or https://…"),
        [TARGET_RESOLVER] = N_("target: a server's name or address; without one, the system's first resolver"),
        [TARGET_DOMAIN] = N_("target: a domain name"),
    };
    printf("%s – %s (%s)\n", ops->name, _(ops->help), show_class(ops->class));
    show_able(ops, env);
    printf("  %s\n", _(forms[ops->target]));
    if (ops->param_count > 0)
        printf("%s\n", _("parameters:"));
    for (size_t i = 0; i < ops->param_count; i++)
        list_param(&ops->params[i]);
}

/* ---- costs ---- */

static int64_t list_costs(const struct schedule *s, const char *forbid)
{
    static const struct schedule none = {0};
    _cleanup_(schedule_free) struct schedule all = {0};
    int64_t total = 0;
    schedule_join(&all, s, &none, forbid);
    for (size_t i = 0; i < all.count; i++) {
        const struct task *t = all.tasks[i];
        char run[SHOW_BYTES_SIZE], month[SHOW_BYTES_SIZE], every[NUMBER_TEXT_SIZE];
        total += task_month_bytes(t);
        lang_number(lang_current(), (double)t->interval_us / 1e6, 0, every);
        printf(_("  %-28s %-11s %9s a run, every %*s%s s: %10s a month\n"), t->args.task, t->args.ops->name,
               show_bytes(t->args.ops->cost_bytes(&t->args), run), show_pad(every, 6), "", every,
               show_bytes(task_month_bytes(t), month));
    }
    return total;
}

static int costs(const struct settings *settings)
{
    _cleanup_(schedule_free) struct schedule standard = {0};
    struct fault f;
    char text[SHOW_BYTES_SIZE];
    int64_t total = 0;
    if (schedule_standard(&standard, &f) < 0)
        return command_failed("%s", f.text);
    if (settings->tasks.count > 0) {
        printf("%s\n", _("Tasks of the configuration file:"));
        total += list_costs(&settings->tasks, settings->forbid);
    }
    if (settings->schedule == SCHEDULE_REMOTE) {
        printf(_("Tasks of the standard schedule, version %lld:\n"), (long long)standard.version);
        total += list_costs(&standard, settings->forbid);
    }
    printf(_("In all, at most %s a month.\n"), show_bytes(total, text));
    return EXIT_OK;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    if (invocation_flag(in, "cost"))
        return costs(&settings);
    const struct check_ops *ops = in->arg_count > 0 ? check_find(in->args[0]) : NULL;
    if (in->arg_count > 0 && !ops)
        return invocation_wrong(in, _("%s: no such check; `internetmetre-agent checks` lists them"), in->args[0]);
    struct host host;
    struct fault f;
    if (host_open(&host, &clock_system, &f) < 0)
        return command_failed("%s", f.text);
    if (ops)
        list_one(ops, &host.env);
    else
        list_all(&host.env);
    host_close(&host);
    return EXIT_OK;
}

const struct command command_checks = {
    .name = "checks",
    .usage = N_("[CHECK] [--cost]"),
    .help = N_("list the checks, what this host can run, and what they cost"),
    .options = options,
    .args_max = 1,
    .run = run,
};
