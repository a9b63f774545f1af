#include "agent/measure/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/headers.h"
#include "agent/io/hostname.h"
#include "agent/io/names.h"
#include "agent/io/web.h"
#include "common/lang.h"

/* Resolvers answer within seconds or not at all; c-ares tries several. */
#define LOOKUP_TIMEOUT_US INT64_C(10000000)

struct target {
    const struct policy *policy;
    struct names_query *query;
    target_done_fn done;
    void *user;
};

const char *const target_families[] = {"any", "4", "6", NULL};

int target_family(const struct check_args *args)
{
    static const int families[] = {0, 4, 6};
    return families[check_arg_int(args, "family")];
}

enum outcome target_resolver(const struct env *env, size_t nth, int family, struct sockaddr_storage *ret,
                             struct fault *f)
{
    const struct nameserver *servers;
    size_t count = names_servers(env->names, &servers), seen = 0;
    for (size_t i = 0; i < count; i++) {
        if ((family && family != servers[i].version) || ++seen < nth)
            continue;
        if (servers[i].addr.ss_family == AF_UNSPEC) {
            fault_set(f, -EINVAL, _("resolver %zu of /etc/resolv.conf: %s"), nth, servers[i].why.text);
            return OUTCOME_SKIPPED;
        }
        *ret = servers[i].addr;
        return OUTCOME_OK;
    }
    fault_set(f, -ENOENT, count ? _("this system names no such resolver") : _("this system names no resolver"));
    return OUTCOME_SKIPPED;
}

/* ---- what was typed ---- */

static int read_host(const char *text, char **ret, struct fault *f)
{
    struct sockaddr_storage addr;
    char name[HOSTNAME_SIZE];
    int r = address_read(text, &addr, f);
    if (r == 0 || r == -ENODEV) {
        *ret = alloc_text(text);
        return 0;
    }
    if (r != -EINVAL || hostname_read(text, name, f) < 0)
        return -EINVAL;
    *ret = alloc_text(name);
    return 0;
}

int target_read(enum target_form form, const char *text, char **ret, struct fault *f)
{
    char name[HOSTNAME_SIZE];
    switch (form) {
    case TARGET_HOST:
    case TARGET_RESOLVER:
        return read_host(text, ret, f);
    case TARGET_URL:
        return web_url_read(text, ret, f);
    case TARGET_DOMAIN:
        break;
    }
    int r = hostname_domain(text, name, f);
    if (r < 0)
        return r;
    *ret = alloc_text(name);
    return 0;
}

bool target_literal(const char *host, struct sockaddr_storage *ret)
{
    return address_read(host, ret, NULL) == 0;
}

enum outcome target_asked_resolver(const struct env *env, const struct check_args *args, struct sockaddr_storage *ret,
                                   struct fault *f)
{
    const char *text = check_arg_text(args, "resolver");
    struct sockaddr_storage addr;
    if (!text || !*text)
        return target_resolver(env, 1, 0, ret, f);
    if (address_read(text, &addr, f) < 0)
        return OUTCOME_UNREACHABLE; /* by an interface that is not there */
    if (policy_check_target(&args->policy, (const struct sockaddr *)&addr, f) < 0)
        return OUTCOME_DENIED;
    address_set_port(&addr, DNS_PORT);
    *ret = addr;
    return OUTCOME_OK;
}

static void on_names(void *user, const struct names_answer *names)
{
    struct target *t = user;
    struct target_answer answer = {.outcome = OUTCOME_OK, .lookup_ms = names->ms};
    struct fault f = {0};
    if (names->error < 0 || names->count == 0) {
        answer.outcome = OUTCOME_DNS_ERROR;
        answer.cause = names->cause;
        snprintf(answer.reason, sizeof answer.reason, "%s", names->reason);
    } else if (policy_check_target(t->policy, (const struct sockaddr *)&names->addrs[0], &f) < 0) {
        answer.outcome = OUTCOME_DENIED;
        answer.cause = "denied";
        snprintf(answer.reason, sizeof answer.reason, "%s", f.text);
    } else {
        answer.addr = names->addrs[0];
    }
    target_done_fn done = t->done;
    void *whose = t->user;
    free(t);
    done(whose, &answer);
}

struct target *target_find(const struct env *env, const struct policy *policy, const char *host, int family,
                           target_done_fn done, void *user)
{
    struct target *t = alloc_zero(1, sizeof *t);
    *t = (struct target){.policy = policy, .done = done, .user = user};
    t->query = names_lookup(env->names, host, family, LOOKUP_TIMEOUT_US, on_names, t);
    return t;
}

void target_cancel(struct target *t)
{
    if (!t)
        return;
    names_cancel(t->query);
    free(t);
}
