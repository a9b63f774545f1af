/* The way out for a volunteer: the collector is told under the probe's key
 * (DOMAIN_LEAVE) that this probe stops, and with --forget that its data shall be
 * deleted; only when it has confirmed under its own is the identity removed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/ask.h"
#include "agent/command.h"
#include "agent/departure.h"
#include "agent/host.h"
#include "agent/identity.h"
#include "agent/io/web.h"
#include "agent/problem.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/statement.h"

#define LEAVE_TIMEOUT_US (60 * INT64_C(1000000))

static const struct option options[] = {
    {"forget", NULL, N_("also ask the collector to delete what this probe has sent; published figures stay")},
    {"yes", NULL, N_("ask nothing")},
    {0},
};

struct exchange {
    struct host host;
    const struct identity *identity;
    int result;
    struct fault f;
};

static int confirmed(const struct identity *id, const struct web_reply *reply, struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    int64_t left;
    const char *probe;
    int r = statement_read(id->keys, id->key_count, DOMAIN_LEAVE, reply->body.data, reply->body.len, &object, f);
    if (r < 0 || (r = json_get_int(object, "left", 1, 1, &left, f)) < 0 ||
        (r = json_get_text(object, "probe", PROBE_ID_SIZE - 1, &probe, f)) < 0)
        return r;
    return strcmp(probe, id->probe) == 0 ? 0 : fault_set(f, -EBADMSG, _("the answer is for another probe"));
}

static void on_reply(void *user, const struct web_reply *reply)
{
    struct exchange *x = user;
    char text[FAULT_TEXT_MAX];
    if (reply->outcome != OUTCOME_OK)
        x->result = fault_set(&x->f, -EIO, _("the collector cannot be reached: %s, %s. Try again later"),
                              outcome_word(reply->outcome), reply->reason);
    else if (reply->status == 200 && reply->body.data)
        x->result = confirmed(x->identity, reply, &x->f);
    else if (problem_text(reply, text))
        x->result = fault_set(&x->f, -EACCES, _("the collector refuses: %s"), text);
    else
        x->result = fault_set(&x->f, -EIO, _("that address answers with HTTP status %ld, not as a collector does"),
                              reply->status);
    uv_stop(&x->host.loop);
}

static int tell(const struct identity *id, const char *collector, bool forget, struct fault *f)
{
    static const char *const headers[] = {"Content-Type: application/x-ndjson",
                                          "Accept: application/x-ndjson, application/problem+json", NULL};
    char at[TIME_TEXT_SIZE];
    struct web_transfer *transfer;
    struct exchange x = {.identity = id, .result = -EIO};
    _cleanup_(buf_free) struct buf body = {0};
    _cleanup_text_ char *url = alloc_format("%s/api/v1/leave", collector);
    _cleanup_json_ json_t *wish = json_pack("{s:i, s:s, s:s, s:b}", "leave", 1, "probe", id->probe, "at",
                                            time_format(clock_wall_us(&clock_system), at), "forget", forget);
    statement_write(&id->key, DOMAIN_LEAVE, wish, &body);
    int r = host_open(&x.host, &clock_system, f);
    if (r < 0)
        return r;
    const struct web_request request = {
        .method = "POST",
        .url = url,
        .headers = headers,
        .body = body.data,
        .body_len = body.len,
        .body_max = STATEMENT_BYTES_MAX,
        .timeout_us = LEAVE_TIMEOUT_US,
    };
    r = web_start(x.host.env.web, &request, on_reply, &x, &transfer, &x.f);
    if (r == 0) {
        uv_run(&x.host.loop, UV_RUN_DEFAULT);
        r = x.result;
    }
    host_close(&x.host);
    if (r < 0)
        *f = x.f;
    return r;
}

static bool sure(const struct identity *id)
{
    _cleanup_(ask_free) struct ask ask = {.in = stdin, .out = stdout};
    bool yes = false;
    printf(_("Probe %s leaves %s for good, and what it has not sent yet is deleted.\n"), id->probe, id->collector);
    return ask_yes(&ask, _("Are you sure?"), false, &yes) == 0 && yes;
}

static int run(const struct invocation *in)
{
    _cleanup_(settings_free) struct settings settings = {0};
    int status = command_settings(in, &settings);
    if (status != EXIT_OK)
        return status;
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_fd_ int lock = -1;
    struct fault f;
    bool forget = invocation_flag(in, "forget");
    if (identity_read(in->state_dir, &id, &f) < 0 || command_state(in, &lock, &f) < 0)
        return command_failed("%s", f.text);
    if (!invocation_flag(in, "yes") && !sure(&id))
        return command_failed("%s", _("nothing was changed"));
    if (tell(&id, settings.collector ? settings.collector : id.collector, forget, &f) < 0 ||
        departure_begin(in->state_dir, &f) < 0 || departure_finish(in->state_dir, &f) < 0)
        return command_failed("%s", f.text);
    printf(_("Probe %s has left. Thank you for having taken part.\n"), id.probe);
    if (forget)
        puts(_("The collector deletes what it has sent."));
    return EXIT_OK;
}

const struct command command_leave = {
    .name = "leave",
    .usage = N_("[--forget] [--yes]"),
    .help = N_("stop being a probe: tell the collector, then remove the identity"),
    .options = options,
    .run = run,
};
