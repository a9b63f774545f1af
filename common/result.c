#include "common/result.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "common/cause.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"
#include "common/stranger.h"

/* ---- building ---- */

struct result *result_new(const char *check, const char *task, const char *target)
{
    struct result *r = alloc_zero(1, sizeof *r);
    r->set = metric_set_find(check, strlen(check));
    if (!r->set) {
        log_error(_("check %s is not in schema/metrics.tsv"), check);
        abort();
    }
    r->task = alloc_text(task);
    r->target = alloc_text(target ? target : "");
    r->detail = json_object();
    return r;
}

void result_free(struct result *r)
{
    if (!r)
        return;
    free(r->task);
    free(r->target);
    json_decref(r->detail);
    free(r);
}

void result_metric(struct result *r, const char *name, double value)
{
    int position = metric_position(r->set, name, strlen(name));
    if (position < 0) {
        log_error(_("metric %s of check %s is not in schema/metrics.tsv"), name, r->set->check);
        abort();
    }
    if (!isfinite(value))
        return;
    r->metrics[position] = value;
    r->present |= 1ull << position;
}

void result_begin(struct result *r, const struct clock *clock)
{
    r->at_us = clock_wall_us(clock);
    r->mono_us = clock_mono_us(clock);
    r->sync = clock_synced(clock);
}

void result_addr(struct result *r, const void *sockaddr)
{
    const struct sockaddr *sa = sockaddr;
    if (sa->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sockaddr)->sin_addr, r->addr, sizeof r->addr);
        r->af = 4;
    } else if (sa->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sockaddr)->sin6_addr, r->addr, sizeof r->addr);
        r->af = 6;
    }
}

void result_reason(struct result *r, enum outcome outcome, const char *format, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    form_tame(text);
    r->outcome = outcome;
    json_object_del(r->detail, "cause"); /* of what was said before */
    /* A peer's bytes may be in it: what is no UTF-8 ends the text. */
    json_object_set_new(r->detail, "reason", json_stringn(text, scan_utf8(text, strlen(text))));
}

void result_fail(struct result *r, enum outcome outcome, const char *cause, const char *reason)
{
    if (cause && !cause_known(cause)) {
        log_error(_("cause %s of check %s is not in common/cause.c"), cause, r->set->check);
        abort();
    }
    if (!reason || !*reason)
        reason = cause ? cause_text(cause) : outcome_text(outcome);
    result_reason(r, outcome, "%s", reason);
    if (cause)
        json_object_set_new(r->detail, "cause", json_string(cause));
}

json_t *result_metric_json(const struct result *r, size_t i)
{
    double value = r->metrics[i];
    bool whole = r->set->whole >> i & 1 && value == (double)(int64_t)value;
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

int result_judge(struct result *r, struct fault *f)
{
    struct fault why;
    int rc = metric_judge(r->set, r->metrics, r->present, &why);
    if (rc == 0)
        return 0;
    json_t *values = json_object();
    for (size_t i = 0; i < r->set->count; i++)
        if (r->present >> i & 1)
            json_object_set_new(values, r->set->metrics[i].name, result_metric_json(r, i));
    json_object_set_new(r->detail, "out_of_range", values);
    r->present = 0;
    result_reason(r, OUTCOME_ERROR, "%s", why.text);
    return fault_set(f, rc, "%s", why.text);
}

void result_write(const struct result *r, struct buf *out)
{
    char at[TIME_TEXT_SIZE];
    buf_add_text(out, "{\"task\":");
    buf_add_json(out, r->task, strlen(r->task));
    buf_addf(out, ",\"check\":\"%s\",\"target\":", r->set->check);
    buf_add_json(out, r->target, strlen(r->target));
    if (r->af)
        buf_addf(out, ",\"addr\":\"%s\",\"af\":%d", r->addr, r->af);
    buf_addf(out, ",\"at\":\"%s\",\"mono_us\":%lld,\"sync\":%s,\"outcome\":\"%s\",\"bytes\":%lld,\"metrics\":{",
             time_format(r->at_us, at), (long long)r->mono_us, r->sync ? "true" : "false", outcome_word(r->outcome),
             (long long)r->bytes);
    bool first = true;
    for (size_t i = 0; i < r->set->count; i++) {
        if (!(r->present >> i & 1))
            continue;
        buf_addf(out, "%s\"%s\":%.*g", first ? "" : ",", r->set->metrics[i].name, r->set->whole >> i & 1 ? 15 : 7,
                 r->metrics[i]);
        first = false;
    }
    buf_add_char(out, '}');
    if (json_object_size(r->detail) > 0) {
        _cleanup_text_ char *detail = json_text(r->detail);
        buf_add_text(out, ",\"detail\":");
        buf_add_text(out, detail);
    }
    buf_add_text(out, "}\n");
}

/* ---- reading ---- */

enum member {
    MEMBER_TASK,
    MEMBER_CHECK,
    MEMBER_TARGET,
    MEMBER_ADDR,
    MEMBER_AF,
    MEMBER_AT,
    MEMBER_MONO_US,
    MEMBER_SYNC,
    MEMBER_OUTCOME,
    MEMBER_BYTES,
    MEMBER_METRICS,
    MEMBER_DETAIL,
    MEMBER_COUNT,
};

static const char *const member_names[MEMBER_COUNT] = {
    "task", "check", "target", "addr", "af", "at", "mono_us", "sync", "outcome", "bytes", "metrics", "detail",
};

#define MEMBERS_OPTIONAL (1u << MEMBER_ADDR | 1u << MEMBER_AF | 1u << MEMBER_DETAIL)

static enum member member_find(const struct scan *s)
{
    for (int i = 0; i < MEMBER_COUNT; i++) {
        if (member_names[i][0] == s->token[0] && strlen(member_names[i]) == s->token_len &&
            memcmp(member_names[i], s->token, s->token_len) == 0)
            return (enum member)i;
    }
    return MEMBER_COUNT;
}

/* A name that goes into a dictionary: plain, bounded, not empty. */
static bool read_name(const struct scan *s, enum scan_token token, size_t max, struct slice *ret)
{
    if (token != SCAN_STRING || s->escaped || s->token_len > max)
        return false;
    *ret = (struct slice){s->token, s->token_len};
    return true;
}

static bool read_int(const struct scan *s, enum scan_token token, int64_t min, int64_t max, int64_t *ret)
{
    return token == SCAN_NUMBER && scan_int(s, ret) && *ret >= min && *ret <= max;
}

/* Metrics come before or after the check's name: positions are found once
 * both are known, so the text is kept and read at the end. */
static int read_metrics(struct slice text, struct result_line *ret, struct fault *f)
{
    struct scan s;
    scan_start(&s, text.at, text.len, 2);
    if (scan_next(&s) != SCAN_OBJECT)
        return fault_set(f, -EBADMSG, _("\"metrics\" is not an object"));
    size_t guess = 0;
    for (enum scan_token token = scan_next(&s); token == SCAN_MEMBER; token = scan_next(&s)) {
        struct slice name = {s.token, s.token_len};
        double value;
        if (scan_next(&s) != SCAN_NUMBER || !scan_double(&s, &value) || fabs(value) > 3.4e38)
            return fault_set(f, -EBADMSG, _("metric \"%.*s\" is not a finite number"), (int)name.len, name.at);
        int position = -ENOENT;
        /* The agent writes them in the registry's order: look from the last. */
        for (size_t i = guess; i < ret->set->count && position < 0; i++) {
            const struct metric *known = &ret->set->metrics[i];
            if (known->len == name.len && memcmp(known->name, name.at, name.len) == 0)
                position = (int)i;
        }
        if (position < 0)
            position = metric_position(ret->set, name.at, name.len);
        if (position < 0) {
            if (ret->unknown.len == 0)
                ret->unknown = name;
            continue;
        }
        guess = (size_t)position + 1;
        if (ret->present >> position & 1)
            return fault_set(f, -EBADMSG, _("metric \"%.*s\" stands twice"), (int)name.len, name.at);
        ret->present |= 1ull << position;
        ret->metrics[position] = value;
    }
    return 0;
}

static int read_member(struct scan *s, enum member member, struct result_line *line, struct slice *metrics)
{
    int64_t n = 0;
    enum scan_token token = scan_next(s);
    bool fine = false;
    switch (member) {
    case MEMBER_TASK:
        fine = read_name(s, token, NAME_MAX_TASK, &line->task) && line->task.len > 0;
        break;
    case MEMBER_CHECK:
        fine = read_name(s, token, NAME_MAX_CHECK, &line->check) && line->check.len > 0;
        break;
    case MEMBER_TARGET:
        fine = read_name(s, token, NAME_MAX_TARGET, &line->target);
        break;
    case MEMBER_ADDR: {
        char text[INET6_ADDRSTRLEN];
        struct in6_addr addr;
        fine = read_name(s, token, sizeof text - 1, &line->addr);
        if (fine) {
            memcpy(text, line->addr.at, line->addr.len);
            text[line->addr.len] = '\0';
            fine = inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &addr) == 1;
        }
        break;
    }
    case MEMBER_AF:
        fine = read_int(s, token, 4, 6, &n) && n != 5;
        line->af = (int)n;
        break;
    case MEMBER_AT:
        fine = token == SCAN_STRING && time_parse(s->token, s->token_len, &line->at_us) == 0;
        break;
    case MEMBER_MONO_US:
        fine = read_int(s, token, 0, INT64_MAX, &line->mono_us);
        break;
    case MEMBER_SYNC:
        fine = token == SCAN_TRUE || token == SCAN_FALSE;
        line->sync = token == SCAN_TRUE;
        break;
    case MEMBER_OUTCOME:
        fine = token == SCAN_STRING && outcome_parse(s->token, s->token_len, &line->outcome) == 0;
        break;
    case MEMBER_BYTES:
        fine = read_int(s, token, 0, INT32_MAX, &line->bytes);
        break;
    case MEMBER_METRICS:
        fine = token == SCAN_OBJECT && scan_skip(s, token, &metrics->at, &metrics->len);
        break;
    case MEMBER_DETAIL:
        fine = token == SCAN_OBJECT && scan_skip(s, token, &line->detail.at, &line->detail.len);
        break;
    default: {
        /* A later agent may say more: its members are kept in the ledger. */
        struct slice ignored;
        fine = token != SCAN_BAD && scan_skip(s, token, &ignored.at, &ignored.len);
    }
    }
    return fine ? 0 : -EBADMSG;
}

int result_line_read(const char *text, size_t len, struct result_line *ret, struct fault *f)
{
    struct result_line line = {0};
    struct slice metrics = {0};
    struct scan s;
    unsigned seen = 0;

    stranger_read(STRANGER_JSON, len);
    scan_start(&s, text, len, JSON_DEPTH_MAX);
    if (scan_next(&s) != SCAN_OBJECT)
        return fault_set(f, -EBADMSG, _("not a JSON object: %s"), _(s.error ? s.error : N_("another value")));
    enum scan_token token;
    while ((token = scan_next(&s)) == SCAN_MEMBER) {
        struct slice name = {s.token, s.token_len};
        enum member member = member_find(&s);
        if (member < MEMBER_COUNT && seen >> member & 1)
            return fault_set(f, -EBADMSG, _("\"%s\" stands twice"), member_names[member]);
        if (member < MEMBER_COUNT)
            seen |= 1u << member;
        if (read_member(&s, member, &line, &metrics) < 0)
            return fault_set(f, -EBADMSG, "\"%.*s\": %s", (int)(name.len < 64 ? name.len : 64), name.at,
                             _(s.error ? s.error : N_("not a value that this member can have")));
    }
    if (token != SCAN_OBJECT_END || scan_next(&s) != SCAN_END)
        return fault_set(f, -EBADMSG, _("byte %zu: %s"), (size_t)(s.at - text) + 1, _(s.error));
    unsigned missing = ~seen & ((1u << MEMBER_COUNT) - 1) & ~MEMBERS_OPTIONAL;
    if (missing)
        return fault_set(f, -EBADMSG, _("\"%s\" is missing"), member_names[__builtin_ctz(missing)]);
    if (line.addr.len > 0 && line.af != (memchr(line.addr.at, ':', line.addr.len) ? 6 : 4))
        return fault_set(f, -EBADMSG, _("\"af\" does not fit \"addr\""));
    line.set = metric_set_find(line.check.at, line.check.len);
    if (line.set) {
        int r = read_metrics(metrics, &line, f);
        if (r < 0)
            return r;
    }
    *ret = line;
    return 0;
}
