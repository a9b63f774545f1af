#include "agent/measure/refusal.h"

#include <stdio.h>
#include <string.h>

#include "common/lang.h"

void refusals_add(struct refusals *r, const struct datagram_event *event)
{
    struct refusal one = {.type = event->type, .code = event->code, .count = 1};
    uv_ip_name((const struct sockaddr *)&event->from, one.from, sizeof one.from);
    size_t i = 0;
    while (i < r->count &&
           (strcmp(r->list[i].from, one.from) != 0 || r->list[i].type != one.type || r->list[i].code != one.code))
        i++;
    if (i < r->count)
        r->list[i].count++;
    else if (i < REFUSALS_MAX)
        r->list[r->count++] = one;
}

void refusals_report(const struct refusals *r, int af, json_t *detail)
{
    if (r->count == 0)
        return;
    json_t *list = json_array();
    for (size_t i = 0; i < r->count; i++) {
        const struct refusal *one = &r->list[i];
        json_t *entry = json_pack("{s:s, s:i, s:i, s:i}", "from", one->from, "type", one->type, "code", one->code,
                                  "count", one->count);
        const char *word = icmp_error_word(af, one->type, one->code);
        if (word)
            json_object_set_new(entry, "error", json_string(word));
        json_array_append_new(list, entry);
    }
    json_object_set_new(detail, "errors", list);
}

bool refusal_too_big(int af, const struct datagram_event *event)
{
    return icmp_error_class(af, event->type, event->code) == ICMP_CLASS_TOO_BIG;
}

static const struct refusal *first_of(const struct refusals *r, int af)
{
    for (size_t i = 0; i < r->count; i++)
        if (icmp_error_class(af, r->list[i].type, r->list[i].code) != ICMP_CLASS_TOO_BIG)
            return &r->list[i];
    return &r->list[0];
}

const char *refusals_text(const struct refusals *r, int af, char ret_text[static REFUSAL_TEXT_MAX])
{
    const struct refusal *first = first_of(r, af);
    const char *word = icmp_error_word(af, first->type, first->code);
    snprintf(ret_text, REFUSAL_TEXT_MAX, _("%s from %s"), word ? _(word) : _("ICMP error"), first->from);
    return ret_text;
}

enum icmp_class refusals_class(const struct refusals *r, int af)
{
    return icmp_error_class(af, first_of(r, af)->type, first_of(r, af)->code);
}

void refusals_decide(const struct refusals *r, int af, const struct rtt_series *series, struct result *ret)
{
    char text[REFUSAL_TEXT_MAX];
    bool noted = ret->outcome != OUTCOME_OK;
    ret->outcome = series->rcvd == rtt_series_sent(series) ? OUTCOME_OK : OUTCOME_PARTIAL;
    if (ret->outcome == OUTCOME_OK || noted)
        return;
    bool refused = r->count > 0 && refusals_class(r, af) != ICMP_CLASS_TOO_BIG;
    result_reason(ret, OUTCOME_PARTIAL, "%s", refused ? refusals_text(r, af, text) : _("packets_lost"));
}
