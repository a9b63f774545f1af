/* A c-ares channel on the loop: c-ares says which sockets it waits for and how
 * long, libuv says when. */
#pragma once

#include <ares.h>
#include <uv.h>

#include "agent/io/nameservers.h"
#include "common/alloc.h"

struct channel {
    uv_loop_t *loop;
    ares_channel ares;
    uv_timer_t tick;
    struct watch *watches;
    struct sockaddr_storage servers[NAMESERVERS_MAX]; /* with their interfaces, which c-ares does not keep */
    size_t server_count;
};

/* source: "b" for the servers of resolv.conf, "f" for /etc/hosts. Names are
 * taken as they stand, without search domains. Returns c-ares's status. */
int channel_new(uv_loop_t *loop, const char *source, struct channel **ret) CHECKED;

/* Asks these from now on: those of them that can be asked, and no others; then
 * there may be none (server_count), and nothing must be asked. */
void channel_servers(struct channel *c, const struct nameserver *servers, size_t count);

/* Hands every lookup back (ARES_EDESTRUCTION) and closes the sockets; memory
 * goes on a later turn of the loop. Accepts NULL. */
void channel_free(struct channel *c);

/* After something was asked of c->ares. */
void channel_arm(struct channel *c);
