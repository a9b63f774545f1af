/* The target's STAMP reflector on its UDP port, in a thread of its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

enum stamp_mode { STAMP_STATEFUL, STAMP_STATELESS };
extern const char *const stamp_modes[]; /* their words */

struct stamp_settings {
    /* ADDRESS:PORT, [V6]:PORT or :PORT (all addresses); "none" for no
     * reflector; "auto": the address of `beside` at STAMP_PORT where this
     * process may have it, otherwise at STAMP_PORT_USER. */
    const char *listen;
    const char *beside; /* ADDRESS:PORT of the HTTP server */
    enum stamp_mode mode;
    bool shorts;         /* answers requests of less than 41 octets too, with up to three times as many */
    int64_t rate, total; /* packets a second, of one /24 or /48 and of all */
};

/* Where a process without privilege reflects. */
#define STAMP_PORT_USER 8620

struct stamp_server;

/* *ret is NULL with "none". -EINVAL: no such address; -EADDRINUSE, -EACCES… */
int stamp_server_start(const struct stamp_settings *settings, struct stamp_server **ret, struct fault *f) CHECKED;
uint16_t stamp_server_port(const struct stamp_server *s); /* 0 for NULL */
void stamp_server_stop(struct stamp_server *s);           /* accepts NULL */
