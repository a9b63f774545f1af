#include "agent/check/delegation/report.h"

#include <string.h>

#include <uv.h>

#include "common/lang.h"

static json_t *place_json(const struct place *p)
{
    char text[46] = "";
    uv_ip_name((const struct sockaddr *)&p->addr, text, sizeof text);
    json_t *entry = json_pack("{s:s, s:s}", "name", p->name, "addr", text);
    if (p->unsent) {
        json_object_set_new(entry, "skipped", json_string(_("no route from here")));
        return entry;
    }
    json_object_set_new(entry, "udp", json_string(p->words[ASKED_UDP]));
    if (p->words[ASKED_TCP][0])
        json_object_set_new(entry, "tcp", json_string(p->words[ASKED_TCP]));
    if (p->udp)
        json_object_set_new(entry, "serial", json_integer(p->soa.serial));
    return entry;
}

static void report_lists(const struct facts *f, struct result *r)
{
    const struct roster *child = &f->own;
    for (size_t i = 0; i < f->place_count; i++)
        child = f->places[i].list ? f->places[i].list : child;
    json_object_set_new(r->detail, "child_ns", roster_json(child));
    result_metric(r, "child_servers", (double)child->count);
    result_metric(r, "agree", f->referral.count > 0 && roster_same(&f->referral, child));
}

static unsigned serials(const struct facts *f)
{
    unsigned count = 0;
    for (size_t i = 0; i < f->place_count; i++) {
        bool fresh = f->places[i].udp;
        for (size_t k = 0; k < i && fresh; k++)
            fresh = !f->places[k].udp || f->places[k].soa.serial != f->places[i].soa.serial;
        count += fresh;
    }
    return count;
}

void report_facts(const struct facts *f, struct result *r)
{
    unsigned tested = 0, udp = 0, tcp = 0;
    size_t answer_bytes = 0, four, six;
    json_t *list = json_array();
    for (size_t i = 0; i < f->place_count; i++) {
        const struct place *p = &f->places[i];
        json_array_append_new(list, place_json(p));
        tested += !p->unsent;
        udp += p->udp;
        tcp += p->tcp;
        answer_bytes = p->size > answer_bytes ? p->size : answer_bytes;
    }
    json_object_set_new(r->detail, "servers", list);
    report_lists(f, r);
    result_metric(r, "prefixes4", (double)facts_networks(f, 4, &four));
    result_metric(r, "prefixes6", (double)facts_networks(f, 6, &six));
    result_metric(r, "addresses4", (double)four);
    result_metric(r, "addresses6", (double)six);
    result_metric(r, "tested", tested);
    result_metric(r, "udp", udp);
    result_metric(r, "tcp", tcp);
    result_metric(r, "lame", tested - udp);
    result_metric(r, "serials", serials(f));
    result_metric(r, "answer_bytes", (double)answer_bytes);
    if (tested == 0)
        result_reason(r, OUTCOME_UNREACHABLE, _("no server of the zone can be reached from here"));
    else if (udp == 0)
        result_reason(r, OUTCOME_DNS_ERROR, _("no server answers with authority for the zone"));
}
