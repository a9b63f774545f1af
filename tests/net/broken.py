"""An authoritative DNS server that breaks one rule on each of its addresses, over UDP and TCP.

usage: broken.py PORT WHAT=ADDRESS…
  good          breaks none                            silent     answers nothing
  drops         answers no query with EDNS             formerr    FORMERR, without OPT, to a query with EDNS
  noopt         answers as if there were no EDNS       opt        sends OPT to everybody
  echo          sends unknown options back             version    takes every EDNS version for version 0
  version1      says that its EDNS is version 1        mbz        sends unknown flags back
  nodo          signatures without DO                  nosoa      NOERROR without records
  noaa          answers without authority              big        3700 octets to everybody, whatever the buffer
  truncated     cuts the UDP answer in the middle      malformed  the id, and then what does not parse
  tc            TC and nothing else over UDP           reset      accepts TCP and resets it
  id            answers under another id               servfail   SERVFAIL to everything
  tcreset       tc, and resets TCP                     flags      RD, AD, CD and Z in every answer
  opts          two OPT records                        cookie     another cookie than the one sent
                                                       and no answer to another version than 0
  flood         tc, and messages of 60 kB without end over TCP
"""
import select
import socket
import struct
import sys

OPT, SOA, DNSKEY, RRSIG = 41, 6, 48, 46
COOKIE = b"\0\x0a"


def parse(query):
    """(id, flags, question, type, EDNS as (version, flags, options, buffer) or None)"""
    ident, flags, _, _, _, extra = struct.unpack("!6H", query[:12])
    end = query.index(b"\0", 12) + 1
    kind = struct.unpack("!H", query[end:end + 2])[0]
    question, at, edns = query[12:end + 4], end + 4, None
    if extra:
        _, _, size, _, version, mark, length = struct.unpack("!BHHBBHH", query[at:at + 11])
        edns = (version, mark, query[at + 11:at + 11 + length], size)
    return ident, flags, question, kind, edns


def record(kind, data, ttl=60):
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def signature(kind):
    # no real signature: its presence is what matters
    return record(RRSIG, struct.pack("!HBBIIIH", kind, 13, 1, 60, 2**31 - 1, 0, 1) + b"\0" + bytes(64))


def answer(what, query, tcp):
    ident, flags, question, kind, edns = parse(query)
    version, mark, options, size = edns or (0, 0, b"", 512)
    if what == "silent" or what == "drops" and edns or what == "cookie" and version:
        return None
    if what == "malformed":
        return query[:2] + b"\x84\0\0\1\0\1\0\0\0\0\xff\xff\xff"
    if what == "id":
        ident ^= 0xFFFF
    rcode, records, extended, told = 0, [], 0, 0
    if version and what != "version":
        extended = 1  # BADVERS is 16: 1 in the upper bits
    elif what != "nosoa":
        soa = b"\2ns\xc0\x0c" + b"\4root\xc0\x0c" + struct.pack("!5I", 1, 60, 60, 60, 60)
        records = [record(kind, soa if kind == SOA else struct.pack("!HBB", 257, 3, 13) + bytes(64))]
        if mark & 0x8000:
            records.append(signature(kind))
            told = 0x8000
    if what == "big":
        records += [record(16, bytes([200]) + b"x" * 200)] * 17
    if what in ("tc", "tcreset", "flood") and not tcp:
        records, flags = [], flags | 0x0200
    opt = edns is not None or what == "opt"
    if what == "formerr" and edns:
        rcode, records, opt, extended = 1, [], False, 0
    if what == "servfail":
        rcode, records, extended = 2, [], 0
    if what == "noopt":
        opt, extended = False, 0
    if what == "nodo":
        told = 0
    if what == "mbz":
        told |= mark & 0x7FFF
    echoed = options if what == "echo" else b""
    if what == "cookie" and COOKIE in options:
        echoed = COOKIE + b"\0\x10" + bytes(16)
    extra = b""
    if opt:
        extra = b"\0" + struct.pack("!HHBBHH", OPT, 4096, extended, int(what == "version1"), told, len(echoed)) + echoed
    opts = int(opt) + int(opt and what == "opts")
    flags = flags & 0x0300 | (0x0170 if what == "flags" else 0)
    head = struct.pack("!6H", ident, 0x8000 | flags | (0 if what == "noaa" else 0x0400) | rcode,
                       1, len(records), 0, opts)
    message = head + question + b"".join(records) + extra * max(opts, 1)
    return message[:len(message) // 2] if what == "truncated" and not tcp else message


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def serve_tcp(listener, what):
    connection, _ = listener.accept()
    connection.settimeout(2)
    try:
        if what in ("reset", "tcreset"):
            connection.recv(2)
            reset(connection)
            return
        length = struct.unpack("!H", connection.recv(2))[0]
        message = answer(what, connection.recv(length), True)
        while what == "flood":
            connection.sendall(struct.pack("!H", 60000) + bytes(60000))
        if message is not None:
            connection.sendall(struct.pack("!H", len(message)) + message)
    except (OSError, struct.error, ValueError, IndexError):
        pass
    connection.close()


def main():
    port = int(sys.argv[1])
    sockets = {}
    for word in sys.argv[2:]:
        what, address = word.split("=", 1)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            server = socket.socket(family, kind)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((address, port))
            if kind == socket.SOCK_STREAM:
                server.listen(16)
            sockets[server] = what
    while True:
        for server in select.select(sockets, [], [])[0]:
            what = sockets[server]
            if server.type == socket.SOCK_STREAM:
                serve_tcp(server, what)
                continue
            query, client = server.recvfrom(4096)
            try:
                message = answer(what, query, False)
            except (struct.error, ValueError, IndexError):
                continue
            if message is not None:
                server.sendto(message, client)


main()
