/* What the collector says to probes under its key:
 *
 *   GET /api/v1/time?nonce=N      {"time":1,"nonce":N,"at":…}, DOMAIN_TIME; a box
 *                                 whose clock is wrong cannot check a TLS
 *                                 certificate's dates, but this signature it can
 *   GET /api/v1/schedule?probe=P  {"schedule":1,"version":V,"tasks":[…]}, DOMAIN_SCHEDULE
 *   GET /api/v1/keys              {"keys":["<base64>"],"serial":N,"at":…}, DOMAIN_KEYS; the
 *                                 keys that count from now on (identity.h)
 */
#include <string.h>

#include "collector/probe/desk.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/statement.h"

#define NONCE_MIN 8
#define NONCE_MAX 64

static bool nonce_valid(const char *nonce)
{
    size_t len = nonce ? strlen(nonce) : 0;
    return len >= NONCE_MIN && len <= NONCE_MAX &&
           nonce[strspn(nonce, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

static int get_time(struct http_request *request, struct http_reply *reply)
{
    const struct desk *desk = http_context(request);
    const char *nonce = http_query(request, "nonce");
    if (!nonce_valid(nonce))
        return http_problem(request, reply, 400, "nonce", N_("A nonce is wanted"),
                            N_("nonce must be %d to %d letters, digits, - or _"), NONCE_MIN, NONCE_MAX);
    char at[TIME_TEXT_SIZE];
    _cleanup_json_ json_t *answer = json_pack("{s:i, s:s, s:s}", "time", 1, "nonce", nonce, "at",
                                              time_format(clock_wall_us(&clock_system), at));
    http_reply_header(request, "Cache-Control", "no-store");
    reply->content_type = "application/x-ndjson";
    statement_write(&desk->identity->key, DOMAIN_TIME, answer, &reply->body);
    return 0;
}

static int get_schedule(struct http_request *request, struct http_reply *reply)
{
    const struct desk *desk = http_context(request);
    const char *probe = http_query(request, "probe");
    if (probe && !probe_id_valid(probe, strlen(probe)))
        return http_problem(request, reply, 400, "probe", N_("This is no probe"),
                            N_("probe must be 20 characters of base32"));
    reply->content_type = "application/x-ndjson";
    buf_add(&reply->body, desk->schedule->data, desk->schedule->len);
    return 0;
}

static int get_keys(struct http_request *request, struct http_reply *reply)
{
    const struct desk *desk = http_context(request);
    http_reply_header(request, "Cache-Control", "no-store");
    reply->content_type = "application/x-ndjson";
    identity_keys(desk->identity, &reply->body);
    return 0;
}

const struct http_route announce_routes[] = {
    {.method = "GET", .path = "/api/v1/keys", .handler = get_keys},
    {.method = "GET", .path = "/api/v1/time", .handler = get_time},
    {.method = "GET", .path = "/api/v1/schedule", .handler = get_schedule},
    {0},
};
