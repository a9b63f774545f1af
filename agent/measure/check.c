#include "agent/measure/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/hostname.h"
#include "agent/measure/target.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/lang.h"
#include "common/log.h"

static int param_find(const struct check_ops *ops, const char *name)
{
    for (size_t i = 0; i < ops->param_count; i++)
        if (!strcmp(ops->params[i].name, name))
            return (int)i;
    return -ENOENT;
}

/* What the parameter accepts, for messages. */
static void allowed(const struct check_param *p, struct buf *out)
{
    switch (p->type) {
    case PARAM_INT:
        buf_addf(out, _("a whole number from %" PRId64 " to %" PRId64), p->min, p->max);
        break;
    case PARAM_BOOL:
        buf_add_text(out, _("yes or no"));
        break;
    case PARAM_TEXT:
        buf_add_text(out, _("text"));
        break;
    case PARAM_CHOICE:
        for (size_t i = 0; p->choices[i]; i++)
            buf_addf(out, "%s%s", i ? ", " : "", p->choices[i]);
        break;
    case PARAM_DOMAIN:
        buf_add_text(out, _("a domain name, such as example.bj"));
        break;
    case PARAM_DOMAINS:
        buf_add_text(out, _("domain names with commas between them"));
        break;
    case PARAM_HOST:
        buf_add_text(out, _("a host's name or address"));
        break;
    case PARAM_ADDRESS:
        buf_add_text(out, _("an IPv4 or IPv6 address"));
    }
}

/* ---- names and addresses ---- */

static int domains_read(const char *text, struct buf *ret, struct fault *f)
{
    char name[HOSTNAME_SIZE];
    int r = 0;
    while (r == 0 && *text) {
        size_t len = strcspn(text, ", ");
        _cleanup_text_ char *one = alloc_text_n(text, len);
        if (len > 0)
            r = hostname_domain(one, name, f);
        if (r == 0 && len > 0)
            buf_addf(ret, "%s%s", ret->len ? "," : "", name);
        text += len + (text[len] != '\0');
    }
    return r;
}

/* A domain, several, a host or an address as DNS and sockets take them; the
 * caller frees. An address that lacks its interface at the moment is one. */
static int name_read(enum param_type type, const char *text, char **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf out = {0};
    char name[HOSTNAME_SIZE] = "";
    struct sockaddr_storage addr;
    int r = 0;
    if (!*text)
        r = 0;
    else if (type == PARAM_DOMAIN)
        r = hostname_domain(text, name, f);
    else if (type == PARAM_DOMAINS)
        r = domains_read(text, &out, f);
    else if ((r = address_read(text, &addr, f)) == 0 || r == -ENODEV)
        r = snprintf(name, sizeof name, "%s", text) < 0;
    else if (type == PARAM_HOST && r == -EINVAL)
        r = hostname_read(text, name, f);
    if (r < 0)
        return -EINVAL;
    *ret = alloc_text(out.len ? out.data : name);
    return 0;
}

/* -EINVAL; why has more than what is allowed where it is about a name. */
static int value_read(const struct check_param *p, const char *text, struct param_value *v, struct fault *why)
{
    char *name = NULL;
    int64_t n = 0;
    bool yes = false;
    switch (p->type) {
    case PARAM_INT:
        if (conf_parse_int(text, &n) < 0 || n < p->min || n > p->max)
            return -EINVAL;
        v->number = n;
        return 0;
    case PARAM_BOOL:
        if (conf_parse_bool(text, &yes) < 0)
            return -EINVAL;
        v->number = yes;
        return 0;
    case PARAM_CHOICE:
        for (int i = 0; p->choices[i]; i++) {
            if (strcmp(p->choices[i], text) != 0)
                continue;
            v->number = i;
            return 0;
        }
        return -EINVAL;
    case PARAM_DOMAIN:
    case PARAM_DOMAINS:
    case PARAM_HOST:
    case PARAM_ADDRESS:
        if (name_read(p->type, text, &name, why) < 0)
            return -EINVAL;
        free(v->text);
        v->text = name;
        return 0;
    case PARAM_TEXT:
        break;
    }
    free(v->text);
    v->text = alloc_text(text);
    return 0;
}

void check_args_init(struct check_args *args, const struct check_ops *ops, const char *task, const char *target,
                     const struct policy *policy)
{
    struct fault f = {0};
    *args = (struct check_args){.ops = ops, .task = alloc_text(task), .policy = *policy};
    if (target && target_read(ops->target, target, &args->target, NULL) < 0)
        args->target = alloc_text(target);
    for (size_t i = 0; i < ops->param_count; i++) {
        const struct check_param *p = &ops->params[i];
        if (p->preset && value_read(p, p->preset, &args->values[i], &f) < 0) {
            log_error("check %s: the default %s of %s is not allowed", ops->name, p->preset, p->name);
            abort();
        }
    }
}

static int refuse(const struct check_ops *ops, const char *name, const char *value, const char *allowed,
                  struct fault *f)
{
    return fault_set(f, -EINVAL, _("%s: %s cannot be \"%s\"; allowed: %s"), ops->name, name, value, allowed);
}

int check_args_set(struct check_args *args, const char *name, const char *value, struct fault *f)
{
    const struct check_ops *ops = args->ops;
    _cleanup_(buf_free) struct buf fit = {0};
    int i = param_find(ops, name);
    if (i < 0) {
        for (size_t k = 0; k < ops->param_count; k++)
            buf_addf(&fit, "%s%s", k ? ", " : "", ops->params[k].name);
        return fault_set(f, -EINVAL, _("%s has no parameter %s; it has: %s"), ops->name, name,
                         fit.len ? fit.data : _("none"));
    }
    struct fault why = {0};
    if (value_read(&ops->params[i], value, &args->values[i], &why) == 0)
        return 0;
    allowed(&ops->params[i], &fit);
    if (why.code)
        buf_addf(&fit, _("; %s"), why.text);
    return refuse(ops, name, value, fit.data, f);
}

int check_args_refuse(const struct check_args *args, const char *name, const char *allowed, struct fault *f)
{
    const char *text = check_arg_text(args, name);
    return refuse(args->ops, name, text ? text : "", allowed, f);
}

void check_args_free(struct check_args *args)
{
    if (!args)
        return;
    for (size_t i = 0; i < CHECK_PARAMS_MAX; i++)
        free(args->values[i].text);
    free(args->task);
    free(args->target);
    *args = (struct check_args){0};
}

/* A check asks only for parameters that its own table declares. */
static size_t declared(const struct check_args *args, const char *name)
{
    int i = param_find(args->ops, name);
    if (i < 0) {
        log_error("check %s asks for a parameter %s that it does not declare", args->ops->name, name);
        abort();
    }
    return (size_t)i;
}

int64_t check_arg_int(const struct check_args *args, const char *name)
{
    return args->values[declared(args, name)].number;
}

bool check_arg_bool(const struct check_args *args, const char *name)
{
    return args->values[declared(args, name)].number != 0;
}

const char *check_arg_text(const struct check_args *args, const char *name)
{
    size_t i = declared(args, name);
    const struct check_param *p = &args->ops->params[i];
    return p->type == PARAM_CHOICE ? p->choices[args->values[i].number] : args->values[i].text;
}
