/* Which of this host's addresses a datagram came to, as a socket of listen.h is
 * told. The answer has to leave from there: from another address, whoever asked
 * would take it for a stranger's. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

struct local {
    struct sockaddr_storage addr; /* AF_UNSPEC: not told */
    size_t size;                  /* of control; 0: not told */
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control;
};

/* Reads it off what was received with m. */
void local_read(struct msghdr *m, struct local *ret);
/* Makes it the source of what is sent with m; l is borrowed until then. */
void local_write(struct local *l, struct msghdr *m);
