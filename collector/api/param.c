#include "collector/api/param.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collector/api/page.h"
#include "collector/format/encode.h"
#include "collector/figure/indicator.h"
#include "collector/probe/secret.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/line.h"
#include "common/metric.h"
#include "common/scan.h"
#include "common/sign.h"

#define DAY_US      INT64_C(86400000000)
#define TIME_END_US (INT64_C(253402300800) * 1000000) /* of the year 9999 */

/* ---- what each may be ---- */

typedef int (*param_check)(const char *value, struct fault *f);

static int check_format(const char *value, struct fault *f)
{
    enum encode_format format;
    return encode_format_parse(value, &format) == 0
               ? 0
               : fault_set(f, -EINVAL, _("\"%s\" is no format; allowed are json, csv and ndjson"), value);
}

static int check_limit(const char *value, struct fault *f)
{
    size_t len = strlen(value);
    if (len <= 9 && strspn(value, "0123456789") == len && atol(value) > 0)
        return 0;
    return fault_set(f, -EINVAL, _("\"%s\" is no number of rows; allowed is 1 to 999999999"), value);
}

/* The digits, letters and marks of page.h; what they say depends on what is asked for. */
static int check_after(const char *value, struct fault *f)
{
    size_t len = strlen(value);
    if (len < PAGE_AFTER_SIZE && strspn(value, "0123456789abcdef_-") == len)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no place in an answer; follow the Link of the page before as it is"),
                     value);
}

/* Sets *ret_day when the value is a day and not a moment. */
static int read_moment(const char *value, int64_t *ret_us, bool *ret_day)
{
    char whole[TIME_TEXT_SIZE];
    *ret_day = strlen(value) == 10;
    if (!*ret_day)
        return time_parse(value, strlen(value), ret_us);
    snprintf(whole, sizeof whole, "%sT00:00:00Z", value);
    return time_parse(whole, strlen(whole), ret_us);
}

/* A time that other programs write, of no year that has four digits. */
static bool is_far(const char *value)
{
    const char *text = value + (*value == '-' || *value == '+' || *value == ' ');
    size_t len = strlen(value), digits = strspn(text, "0123456789");
    return (digits > 4 && text[digits] == '-') || (text > value && digits >= 4) ||
           (len > 3 && !strcasecmp(value + len - 3, " BC")) || !strcasecmp(text, "infinity");
}

static int check_moment(const char *value, struct fault *f)
{
    int64_t us;
    bool day;
    if (read_moment(value, &us, &day) < 0 && !is_far(value))
        return fault_set(f, -EINVAL,
                         _("\"%.40s\" is no time; write a day 2026-11-22 or a moment 2026-11-22T10:00:00Z (UTC; in a "
                           "link the + of +01:00 is written %%2B)"),
                         value);
    if (is_far(value) || us < TIME_FIRST_US || us >= TIME_END_US)
        return fault_set(f, -EINVAL, _("\"%.40s\" is outside the years 0001 to 9999; leave the parameter out for all"),
                         value);
    return 0;
}

static int check_check(const char *value, struct fault *f)
{
    if (metric_set_find(value, strlen(value)))
        return 0;
    struct buf names = {0};
    for (size_t s = 0; s < metric_set_count; s++)
        buf_addf(&names, "%s%s", s ? ", " : "", metric_sets[s].check);
    fault_set(f, -EINVAL, _("\"%.40s\" is no check; allowed are %s"), value, names.data);
    buf_free(&names);
    return -EINVAL;
}

static int check_metric(const char *value, struct fault *f)
{
    for (size_t s = 0; s < metric_set_count; s++)
        if (metric_position(&metric_sets[s], value, strlen(value)) >= 0)
            return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no metric; /api/v1/checks lists them"), value);
}

static int check_name(const char *value, struct fault *f)
{
    if (strlen(value) <= NAME_MAX_TARGET)
        return 0;
    return fault_set(f, -EINVAL, _("longer than %d octets"), NAME_MAX_TARGET);
}

static int check_probe(const char *value, struct fault *f)
{
    if (probe_id_valid(value, strlen(value)))
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no probe; its name has 20 characters of a-z and 2-7"), value);
}

static int check_technology(const char *value, struct fault *f)
{
    if (choice_has(line_technologies, value))
        return 0;
    _cleanup_(buf_free) struct buf words = {0};
    choice_words(line_technologies, &words);
    return fault_set(f, -EINVAL, _("\"%.40s\" is no technology; allowed are %s"), value, words.data);
}

/* Is the value a word of the list? */
static int check_word(const char *value, const char *list, struct fault *f)
{
    if (!strchr(value, ',') && params_list_has(list, value))
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is not allowed; allowed are %s"), value, list);
}

static int check_zone(const char *value, struct fault *f)
{
    return check_word(value, "urban,rural", f);
}

static int check_target_kind(const char *value, struct fault *f)
{
    return check_word(value, "resolver,root,cctld,ixp,operator,domestic,abroad,service,beacon", f);
}

static int check_country(const char *value, struct fault *f)
{
    if (strlen(value) == 2 && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no country; write two capital letters (ISO 3166-1) such as BJ"),
                     value);
}

static int check_group(const char *value, struct fault *f)
{
    int rc = 0;
    for (const char *at = value; rc == 0; at += strcspn(at, ",") + 1) {
        _cleanup_text_ char *word = alloc_text_n(at, strcspn(at, ","));
        rc = check_word(word, "operator,department,technology,zone,target_kind", f);
        if (!at[strcspn(at, ",")])
            break;
    }
    return rc;
}

static int check_grain(const char *value, struct fault *f)
{
    return check_word(value, "day,hour", f);
}

static int check_quantile(const char *value, struct fault *f)
{
    size_t len = strlen(value);
    if (len <= 8 && strspn(value, "0123456789.") == len && value[0] == '0' && value[1] == '.' && len > 2 &&
        !strchr(value + 2, '.') && strspn(value + 2, "0") < len - 2)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no quantile; write a number between 0 and 1, such as 0.95"), value);
}

static int check_indicator(const char *value, struct fault *f)
{
    if (indicator_find(value))
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no indicator; there are %s"), value, indicator_ids());
}

static int check_year(const char *value, struct fault *f)
{
    if (strlen(value) == 4 && strspn(value, "0123456789") == 4)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no year of four digits"), value);
}

static int check_version(const char *value, struct fault *f)
{
    size_t len = strlen(value);
    if (len <= 6 && strspn(value, "0123456789") == len)
        return 0;
    return fault_set(f, -EINVAL, _("\"%.40s\" is no version; it is a number, /api/v1/versions lists them"), value);
}

static int check_key(const char *value, struct fault *f)
{
    if (!strncmp(value, SECRET_OWNER, strlen(SECRET_OWNER)))
        return 0;
    return fault_set(f, -EINVAL,
                     _("only the secret of a probe's owner (imo_…) may stand in a link; send an analyst's key as "
                       "Authorization: Bearer imk_…"));
}

static const struct {
    const char *name;
    param_check check;
} params[PARAM_COUNT] = {
    [PARAM_FORMAT] = {"format", check_format},
    [PARAM_LIMIT] = {"limit", check_limit},
    [PARAM_AFTER] = {"after", check_after},
    [PARAM_FROM] = {"from", check_moment},
    [PARAM_TO] = {"to", check_moment},
    [PARAM_CHECK] = {"check", check_check},
    [PARAM_METRIC] = {"metric", check_metric},
    [PARAM_TARGET] = {"target", check_name},
    [PARAM_PROBE] = {"probe", check_probe},
    [PARAM_OPERATOR] = {"operator", check_name},
    [PARAM_DEPARTMENT] = {"department", check_name},
    [PARAM_TECHNOLOGY] = {"technology", check_technology},
    [PARAM_ZONE] = {"zone", check_zone},
    [PARAM_COUNTRY] = {"country", check_country},
    [PARAM_TARGET_KIND] = {"target_kind", check_target_kind},
    [PARAM_GROUP] = {"group", check_group},
    [PARAM_GRAIN] = {"grain", check_grain},
    [PARAM_QUANTILE] = {"quantile", check_quantile},
    [PARAM_INDICATOR] = {"indicator", check_indicator},
    [PARAM_YEAR] = {"year", check_year},
    [PARAM_SOURCE] = {"source", check_name},
    [PARAM_VERSION] = {"version", check_version},
    [PARAM_KEY] = {"key", check_key},
};

const char *param_name(enum param p)
{
    return params[p].name;
}

bool params_list_has(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; len > 0; at++) {
        size_t one = strcspn(at, ",");
        if (one == len && !strncmp(at, word, len))
            return true;
        at += one;
        if (!*at)
            break;
    }
    return false;
}

/* ---- reading ---- */

struct reading {
    unsigned allowed;
    struct params *to;
    int rc;
    struct fault *f;
};

static void refuse_unknown(struct reading *r, const char *name)
{
    struct buf names = {0};
    for (int p = 0; p < PARAM_COUNT; p++)
        if (r->allowed & 1u << p)
            buf_addf(&names, "%s%s", names.len ? ", " : "", params[p].name);
    r->rc = fault_set(r->f, -EINVAL, _("\"%.40s\" is no parameter here; allowed are %s"), name, names.data);
    buf_free(&names);
}

static void read_one(void *ctx, const char *name, const char *value)
{
    struct reading *r = ctx;
    int p = 0;
    if (r->rc < 0)
        return;
    while (p < PARAM_COUNT && (!(r->allowed & 1u << p) || strcmp(params[p].name, name) != 0))
        p++;
    if (p == PARAM_COUNT) {
        refuse_unknown(r, name);
        return;
    }
    if (r->to->values[p])
        r->rc = fault_set(r->f, -EINVAL, _("stands twice; give it once"));
    else if (!value || !*value)
        r->rc = fault_set(r->f, -EINVAL, _("has no value; leave it out for all"));
    else if (scan_utf8(value, strlen(value)) != strlen(value))
        r->rc = fault_set(r->f, -EINVAL, _("is not valid UTF-8"));
    else
        r->rc = params[p].check(value, r->f);
    if (r->rc < 0)
        fault_prefix(r->f, _("%s: "), name);
    r->to->values[p] = value;
}

int params_read(struct http_request *request, unsigned allowed, struct params *ret, struct fault *f)
{
    *ret = (struct params){0};
    struct reading r = {.allowed = allowed, .to = ret, .f = f};
    http_query_each(request, read_one, &r);
    return r.rc;
}

void params_span(const struct params *p, int64_t *ret_from_us, int64_t *ret_to_us)
{
    bool day;
    *ret_from_us = 0;
    *ret_to_us = INT64_C(253402300799000000); /* the end of the year 9999 */
    if (p->values[PARAM_FROM] && read_moment(p->values[PARAM_FROM], ret_from_us, &day) < 0)
        *ret_from_us = 0;
    if (p->values[PARAM_TO] && read_moment(p->values[PARAM_TO], ret_to_us, &day) == 0 && day)
        *ret_to_us += DAY_US;
}
