#include "agent/io/web_reply.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>

#include "agent/io/headers.h"
#include "agent/io/tls.h"
#include "common/lang.h"
#include "common/scan.h"

/* ---- outcome ---- */

/* A connection that could not be made. */
static enum outcome outcome_of_errno(int err)
{
    switch (err) {
    case ECONNREFUSED:
        return OUTCOME_REFUSED;
    case ECONNRESET:
    case EPIPE:
        return OUTCOME_RESET;
    case ETIMEDOUT:
        return OUTCOME_TIMEOUT;
    default: /* EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, EACCES of a firewall */
        return OUTCOME_UNREACHABLE;
    }
}

/* Why a handshake failed: curl gives all of it one code and tells it in its
 * text, where OpenSSL's reasons are, which it does not translate. An RST is what
 * interference looks like, and is told apart. */
static enum outcome judge_handshake(const char *error_text, const char **ret_cause)
{
    static const struct {
        const char *text, *cause;
    } words[] = {
        {"protocol version", "tls_version"},    {"unsupported protocol", "tls_version"},
        {"wrong version number", "no_tls"},     {"http request", "no_tls"},
        {"packet length too long", "no_tls"},   {"record layer failure", "no_tls"},
        {"SSL_ERROR_SYSCALL", "handshake_cut"}, {"SSL_ERROR_ZERO_RETURN", "handshake_cut"},
        {"unexpected eof", "handshake_cut"},
    };
    *ret_cause = "tls_broken";
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(error_text, words[i].text)) {
            *ret_cause = words[i].cause;
            break;
        }
    if (!strstr(error_text, strerror(ECONNRESET)) && !strstr(error_text, strerror(EPIPE)))
        return strcmp(*ret_cause, "handshake_cut") == 0 ? OUTCOME_RESET : tls_failure_outcome(*ret_cause);
    *ret_cause = "handshake_cut";
    return OUTCOME_RESET;
}

static enum outcome told(enum outcome outcome, const char *cause, const char **ret_cause)
{
    *ret_cause = cause;
    return outcome;
}

static enum outcome judge_connect(int err, const char **ret_cause)
{
    enum outcome outcome = outcome_of_errno(err);
    return told(outcome,
                outcome == OUTCOME_REFUSED   ? "connection_refused"
                : outcome == OUTCOME_RESET   ? "connection_cut"
                : outcome == OUTCOME_TIMEOUT ? "connect_timeout"
                                             : "no_way",
                ret_cause);
}

/* curl compares the name itself, before it asks what OpenSSL said of the rest:
 * until then that is 1. */
static enum outcome judge_certificate(CURL *easy, const char **ret_cause)
{
    long judged = 0;
    curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &judged);
    return told(OUTCOME_TLS_ERROR, judged <= 1 ? "wrong_host" : tls_chain_word((int)judged), ret_cause);
}

enum outcome web_reply_judge(CURL *easy, CURLcode code, const char *error_text, const char **ret_cause)
{
    long err = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &err);
    switch (code) {
    case CURLE_OK:
        return told(OUTCOME_OK, NULL, ret_cause);
    case CURLE_COULDNT_RESOLVE_HOST:
        return told(OUTCOME_DNS_ERROR, "no_such_name", ret_cause);
    case CURLE_COULDNT_CONNECT:
        return judge_connect((int)err, ret_cause);
    case CURLE_OPERATION_TIMEDOUT:
        return told(OUTCOME_TIMEOUT, "answer_timeout", ret_cause);
    case CURLE_GOT_NOTHING:
        return told(OUTCOME_RESET, "closed_without_answer", ret_cause);
    case CURLE_PARTIAL_FILE:
        return told(OUTCOME_RESET, "closed_within_answer", ret_cause);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        if (err == ETIMEDOUT || err == EHOSTUNREACH || err == ENETUNREACH)
            return judge_connect((int)err, ret_cause);
        return told(OUTCOME_RESET, "connection_cut", ret_cause);
    case CURLE_SSL_CONNECT_ERROR:
        return judge_handshake(error_text, ret_cause);
    case CURLE_PEER_FAILED_VERIFICATION:
        return judge_certificate(easy, ret_cause);
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return told(OUTCOME_TLS_ERROR, "invalid", ret_cause);
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9: no status line at all */
    case CURLE_WEIRD_SERVER_REPLY:
        return told(OUTCOME_PROTOCOL_ERROR, "not_http", ret_cause);
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return told(OUTCOME_PROTOCOL_ERROR, "http_broken", ret_cause);
    default:
        return told(OUTCOME_ERROR, "own_failure", ret_cause);
    }
}

/* ---- phases ---- */

/* Milliseconds since curl took the hop, 0 when it did not get there. */
static double at_ms(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;
    curl_easy_getinfo(easy, info, &us);
    return (double)us / 1000;
}

const char *web_reply_phase(const struct multi_job *job, bool tls, const char **ret_cause)
{
    if (!job->connected) {
        *ret_cause = "connect_timeout";
        return _("no TCP connection");
    }
    if (tls && at_ms(job->easy, CURLINFO_APPCONNECT_TIME_T) <= 0) {
        *ret_cause = "handshake_timeout";
        return _("the TLS handshake did not end");
    }
    if (at_ms(job->easy, CURLINFO_STARTTRANSFER_TIME_T) <= 0) {
        *ret_cause = "answer_timeout";
        return _("no answer");
    }
    *ret_cause = "body_timeout";
    return _("the answer did not end");
}

/* Was the connection made for this hop? curl counts it late: one that failed
 * before the request is not in NUM_CONNECTS. */
static bool is_new(CURL *easy)
{
    long connects = 0, request = 0;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
    return connects > 0 || request == 0;
}

static void read_phases(struct web_reply *reply, CURL *easy, bool tls, double offset_ms)
{
    double lookup = at_ms(easy, CURLINFO_NAMELOOKUP_TIME_T), connect = at_ms(easy, CURLINFO_CONNECT_TIME_T);
    double handshake = at_ms(easy, CURLINFO_APPCONNECT_TIME_T), first = at_ms(easy, CURLINFO_STARTTRANSFER_TIME_T);
    reply->connect_ms = is_new(easy) && connect > 0 ? connect - lookup : -1;
    reply->tls_ms = is_new(easy) && tls && handshake > 0 ? handshake - connect : -1;
    reply->ttfb_ms = reply->status > 0 && first > 0 ? offset_ms + first : -1;
    /* curl's PRETRANSFER is after the request left: on a short line the answer
     * may be there by then. */
    double ready = fmax(lookup, fmax(connect, handshake));
    reply->wait_ms = reply->status > 0 && first > 0 ? first - ready : -1;
}

/* ---- octets ---- */

/* The kernel counts packets of a socket only on some kernels, so the octets on
 * the wire are worked out from what curl counted:
 *   - every 1400 octets of payload are a segment, and every second one is
 *     acknowledged by one without payload;
 *   - a connection costs three segments to open and four to close;
 *   - a segment has 52 octets of IPv4 and TCP headers with time stamps, 72
 *     with IPv6;
 *   - a TLS handshake with a usual chain is about 5500 octets both ways.
 * Retransmissions and the 0.3 % of TLS records are not seen. */
#define SEGMENT_PAYLOAD 1400
#define HEADERS_V4      (IP4_HEADER_SIZE + TCP_HEADER_SIZE)
#define HEADERS_V6      (IP6_HEADER_SIZE + TCP_HEADER_SIZE)
#define TLS_HANDSHAKE   5500

static int64_t wire_one_way(int64_t payload, int headers)
{
    int64_t segments = (payload + SEGMENT_PAYLOAD - 1) / SEGMENT_PAYLOAD;
    return payload + segments * headers + (segments + 1) / 2 * headers;
}

static int64_t wire_bytes(CURL *easy, bool handshake, int af)
{
    long request = 0, headers = 0;
    curl_off_t up = 0, down = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
    curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &headers);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    int each = af == 6 ? HEADERS_V6 : HEADERS_V4;
    /* A connection that failed sent its SYNs, too. */
    int64_t total = is_new(easy) ? TCP_SEGMENTS * each : 0;
    if (handshake)
        total += wire_one_way(TLS_HANDSHAKE, each);
    return total + wire_one_way(request + up, each) + wire_one_way(headers + down, each);
}

/* ---- headers ---- */

static const char *header(CURL *easy, const char *name)
{
    struct curl_header *h = NULL;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

int64_t web_retry_after_us(const char *value, const char *date)
{
    /* Longer than a day, nobody can tell an agent to wait. */
    const int64_t max_s = 86400;
    if (!value)
        return -1;
    size_t digits = strspn(value, "0123456789");
    int64_t seconds;
    if (digits > 0 && value[digits] == '\0') {
        seconds = digits < 10 ? strtoll(value, NULL, 10) : max_s;
    } else {
        time_t until = curl_getdate(value, NULL), now = date ? curl_getdate(date, NULL) : (time_t)-1;
        if (until == (time_t)-1 || now == (time_t)-1)
            return -1;
        seconds = until > now ? (int64_t)until - (int64_t)now : 0;
    }
    return (seconds < max_s ? seconds : max_s) * 1000000;
}

static void read_address(struct web_reply *reply, CURL *easy)
{
    const char *addr = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &addr);
    if (!addr || !*addr)
        return; /* never connected: the address that was tried stays */
    snprintf(reply->addr, sizeof reply->addr, "%s", addr);
    reply->af = strchr(addr, ':') ? 6 : 4;
}

void web_reply_read(struct web_reply *reply, const struct multi_job *job, bool tls, uint64_t since_ns, uint64_t hop_ns)
{
    static const char *const versions[] = {"", "1.0", "1.1", "2"};
    CURL *easy = job->easy;
    long version = 0;
    curl_off_t sent = 0;
    const char *type = header(easy, "Content-Type");
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    read_address(reply, easy);
    read_phases(reply, easy, tls, (double)(hop_ns - since_ns) / 1e6);
    snprintf(reply->http_version, sizeof reply->http_version, "%s",
             version > 0 && version < (long)COUNT(versions) ? versions[version] : "");
    snprintf(reply->content_type, sizeof reply->content_type, "%s", type ? type : "");
    reply->content_type[scan_utf8(reply->content_type, strlen(reply->content_type))] = '\0';
    reply->retry_after_us = web_retry_after_us(header(easy, "Retry-After"), header(easy, "Date"));
    reply->sent_bytes = sent;
    reply->wire_bytes += wire_bytes(easy, tls && is_new(easy) && job->connected, reply->af);
}
