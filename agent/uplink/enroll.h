/* Enrolment, without I/O: the request that proves possession of the key, and
 * the collector's answer.
 *
 * The request is a statement (common/statement.h) with DOMAIN_ENROL, signed by
 * the probe's own new key: whoever sends it has the key. The answer is one
 * signed by the collector's key. The keys that it lists are pinned: trusted on
 * this first use, over TLS or with --pin, and alone believed from then on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/choice.h"
#include "agent/probe/identity.h"
#include "agent/probe/network.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/sign.h"

#define CONSENT_VERSION "3"

struct enrolment { /* all borrowed; NULL: not said */
    const char *token;
    const char *country, *department, *commune, *zone, *site, *carrier, *technology, *tariff, *contact, *replaces;
    const char *owner; /* SHA-256 of the owner's secret, in hex (owner.h) */
    bool metered;
};

/* The word of the choice that text means; -EINVAL, f names the option and what is allowed. */
int enroll_word(const char *option, const struct choice *list, const char *text, const char **ret,
                struct fault *f) CHECKED;
/* Can the text of this option (commune, operator, tariff, contact, token) be sent? f says what can. */
int enroll_text(const char *option, const char *text, struct fault *f) CHECKED;

/* Checks every text; f names the option. */
int enroll_check(const struct enrolment *e, struct fault *f) CHECKED;

/* A probe that is enrolled may tell the same collector anew where it stands: one
 * of the keys that it trusts already has to sign the answer, ret_pin. Its name
 * comes from its first key, which one that has changed it no longer has. */
int enroll_again(const struct identity *old, const char *state_dir, const char *url,
                 char ret_pin[static SIGN_TEXT_SIZE], struct fault *f) CHECKED;

/* turn: identity_turn. */
void enroll_request(const struct enrolment *e, const struct sign_key *key, int64_t at_us, int64_t turn,
                    struct buf *out);

/* Fills ret's probe, keys and (when the answer names one) collector; ret_seen is
 * the prefix under which the collector saw this box, "" when it does not say.
 * pin is a public key in base64 that has to have signed, or NULL. */
int enroll_answer(const char *text, size_t len, const struct sign_key *key, const char *pin, struct identity *ret,
                  char ret_seen[static NETWORK_TEXT_MAX], struct fault *f) CHECKED;
