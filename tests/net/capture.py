"""A packet capture in a host's namespace, with the kernel's stamps to the nanosecond.

    with Capture(host, "e1a", "icmp or udp") as capture:
        ...
    for packet in capture.packets(): packet.at_ns, packet.protocol, packet.source, packet.target, packet.payload
"""
import socket
import struct
import subprocess
import time
from typing import NamedTuple


class Packet(NamedTuple):
    at_ns: int
    protocol: int
    source: str
    target: str
    payload: bytes  # from the transport's header on


class Capture:
    def __init__(self, host, device, what):
        self.path = host.net.folder / f"{host.name}-{device}-{time.monotonic_ns()}.pcap"
        self.program = subprocess.Popen(
            ["ip", "netns", "exec", host.space, "tcpdump", "-i", device, "-w", str(self.path), "-U", "-s", "256",
             "--time-stamp-precision=nano", "--immediate-mode", "-Z", "root", what],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = self.program.stderr.readline()
        while "listening on" not in said:
            if not said:
                raise RuntimeError("tcpdump did not start")
            said = self.program.stderr.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        time.sleep(0.1)
        self.program.terminate()
        self.program.communicate()

    def packets(self):
        data = self.path.read_bytes()
        magic, = struct.unpack_from("<I", data)
        assert magic == 0xA1B23C4D, "not a capture with nanoseconds"
        at = 24
        while at < len(data):
            seconds, nanoseconds, kept, _ = struct.unpack_from("<IIII", data, at)
            frame = data[at + 16:at + 16 + kept]
            at += 16 + kept
            packet = read_frame(seconds * 10**9 + nanoseconds, frame)
            if packet:
                yield packet


def read_frame(at_ns, frame):
    kind = frame[12:14]
    ip = frame[14:]
    if kind == b"\x08\x00":
        start = (ip[0] & 15) * 4
        return Packet(at_ns, ip[9], socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20]), ip[start:])
    if kind == b"\x86\xdd":
        addresses = [socket.inet_ntop(socket.AF_INET6, ip[n:n + 16]) for n in (8, 24)]
        return Packet(at_ns, ip[6], *addresses, ip[40:])
    return None
