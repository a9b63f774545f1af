#include "agent/dns/trust.h"

#include <errno.h>
#include <string.h>

#include "agent/dns/entrance.h"
#include "agent/dns/packet_ldns.h"
#include "agent/dns/walk.h"
#include "common/lang.h"
#include "schema/embedded.h"

#define QUESTIONS_MAX 128 /* a name has 127 labels at most; real ones need ten */
/* Real answers have a few dozen; every record is compared with others. */
#define RECORDS_MAX 1024

extern const struct embedded trust_anchors[];

const char *trust_word(enum trust_verdict verdict)
{
    static const char *const words[] = {"secure", "insecure", "bogus", "indeterminate"};
    return words[verdict];
}

const char *trust_root_anchor(void)
{
    return trust_anchors[0].text;
}

/* ---- from outside ---- */

bool trust_work(struct trust *t)
{
    const ldns_pkt *pkt = t->step == STEP_TARGET ? t->scouted : t->answer;
    if (t->step == STEP_OVER || !pkt)
        return false;
    signatures_again(&t->signatures);
    walk_judge(t, pkt);
    if (t->signatures.work.paused)
        return true;
    ldns_pkt_free(TAKE(t->answer));
    hashes_clear(&t->hashes);
    signatures_begin(&t->signatures);
    return t->step == STEP_TARGET;
}

static void set_question(struct trust *t)
{
    ldns_rdf_deep_free(TAKE(t->asked));
    free(TAKE(t->asked_name));
    free(TAKE(t->asked_word));
    switch (t->step) {
    case STEP_KEYS:
        t->asked = ldns_rdf_clone(t->zone);
        t->asked_type = LDNS_RR_TYPE_DNSKEY;
        break;
    case STEP_DS:
        t->asked = ldns_dname_clone_from(
            t->wanted, (uint16_t)(ldns_dname_label_count(t->wanted) - ldns_dname_label_count(t->cursor) - 1));
        t->asked_type = LDNS_RR_TYPE_DS;
        break;
    case STEP_SCOUT:
    case STEP_TARGET:
    case STEP_OVER:
        t->asked = ldns_rdf_clone(t->wanted);
        t->asked_type = t->type;
    }
    t->asked_name = ldns_rdf2str(t->asked);
    t->asked_word = ldns_rr_type2str(t->asked_type);
}

bool trust_next(struct trust *t, const char **ret_name, const char **ret_type)
{
    while (trust_work(t))
        continue;
    if (t->step != STEP_OVER && t->questions++ >= QUESTIONS_MAX)
        walk_end(t, TRUST_INDETERMINATE, t->type, t->wanted, "too_many_questions");
    if (t->step == STEP_OVER)
        return false;
    set_question(t);
    *ret_name = t->asked_name;
    *ret_type = t->asked_word;
    return true;
}

static size_t record_total(const ldns_pkt *pkt)
{
    return ldns_rr_list_rr_count(ldns_pkt_answer(pkt)) + ldns_rr_list_rr_count(ldns_pkt_authority(pkt));
}

void trust_answer(struct trust *t, const struct packet *packet, const char *why)
{
    if (t->step == STEP_OVER || !t->asked)
        return;
    int rcode = packet ? packet_rcode(packet) : -1;
    if (rcode != PACKET_NOERROR && rcode != PACKET_NXDOMAIN)
        walk_end(t, TRUST_INDETERMINATE, t->asked_type, t->asked,
                 !packet                    ? why
                 : rcode == PACKET_SERVFAIL ? "servfail"
                 : rcode == PACKET_REFUSED  ? "refused"
                                            : "failed");
    else if (record_total(packet->pkt) > RECORDS_MAX)
        walk_end(t, TRUST_INDETERMINATE, t->asked_type, t->asked, "too_many_records");
    else
        t->answer = ldns_pkt_clone(packet->pkt);
}

void trust_result(const struct trust *t, struct trust_report *ret)
{
    *ret = (struct trust_report){
        .verdict = t->verdict,
        .link = t->link,
        .reason = t->reason ? t->reason : "",
        .zones = t->zones,
        .questions = t->questions,
        .lifetime_s = t->signatures.lifetime_s,
    };
}

void trust_detail(const struct trust *t, json_t *detail)
{
    json_object_set_new(detail, "verdict", json_string(trust_word(t->verdict)));
    if (t->link[0])
        json_object_set_new(detail, "link", json_string(t->link));
    if (t->reason && t->reason[0])
        json_object_set_new(detail, "why", json_string(t->reason));
    json_object_set_new(detail, "algorithms", signatures_algorithms(&t->signatures));
    json_object_set(detail, "chain", t->chain);
}

/* ---- making and freeing ---- */

int trust_new(const char *anchor, const char *name, const char *type, int64_t now_s, struct trust **ret,
              struct fault *f)
{
    struct trust *t = alloc_zero(1, sizeof *t);
    t->chain = json_array();
    t->signatures = (struct signatures){.now_s = now_s, .lifetime_s = -1};
    t->type = ldns_get_rr_type_by_name(type);
    t->wanted = ldns_dname_new_frm_str(name);
    int r = 0;
    if (t->type == 0 || !t->wanted)
        r = fault_set(f, -EINVAL,
                      t->wanted ? _("%s is not a DNS record type that can be asked for") : _("%s is not a domain name"),
                      t->wanted ? type : name);
    else if (entrance_read(anchor, &t->anchors) < 0)
        r = fault_set(f, -EINVAL, _("the trust anchor is no list of DS or DNSKEY records of one name, one a line"));
    if (r < 0) {
        trust_free(t);
        return r;
    }
    walk_to_name(t, TAKE(t->wanted));
    *ret = t;
    return 0;
}

void trust_free(struct trust *t)
{
    if (!t)
        return;
    ldns_rdf_deep_free(t->wanted);
    ldns_rdf_deep_free(t->signer);
    ldns_pkt_free(t->scouted);
    ldns_pkt_free(t->answer);
    hashes_clear(&t->hashes);
    ldns_rdf_deep_free(t->zone);
    ldns_rdf_deep_free(t->cursor);
    ldns_rdf_deep_free(t->asked);
    ldns_rr_list_deep_free(t->anchors);
    ldns_rr_list_deep_free(t->entrance);
    ldns_rr_list_deep_free(t->keys);
    free(t->asked_name);
    free(t->asked_word);
    json_decref(t->chain);
    free(t);
}
