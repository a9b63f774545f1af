#include "agent/target.h"

#include <stdio.h>
#include <string.h>

#include "agent/io/names.h"

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

static void on_names(void *user, const struct names_answer *names)
{
    struct target *t = user;
    struct target_answer answer = {.outcome = OUTCOME_OK, .lookup_ms = names->ms};
    struct fault f = {0};
    if (names->error < 0 || names->count == 0) {
        answer.outcome = OUTCOME_DNS_ERROR;
        snprintf(answer.reason, sizeof answer.reason, "%s", names->reason);
    } else if (policy_check(t->policy, (const struct sockaddr *)&names->addrs[0], &f) < 0) {
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

struct target *target_find(const struct check_env *env, const struct policy *policy, const char *host, int family,
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
