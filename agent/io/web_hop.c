#include "agent/io/web_hop.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>

#include "agent/io/tls.h"
#include "agent/io/url.h"
#include "agent/io/web_reply.h"
#include "build_config.h"
#include "common/lang.h"
#include "common/limits.h"

#define USER_AGENT "internetmetre-agent/" VERSION
/* Certificates by the hash of their name. From there OpenSSL reads the one or
 * two that it needs; the bundle of all of them is 3 MB of memory and 20 ms of a
 * small box's handshake. */
#define CERTS_DIR "/etc/ssl/certs"

/* Octets that an upload has in the kernel beyond what TCP may send. */
#define UNSENT_MAX (128 << 10)

/* ---- what curl calls while it works ---- */

bool web_hop_redirects(const struct web_transfer *t, const char **ret_location)
{
    long status = 0;
    struct curl_header *location = NULL;
    curl_easy_getinfo(t->job.easy, CURLINFO_RESPONSE_CODE, &status);
    bool same_method = status == 307 || status == 308;
    if (t->request.redirects_max == 0 || (!same_method && status != 301 && status != 302 && status != 303))
        return false;
    if (same_method && t->has_body && t->request.body_read)
        return false;
    if (curl_easy_header(t->job.easy, "Location", 0, CURLH_HEADER, -1, &location) != CURLHE_OK)
        return false;
    if (ret_location)
        *ret_location = location->value;
    return true;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *user)
{
    struct web_transfer *t = user;
    t->header_bytes += size * count;
    if (t->header_bytes <= HTTP_HEADERS_MAX)
        return size * count;
    t->cut = CUT_HEADERS;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    struct web_transfer *t = user;
    size_t len = size * count;
    if (web_hop_redirects(t, NULL)) {
        t->cut = CUT_REDIRECT; /* nobody reads the page that says where to go */
        return 0;
    }
    t->reply.body_bytes += (int64_t)len;
    if (t->request.body_write) {
        if (t->request.body_write(t->user, bytes, len))
            return len;
        t->cut = CUT_ENOUGH;
        return 0;
    }
    if (t->reply.body.len + len > t->request.body_max) {
        t->cut = CUT_BODY_MAX;
        return 0;
    }
    buf_add(&t->reply.body, bytes, len);
    return len;
}

static size_t on_body_wanted(char *bytes, size_t size, size_t count, void *user)
{
    struct web_transfer *t = user;
    return t->request.body_read(t->user, bytes, size * count);
}

bool web_hop_open(struct web_transfer *t, const struct sockaddr *sa)
{
    return !t->request.policy || policy_check(t->request.policy, sa, &t->denied) == 0;
}

bool web_hop_may_reach(struct web_transfer *t, const struct sockaddr *sa)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (web_hop_open(t, sa))
        return true;
    if (t->reply.redirects == 0)
        return policy_check_target(t->request.policy, sa, &t->denied) == 0;
    uv_ip_name(sa, text, sizeof text);
    return t->request.policy->typed && strcmp(text, t->from) == 0;
}

static int on_connected(void *user, char *addr, char *local, int port, int local_port)
{
    struct web_transfer *t = user;
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    const struct sockaddr *sa = (const struct sockaddr *)&v4;
    if (inet_pton(AF_INET, addr, &v4.sin_addr) != 1) {
        addr[strcspn(addr, "%")] = '\0'; /* a scope */
        if (inet_pton(AF_INET6, addr, &v6.sin6_addr) != 1)
            return CURL_PREREQFUNC_ABORT;
        sa = (const struct sockaddr *)&v6;
    }
    if (web_hop_may_reach(t, sa))
        return CURL_PREREQFUNC_OK;
    t->cut = CUT_POLICY;
    return CURL_PREREQFUNC_ABORT;
}

/* An upload made as it goes is about now: what waits unsent in the kernel is
 * kept short, or a slow line would take long to end what was made in seconds. */
static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
    int unsent = UNSENT_MAX;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    return CURL_SOCKOPT_OK;
}

/* curl asks for a name that names.h has not resolved: it must not. */
static int on_own_lookup(void *resolver, void *reserved, void *user)
{
    return 1;
}

/* ---- how it ended ---- */

enum outcome web_hop_judge(struct web_transfer *t, CURLcode code, char *ret_reason, size_t size)
{
    ret_reason[0] = '\0';
    switch (t->cut) {
    case CUT_NOT:
        break;
    case CUT_BODY_MAX:
        t->reply.cause = "answer_too_large";
        snprintf(ret_reason, size, _("the answer is larger than %zu octets"), t->request.body_max);
        return OUTCOME_PROTOCOL_ERROR;
    case CUT_HEADERS:
        t->reply.cause = "headers_too_large";
        snprintf(ret_reason, size, _("the answer's headers are larger than %u octets"), HTTP_HEADERS_MAX);
        return OUTCOME_PROTOCOL_ERROR;
    case CUT_POLICY:
        t->reply.cause = "denied";
        snprintf(ret_reason, size, "%.*s", (int)size - 1, t->denied.text);
        return OUTCOME_DENIED;
    case CUT_ENOUGH:
    case CUT_REDIRECT:
        return OUTCOME_OK;
    }
    /* An alert, also one after the handshake, is the server's own word, and a
     * connection that it cuts then is no reset of the line's. */
    if (code != CURLE_OK && t->alert) {
        t->reply.cause = tls_alert_word(t->alert);
        return OUTCOME_TLS_ERROR;
    }
    return web_reply_judge(t->job.easy, code, t->error_text, &t->reply.cause);
}

/* ---- what it is told ---- */

static bool certs_are_hashed(struct web *w)
{
    if (w->certs == CERTS_UNKNOWN) {
        w->certs = CERTS_BUNDLE;
        DIR *dir = opendir(CERTS_DIR);
        const struct dirent *entry;
        while (dir && w->certs == CERTS_BUNDLE && (entry = readdir(dir)))
            if (strspn(entry->d_name, "0123456789abcdef") == 8 && !strcmp(entry->d_name + 8, ".0"))
                w->certs = CERTS_HASHED;
        if (dir)
            closedir(dir);
    }
    return w->certs == CERTS_HASHED;
}

static CURLcode on_tls_context(CURL *easy, void *context, void *user)
{
    struct web_transfer *t = user;
    tls_judge_at(context, clock_wall_us(t->web->clock));
    tls_watch_alerts(context, &t->alert);
    return CURLE_OK;
}

static void easy_tls(struct web_transfer *t, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, t);
    if (t->request.unverified) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (t->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* this one alone */
    } else if (certs_are_hashed(t->web)) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(easy, CURLOPT_CAPATH, CERTS_DIR);
    } /* else libcurl's own default is the system's bundle */
}

static void easy_method(struct web_transfer *t, CURL *easy)
{
    const struct web_request *r = &t->request;
    if (!strcmp(r->method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (!t->has_body) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body_read ? -1 : (curl_off_t)r->body_len));
        if (r->body_read) {
            curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_body_wanted);
            curl_easy_setopt(easy, CURLOPT_READDATA, t);
            curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
        } else {
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body ? r->body : "");
        }
    }
    _cleanup_text_ char *origin = url_origin(t->url);
    if (!strcmp(origin, t->origin))
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
}

void web_hop_set(struct web_transfer *t, bool literal)
{
    CURL *easy = t->job.easy;
    const struct web_request *r = &t->request;
    curl_easy_setopt(easy, CURLOPT_CURLU, t->url);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error_text);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    /* The limit is our timer's; curl shares this among a host's addresses. */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(r->timeout_us / 1000 + 1000));
    if (r->redirects_max > 0)
        curl_easy_setopt(easy, CURLOPT_COOKIELIST, ""); /* none more; a reset handle keeps what came, and leaks files */
    if (r->fresh) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    /* A copy of the URL, which curl makes, loses the interface. */
    const struct sockaddr_storage *first = &t->reply.addresses[0];
    if (first->ss_family == AF_INET6)
        curl_easy_setopt(easy, CURLOPT_ADDRESS_SCOPE, (long)((const struct sockaddr_in6 *)first)->sin6_scope_id);
    if (!literal) {
        curl_easy_setopt(easy, CURLOPT_RESOLVE, t->resolve);
        curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, on_own_lookup);
    }
    easy_tls(t, easy);
    easy_method(t, easy);
}
