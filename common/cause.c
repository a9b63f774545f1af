#include "common/cause.h"

#include <string.h>

#include "common/alloc.h"
#include "common/lang.h"

static const struct {
    const char *word, *text;
} causes[] = {
    /* names (agent/io/names.c) */
    {"no_such_name", N_("no such name")},
    {"no_address", N_("the name has no address of the wanted family")},
    {"not_a_name", N_("not a name that DNS can hold")},
    {"other_family", N_("the target is an address of the other IP version")},
    {"no_interface", N_("this host has no such interface")},
    {"no_resolver", N_("this system names no resolver that can be asked")},
    {"resolver_timeout", N_("the resolver did not answer in time")},
    {"resolver_failed", N_("no resolver could be reached, or each one failed or refused")},
    {"resolver_malformed", N_("the resolver's answer cannot be read")},
    {"denied", N_("the policy does not let this measurement reach that address")},

    /* connections (agent/io/datagram.c) */
    {"connection_refused", N_("connection refused")},
    {"connection_reset", N_("connection reset by peer")},
    {"connect_timeout", N_("no TCP connection in time")},
    {"host_unreachable", N_("host is unreachable")},
    {"network_unreachable", N_("network is unreachable")},
    {"not_permitted", N_("not permitted: a firewall, as a rule this machine's own, or one of its routes forbids it")},
    {"too_big", N_("the packet is larger than the line takes")},
    {"connection_failed", N_("the connection failed in this host")},

    /* TLS (agent/io/tls.c) */
    {"no_tls", N_("what the server answers is not TLS")},
    {"tls_version", N_("no version of TLS that both sides speak")},
    {"tls_broken", N_("what the server sends breaks the rules of TLS")},
    {"handshake_cut", N_("the server closed the connection during the handshake")},
    {"handshake_timeout", N_("the TLS handshake did not end in time")},

    /* the chain of certificates */
    {"expired", N_("certificate has expired")},
    {"not_yet_valid", N_("certificate is not yet valid")},
    {"self_signed", N_("self-signed certificate")},
    {"untrusted_root", N_("the chain ends in an authority that is not trusted")},
    {"unknown_issuer", N_("who signed the certificate is not known here")},
    {"wrong_host", N_("the certificate is for another name")},
    {"bad_signature", N_("a signature of the chain is wrong")},
    {"revoked", N_("certificate revoked")},
    {"not_a_ca", N_("a certificate of the chain may not sign others")},
    {"wrong_purpose", N_("the certificate is for another purpose")},
    {"weak_key", N_("a key of the chain is too short")},
    {"weak_digest", N_("a digest of the chain is too weak")},
    {"chain_too_long", N_("the chain of certificates is too long")},
    {"invalid", N_("the certificate cannot be believed")},

    /* alerts, RFC 8446 section 6 and RFC 5246 section 7.2 */
    {"tls_alert_unexpected_message", N_("the server ended TLS: unexpected message")},
    {"tls_alert_bad_record_mac", N_("the server ended TLS: a record that came damaged")},
    {"tls_alert_record_overflow", N_("the server ended TLS: a record too long")},
    {"tls_alert_handshake_failure", N_("the server ended TLS: no agreement, or it wants a client certificate")},
    {"tls_alert_bad_certificate", N_("the server ended TLS: it does not take the client's certificate")},
    {"tls_alert_illegal_parameter", N_("the server ended TLS: a field out of range")},
    {"tls_alert_unknown_ca", N_("the server ended TLS: it does not know who signed the client's certificate")},
    {"tls_alert_access_denied", N_("the server ended TLS: access denied")},
    {"tls_alert_decode_error", N_("the server ended TLS: a message that it cannot read")},
    {"tls_alert_decrypt_error", N_("the server ended TLS: a signature or a key that does not fit")},
    {"tls_alert_insufficient_security", N_("the server ended TLS: it wants stronger ciphers")},
    {"tls_alert_internal_error", N_("the server ended TLS: an error of its own")},
    {"tls_alert_missing_extension", N_("the server ended TLS: it misses an extension")},
    {"tls_alert_unrecognized_name", N_("the server ended TLS: it does not serve that name")},
    {"tls_alert_certificate_required", N_("the server ended TLS: it wants a client certificate")},
    {"tls_alert_no_application_protocol", N_("the server ended TLS: no protocol that both speak (ALPN)")},
    {"tls_alert_other", N_("the server ended TLS with another alert")},

    /* HTTP (agent/io/web.c) */
    {"lookup_timeout", N_("the name lookup did not end in time")},
    {"answer_timeout", N_("no answer in time")},
    {"body_timeout", N_("the answer did not end in time")},
    {"closed_without_answer", N_("the peer closed the connection without an answer")},
    {"closed_within_answer", N_("the peer closed the connection within its answer")},
    {"connection_cut", N_("the peer cut the connection")},
    {"no_way", N_("no way to the host")},
    {"not_http", N_("what the server answers is not HTTP")},
    {"http_broken", N_("what the server answers breaks the rules of HTTP")},
    {"answer_too_large", N_("the answer is larger than is read")},
    {"headers_too_large", N_("the answer's headers are larger than is read")},
    {"too_many_redirects", N_("more redirects than are followed")},
    {"bad_redirect", N_("the redirect leads to no URL that can be asked for")},
    {"http_status", N_("the server answered with an HTTP status of 400 or above")},
    {"one_family", N_("only one of the two IP versions went well")},
    {"own_failure", N_("the measurement failed in this host")},

    /* DNS (agent/dns/exchange.c) */
    {"no_answer", N_("no answer in time")},
    {"malformed_answers", N_("only malformed answers came")},
    {"not_dns", N_("what the server answers over HTTPS is no DNS message")},
    {"rcode_refused", N_("the server answered REFUSED")},
    {"rcode", N_("the server answered with a failure")},
    {"icmp", N_("a router or the host answered with an ICMP error")},

    /* resolver */
    {"none_answered", N_("the resolver answered no question")},
    {"some_unanswered", N_("some questions were not answered")},
    {"answers_blocked", N_("answers of this resolver are blocked")},
    {"answers_rewritten", N_("answers of this resolver are rewritten")},
};

static const char *find(const char *word)
{
    for (size_t i = 0; i < COUNT(causes); i++)
        if (strcmp(causes[i].word, word) == 0)
            return causes[i].text;
    return NULL;
}

const char *cause_text(const char *word)
{
    const char *text = find(word);
    return text ? _(text) : word;
}

bool cause_known(const char *word)
{
    return find(word) != NULL;
}
