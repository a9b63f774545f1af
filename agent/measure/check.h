/* A check: one measurement method behind one ops structure. It receives
 * parameters, a target and the environment, runs on the loop without ever
 * blocking, and ends in exactly one result (measurement.h). It knows nothing of
 * files, of the collector or of schedules. agent/check/meson.build lists them all. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/io/env.h"
#include "agent/io/policy.h"
#include "common/fault.h"
#include "common/result.h"

/* How checks share the line (Holterbach et al., IMC 2015). */
enum check_class {
    CLASS_LIGHT, /* many at once */
    CLASS_PATH,  /* a few at once */
    CLASS_HEAVY, /* alone */
};

enum param_type {
    PARAM_INT,
    PARAM_BOOL,
    PARAM_TEXT,
    PARAM_CHOICE,
    /* Read by agent/io/hostname.h and address.h; no text at all is none. */
    PARAM_DOMAIN,  /* a name to ask DNS about */
    PARAM_DOMAINS, /* several, with commas between them */
    PARAM_HOST,    /* a host's name or address */
    PARAM_ADDRESS, /* a host's address, with its interface where it is of one link */
};

struct check_param {
    const char *name;
    enum param_type type;
    const char *preset;         /* the default as text; NULL: no value */
    int64_t min, max;           /* PARAM_INT */
    const char *const *choices; /* PARAM_CHOICE, NULL-terminated */
    const char *help;           /* with unit; through gettext (N_) */
};

struct param_value {
    int64_t number; /* PARAM_INT, PARAM_BOOL, PARAM_CHOICE (index) */
    char *text;     /* the others, owned, may be NULL; names as DNS holds them */
};

#define CHECK_PARAMS_MAX 24

struct check_args {
    const struct check_ops *ops;
    char *task, *target; /* owned; target as target_read made it, may be NULL when the check allows it */
    struct policy policy;
    struct param_value values[CHECK_PARAMS_MAX]; /* in the order of ops->params */
};

enum target_form {
    TARGET_HOST,     /* a name or an address, required; looked up before the run begins */
    TARGET_URL,      /* http:// or https://, required */
    TARGET_RESOLVER, /* a server's name or address, looked up; without one, the system's first resolver */
    TARGET_DOMAIN,   /* a domain name or zone, which DNS is asked about; required */
};

struct target_answer; /* agent/measure/target.h */

struct check_ops {
    const char *name;
    const char *help; /* one line, through gettext (N_) */
    enum check_class class;
    enum target_form target;
    const struct check_param *params;
    size_t param_count;

    /* Do target and parameters make sense beyond what the table says of each?
     * -EINVAL when not, f naming which one and what is allowed; NULL: always. Asked
     * where a task comes from (task_check), so that start can rely on it. */
    int (*valid)(const struct check_args *args, struct fault *f);
    /* Can this host run it? 0, or -EPERM and the like with the cure in f; NULL:
     * every host can. */
    int (*able)(const struct env *env, struct fault *f);
    /* Bytes on the wire that one run costs at most or about, both ways. */
    int64_t (*cost_bytes)(const struct check_args *args);

    /* One run, step by step. Each is given the check's state: state_size octets,
     * zero but for the struct measurement that they begin with. */
    size_t state_size;
    /* Before anything is sent: what the arguments ask for. A failure is the
     * agent's own (f says why); then clear alone follows. May be NULL. */
    int (*prepare)(void *check, struct fault *f);
    /* Once, from the loop, unless the lookup failed. target is the lookup's
     * answer, whose address the result has already; NULL without a lookup. May
     * end the measurement. */
    void (*begin)(void *check, const struct target_answer *target);
    /* Once, at the end or when cancelled: closes what could still call back, and
     * adds to the result what it carries however the run went. May be NULL. */
    void (*stop)(void *check);
    /* Last of all: frees what the state owns, but not the state. The arguments
     * may be gone by then. May be NULL. */
    void (*clear)(void *check);
};

/* Arguments with every default filled in. A target that is none is kept as it
 * stands: task_check tells. */
void check_args_init(struct check_args *args, const struct check_ops *ops, const char *task, const char *target,
                     const struct policy *policy);
/* One parameter from text; f names it and what is allowed. */
int check_args_set(struct check_args *args, const char *name, const char *value, struct fault *f) CHECKED;
/* -EINVAL, for a check's valid: the value cannot be; allowed says what can. */
int check_args_refuse(const struct check_args *args, const char *name, const char *allowed, struct fault *f);
void check_args_free(struct check_args *args);

int64_t check_arg_int(const struct check_args *args, const char *name); /* also PARAM_CHOICE: the index */
bool check_arg_bool(const struct check_args *args, const char *name);
const char *check_arg_text(const struct check_args *args, const char *name); /* the choice's word, or what is text */
