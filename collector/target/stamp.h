/* The target's STAMP reflector on its UDP port, in a thread of its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

struct stamp_settings {
    /* ADDRESS:PORT, [V6]:PORT or :PORT (all addresses); "none" for no
     * reflector; "auto": STAMP_PORT where this process may have it, otherwise
     * STAMP_PORT_USER. */
    const char *listen;
    bool stateful;
    int64_t rate, total; /* packets a second, of one /24 or /48 and of all */
};

/* Where a process without privilege reflects. */
#define STAMP_PORT_USER 8620

struct stamp_server;

/* *ret is NULL with "none". -EINVAL: no such address; -EADDRINUSE, -EACCES. */
int stamp_server_start(const struct stamp_settings *settings, struct stamp_server **ret, struct fault *f) CHECKED;
uint16_t stamp_server_port(const struct stamp_server *s); /* 0 for NULL */
void stamp_server_stop(struct stamp_server *s);           /* accepts NULL */
