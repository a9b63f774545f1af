#include "agent/command/offer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent/io/host.h"
#include "agent/uplink/call.h"
#include "agent/uplink/enroll.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

/* ---- asking the collector ---- */

struct fetch {
    uv_loop_t *loop;
    struct buf *text;
    struct fault *f;
    int code;
};

static void on_reply(void *user, const struct web_reply *reply)
{
    struct fetch *fetch = user;
    fetch->code = call_judge(reply, true, fetch->f);
    if (fetch->code == 0)
        buf_add(fetch->text, reply->body.data, reply->body.len);
    uv_stop(fetch->loop);
}

int offer_fetch(const char *url, const char *country, const char *technology, struct buf *ret, struct fault *f)
{
    struct host host;
    struct web_transfer *transfer;
    _cleanup_text_ char *path = alloc_format("/api/v1/plans?format=json&country=%s%s%s", country,
                                             technology ? "&technology=" : "", technology ? technology : "");
    int r = host_open(&host, &clock_system, f);
    if (r < 0)
        return r;
    struct fetch fetch = {.loop = &host.loop, .text = ret, .f = f, .code = -EIO};
    const struct uplink to = {.env = &host.env, .url = url};
    const struct call call = {.path = path, .is_unsigned = true, .done = on_reply, .user = &fetch};
    r = call_start(&to, &call, &transfer, f);
    if (r == 0) {
        uv_run(&host.loop, UV_RUN_DEFAULT);
        r = fetch.code;
    }
    host_close(&host);
    return r;
}

/* ---- reading what it says ---- */

/* "MTN", and "mtn benin", is MTN Bénin (Spacetel): up to any of its words. */
static bool is_called(const char *name, const char *typed)
{
    if (lang_same(name, typed))
        return true;
    for (const char *end = strchr(name, ' '); end; end = strchr(end + 1, ' ')) {
        _cleanup_text_ char *begin = alloc_text_n(name, (size_t)(end - name));
        if (*typed && lang_same(begin, typed))
            return true;
    }
    return false;
}

static const char *text_of(const json_t *plan, const char *member)
{
    const char *text = json_string_value(json_object_get(plan, member));
    return text && *text && strlen(text) <= 100 && form_text(text) ? text : NULL;
}

/* A number that may stand in the list; 0: none. */
static double number_of(const json_t *plan, const char *member)
{
    double value = json_number_value(json_object_get(plan, member));
    return value > 0 && value < 1e9 ? value : 0;
}

int offer_read(const char *text, size_t len, const char *carrier, json_t **ret, struct fault *f)
{
    _cleanup_json_ json_t *all = NULL;
    const json_t *plan;
    size_t i;
    int r = json_read(text, len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &all, f);
    if (r < 0)
        return r;
    json_t *plans = json_array();
    json_array_foreach(all, i, plan)
    {
        const char *operator_name = text_of(plan, "operator"), *key = text_of(plan, "plan");
        struct fault why;
        if (operator_name && is_called(operator_name, carrier) && key && enroll_text("tariff", key, &why) == 0 &&
            text_of(plan, "currency") && number_of(plan, "price") > 0)
            json_array_append(plans, (json_t *)plan);
    }
    *ret = plans;
    return 0;
}

/* ---- the list ---- */

/* "1.5", "1,000": as many decimals as a price list has. */
static const char *amount(double value, char ret_text[static NUMBER_TEXT_SIZE])
{
    return lang_number(lang_current(), value,
                       value == floor(value)             ? 0
                       : value * 10 == floor(value * 10) ? 1
                                                         : 2,
                       ret_text);
}

void offer_plan(const json_t *plan, struct buf *out)
{
    char number[NUMBER_TEXT_SIZE];
    const char *name = text_of(plan, "name");
    double volume = number_of(plan, "volume_gb"), days = number_of(plan, "validity_days"),
           down = number_of(plan, "down_mbps"), throttled = number_of(plan, "throttled_mbps");
    buf_addf(out, _("%s: %s %s"), name ? name : text_of(plan, "plan"), amount(number_of(plan, "price"), number),
             text_of(plan, "currency"));
    if (volume > 0)
        buf_addf(out, _(", %s GB"), amount(volume, number));
    else
        buf_add_text(out, _(", no limit of volume"));
    if (days == 1)
        buf_add_text(out, _(", 1 day"));
    else if (days > 0)
        buf_addf(out, _(", %s days"), amount(days, number));
    if (down > 0)
        buf_addf(out, _(", %s Mbit/s"), amount(down, number));
    if (volume > 0 && throttled > 0)
        buf_addf(out, _(", then %s Mbit/s"), amount(throttled, number));
}

static int read_plan(const void *list, const char *answer, const char **ret, struct fault *f)
{
    const json_t *plans = list, *plan;
    size_t i, count = json_array_size(plans);
    bool digits = answer[strspn(answer, "0123456789")] == '\0';
    unsigned long n = digits && strlen(answer) <= 4 ? strtoul(answer, NULL, 10) : 0;
    if (n > 0 && n <= count) {
        *ret = text_of(json_array_get(plans, n - 1), "plan");
        return 0;
    }
    json_array_foreach((json_t *)plans, i, plan)
    {
        const char *name = text_of(plan, "name"), *key = text_of(plan, "plan");
        if (lang_same(key, answer) || (name && lang_same(name, answer))) {
            *ret = key;
            return 0;
        }
    }
    if (digits)
        return fault_set(f, -EINVAL, _("the list has no number %.20s; it ends at %zu"), answer, count);
    int r = enroll_text("tariff", answer, f);
    if (r == 0)
        *ret = answer;
    return r;
}

/* One page of the plans, from `first` on. Returns where the next one begins. */
static size_t list_page(struct ask *a, const json_t *plans, size_t first)
{
    size_t i = first;
    for (; i < json_array_size(plans) && i < first + OFFER_PAGE; i++) {
        _cleanup_(buf_free) struct buf line = {0};
        offer_plan(json_array_get(plans, i), &line);
        fprintf(a->out, "%4zu  %s\n", i + 1, line.data);
    }
    return i;
}

int offer_ask(struct ask *a, const json_t *plans, const char **ret)
{
    const char *question = _("Your subscription: its number, or what it is called if it is not there"), *picked;
    size_t shown = 0, count = json_array_size(plans);
    bool more;
    int r;
    do {
        shown = list_page(a, plans, shown);
        more = shown < count;
        if (more) {
            _cleanup_text_ char *rest = alloc_format(_("the others, %zu to %zu"), shown + 1, count);
            r = ask_read_or(a, question, rest, read_plan, plans, &more, &picked);
        } else {
            r = ask_read(a, question, read_plan, plans, &picked);
        }
    } while (r == 0 && more);
    if (r == 0)
        *ret = picked ? ask_keep(a, picked) : NULL;
    return r;
}
