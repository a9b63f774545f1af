"""A router whose ICMP errors are its own: those to packets of UDP that come in with this TTL.

usage: short_quotes.py INTERFACE [TYPE CODE TTL QUOTED [ALTERED]]     prints "ready"

Without more it is one whose "TTL exceeded" quotes the IP header and 8 octets, and no more, as RFC 792 asks. With ALTERED the octet there is another
than that of the packet.
"""
import socket
import struct
import sys

MARK = 7  # by which nft tells these errors from the kernel's own


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


KIND, CODE, TTL, QUOTED = map(int, sys.argv[2:6] or (11, 0, 1, 28))
ALTERED = set(map(int, sys.argv[6:]))
heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
heard.bind((sys.argv[1], 0x0800))
said = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
said.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
print("ready", flush=True)
while True:
    packet, (_, _, kind, _, _) = heard.recvfrom(2048)
    if kind == socket.PACKET_OUTGOING or packet[8] != TTL or packet[9] != socket.IPPROTO_UDP:
        continue
    quote = bytes(octet ^ (at in ALTERED) for at, octet in enumerate(packet[:QUOTED]))
    body = struct.pack("!BBHI", KIND, CODE, 0, 0) + quote
    said.sendto(struct.pack("!BBHI", KIND, CODE, checksum(body), 0) + quote, (socket.inet_ntoa(packet[12:16]), 0))
