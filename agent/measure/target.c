#include "agent/measure/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/headers.h"
#include "agent/io/names.h"
#include "agent/dns/packet.h"
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

/* A system lists three resolvers as a rule. */
#define RESOLVERS_MAX 8

bool target_resolver(const struct env *env, size_t nth, int family, struct sockaddr_storage *ret)
{
    struct sockaddr_storage servers[RESOLVERS_MAX];
    size_t count = names_servers(env->names, servers, COUNT(servers));
    for (size_t i = 0; i < count; i++) {
        if (family && family != address_version(&servers[i]))
            continue;
        if (--nth > 0)
            continue;
        *ret = servers[i];
        return true;
    }
    return false;
}

bool target_literal(const char *host, struct sockaddr_storage *ret)
{
    char text[64];
    size_t len = strlen(host);
    bool brackets = len > 2 && len < sizeof text && host[0] == '[' && host[len - 1] == ']';
    memset(ret, 0, sizeof *ret);
    if (brackets) {
        snprintf(text, sizeof text, "%.*s", (int)len - 2, host + 1);
        host = text;
    }
    return uv_ip4_addr(host, 0, (struct sockaddr_in *)ret) == 0 ||
           uv_ip6_addr(host, 0, (struct sockaddr_in6 *)ret) == 0;
}

int target_address_valid(const struct check_args *args, const char *name, struct fault *f)
{
    const char *text = check_arg_text(args, name);
    struct sockaddr_storage addr;
    return text && target_literal(text, &addr) ? 0 : check_args_refuse(args, name, _("an IPv4 or IPv6 address"), f);
}

int target_domain_valid(const struct check_args *args, struct fault *f)
{
    const char *resolver = check_arg_text(args, "resolver");
    if (!packet_name_valid(args->target))
        return fault_set(f, -EINVAL, _("%s: the target %s is not a domain name, such as example.bj"), args->ops->name,
                         args->target);
    return resolver && *resolver ? target_address_valid(args, "resolver", f) : 0;
}

int target_url_valid(const struct check_args *args, struct fault *f)
{
    if (web_url_valid(args->target))
        return 0;
    return fault_set(f, -EINVAL, _("%s: the target %s is no URL to be fetched, such as https://example.bj/path"),
                     args->ops->name, args->target);
}

enum outcome target_asked_resolver(const struct env *env, const struct check_args *args, struct sockaddr_storage *ret,
                                   struct fault *f)
{
    const char *text = check_arg_text(args, "resolver");
    struct sockaddr_storage addr;
    if (!text || !*text) {
        if (target_resolver(env, 1, 0, ret))
            return OUTCOME_OK;
        fault_set(f, -ENOENT, _("this system names no resolver"));
        return OUTCOME_SKIPPED;
    }
    if (!target_literal(text, &addr)) {
        fault_set(f, -EINVAL, _("resolver: %.64s is not an address"), text);
        return OUTCOME_ERROR;
    }
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
        snprintf(answer.reason, sizeof answer.reason, "%s", names->reason);
    } else if (policy_check_target(t->policy, (const struct sockaddr *)&names->addrs[0], &f) < 0) {
        answer.outcome = OUTCOME_DENIED;
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
