/* What the commands share; each has its own file under command/. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "agent/probe/identity.h"
#include "agent/daemon/settings.h"
#include "common/invocation.h"

/* Prints "internetmetre-agent: …" on standard error; returns EXIT_NOT_OK. */
int command_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads the configuration and applies its language and log level. Returns
 * EXIT_OK, or EXIT_USAGE after saying what is wrong. settings_free it. */
int command_settings(const struct invocation *in, struct settings *ret) CHECKED;

/* Makes the state directory when it is not there. Root acts as its owner from
 * then on, so that what it writes there can be read by the service. */
int command_folder(const struct invocation *in, struct fault *f) CHECKED;

/* Says who may do it, and how, in place of a bare "permission denied". Returns -EACCES. */
int command_denied(const struct invocation *in, struct fault *f);

/* Where a probe has to be there already: who it is goes to ret (identity_wipe
 * it); nothing is made. Root acts as the folder's owner, too. */
int command_probe(const struct invocation *in, struct identity *ret, struct fault *f) CHECKED;

/* Has an errand (errand.h) done, by the running agent or here. After one of the
 * two above. Takes the request over. The caller owns *ret_answer, which is that
 * of one that went well. */
int command_errand(const struct invocation *in, const struct settings *settings, json_t *request, json_t **ret_answer,
                   struct fault *f) CHECKED;

extern const struct command command_checks, command_enroll, command_leave, command_measure, command_rotate_key,
    command_run, command_spool, command_status;
