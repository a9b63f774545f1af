/* How a command asks the agent that runs: state_dir/control, a Unix socket of
 * mode 0600 that only root and the agent's own user may connect to. Nothing that
 * comes from the network ever gets there.
 *
 *   command  → one line of JSON, and nothing after it
 *   agent    ← an empty line at once and then every CONTROL_BEAT_MS: it is alive,
 *              and at it
 *            ← one line of JSON, the answer; then it closes
 *
 * An agent that is stopped or hangs is known by its silence, however long the
 * errand takes; a command that goes away is known by its end of the connection. */
#pragma once

#include <stdint.h>

#include <jansson.h>
#include <sys/un.h>
#include <uv.h>

#include "common/alloc.h"
#include "common/fault.h"

#define CONTROL_BEAT_MS   2000
#define CONTROL_SILENT_MS 15000 /* a card may need seconds for one fsync */
#define CONTROL_IDLE_MS   5000  /* from the connection to the whole request */

/* ---- the agent's side ---- */

struct control;
struct control_call;

/* A request, for which control_answer is to be called once, in here or later.
 * It is borrowed until then. */
typedef void (*control_ask_fn)(void *user, struct control_call *call, const json_t *request);
/* Whoever asked has gone without waiting: the call is, too. */
typedef void (*control_gone_fn)(void *user, struct control_call *call);

/* The caller has the lock of the state directory: a socket that lies there was
 * left behind, and is replaced. */
int control_open(uv_loop_t *loop, const char *state_dir, control_ask_fn ask, control_gone_fn gone, void *user,
                 struct control **ret, struct fault *f) CHECKED;
void control_answer(struct control_call *call, json_t *answer); /* takes it over; the call is gone */
void control_close(struct control *c); /* answers nobody; accepts NULL; the loop has to turn once more */

/* ---- the command's side ---- */

/* The caller owns *ret. -ENOENT or -ECONNREFUSED when nobody listens, -EAGAIN
 * when too many speak with it already, -ETIMEDOUT when it is silent, -EPIPE when
 * it ended before it had answered; f says so and what to do. */
int control_ask(const char *state_dir, const json_t *request, json_t **ret, struct fault *f) CHECKED;

/* ---- both ---- */

/* The socket's address. One that is too long for it goes by way of ret_dir, a
 * descriptor to be closed after use, or -1. */
int control_address(const char *state_dir, struct sockaddr_un *ret, int *ret_dir, struct fault *f) CHECKED;
