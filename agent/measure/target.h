/* What a check measures: a name or an address, resolved to one address that
 * the policy allows. */
#pragma once

#include <stdint.h>

#include "agent/measure/check.h"
#include "common/outcome.h"

struct target;

struct target_answer {
    enum outcome outcome;         /* OUTCOME_OK, or what the check's result becomes */
    const char *cause;            /* why not ok (common/cause.h) */
    char reason[FAULT_TEXT_MAX];  /* the same for people */
    struct sockaddr_storage addr; /* port 0 */
    double lookup_ms;             /* 0 for a literal */
};

/* Called once from the loop, never from inside target_find. */
typedef void (*target_done_fn)(void *user, const struct target_answer *answer);

/* family: 4, 6, or 0 for the first address that the resolver orders. The host
 * and the policy are borrowed until done. */
struct target *target_find(const struct env *env, const struct policy *policy, const char *host, int family,
                           target_done_fn done, void *user);
void target_cancel(struct target *t); /* before done only; accepts NULL */

/* The words of a `family` parameter and its value as 0, 4 or 6. */
extern const char *const target_families[];
int target_family(const struct check_args *args);

/* The nth (1, 2…) of the system's resolvers of this family (0: any).
 * OUTCOME_OK, or what the result becomes with why in f: there are fewer, or
 * what stands there cannot be asked; never another in its place. It is the
 * owner's choice and not a task's, so it may be a private address. */
enum outcome target_resolver(const struct env *env, size_t nth, int family, struct sockaddr_storage *ret,
                             struct fault *f);

/* The resolver that a check's `resolver` parameter names by its address, or the
 * system's first. OUTCOME_OK, or what the result becomes with why in f. */
enum outcome target_asked_resolver(const struct env *env, const struct check_args *args, struct sockaddr_storage *ret,
                                   struct fault *f);

/* What was typed for a target, as it is measured and stands in results: names
 * in ASCII and without the dot at their end, the host of a URL likewise. The one
 * place that accepts targets. -EINVAL with the reason and the cure in f; the
 * caller frees. An interface that is not there at the moment may come back. */
int target_read(enum target_form form, const char *text, char **ret, struct fault *f) CHECKED;

/* Is it an address (address_read) and not a name? Port 0. */
bool target_literal(const char *host, struct sockaddr_storage *ret);
