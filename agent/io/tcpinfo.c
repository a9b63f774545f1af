#include "agent/io/tcpinfo.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

int64_t tcpinfo_segments(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return (int64_t)info.tcpi_segs_out + info.tcpi_segs_in;
}

int tcpinfo_read(int fd, struct tcpinfo *ret)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return -ENOTCONN;
    *ret = (struct tcpinfo){
        .acked_bytes = (int64_t)info.tcpi_bytes_acked,
        .received_bytes = (int64_t)info.tcpi_bytes_received,
        .rtt_ms = info.tcpi_rtt / 1e3,
        .rtt_var_ms = info.tcpi_rttvar / 1e3,
        .min_rtt_ms = info.tcpi_min_rtt == UINT32_MAX ? 0 : info.tcpi_min_rtt / 1e3,
        .cwnd = info.tcpi_snd_cwnd,
        .mss = info.tcpi_snd_mss,
        .retrans = info.tcpi_total_retrans,
    };
    return 0;
}
