"""A resolver, the parent essai. and the servers of zones below it in one program, each server on its own address, each
zone with its own fault, as ZONES says.

usage: operators.py PREFIX4 PREFIX6      addresses are PREFIX4 or PREFIX6 with a number behind
"""
import select
import socket
import struct
import sys

A, NS, CNAME, SOA, PTR, AAAA, AXFR = 1, 2, 5, 6, 12, 28, 252
RESOLVER, PARENT, MEN = 2, 3, range(11, 17)  # MEN: who may serve zones
GOOD = dict(mname="ns1", rname="root", serial=1, timers=(14400, 3600, 604800, 300))
# zone: names (at the parent and in the zone) with their numbers, "6" behind for IPv6; what differs from a good zone
ZONES = {
    "plain": dict(ns={"ns1": [11], "ns2": [12]}),
    "upper": dict(ns={"ns1": [11], "ns2": [12]}, upper=True),  # the zone's servers write every name in capitals
    "one": dict(ns={"ns1": [11, 116]}),
    "shared": dict(ns={"ns1": [11], "ns2": [11]}),
    "alias": dict(ns={"ns1": [11], "ns2": [12]}, alias={"ns2": "real"}),
    "glue": dict(ns={"ns1": [11], "ns2": [12]}, unknown={"ns1", "ns2"}),
    "dead": dict(ns={"ns1": [13], "ns2": [14]}, silent=True),
    "soa": dict(ns={"ns1": [11], "ns2": [12]}, soa={12: dict(rname="other", mname="ns2", timers=(60, 60, 50, 90000))}),
    "old": dict(ns={"ns1": [11], "ns2": [12]}, soa={11: dict(serial=4294967295), 12: dict(serial=0)}),
    "open": dict(ns={"ns1": [11], "ns2": [16]}, open=16, soa={11: dict(mname="gone"), 16: dict(mname="gone")}),
    "names": dict(ns={"ns_1": [11], "-ns2": [12]}, soa={11: dict(mname="away"), 12: dict(mname="away")}, hidden={"away": [15]}),
    "noaa": dict(ns={"ns1": [11], "ns2": [15]}),
}
REVERSE = {11: "ns1.plain.essai", 12: "ns2.plain.essai", 16: "elsewhere.essai"}
V4, V6 = "10.79.0.", "fd79::"


def address(number):
    return V6 + str(number)[:-1] if number > 99 else V4 + str(number)


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def record(owner, kind, data):
    return name(owner) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def host(owner, number):
    packed = socket.inet_pton(socket.AF_INET6 if number > 99 else socket.AF_INET, address(number))
    return record(owner, AAAA if number > 99 else A, packed)


def soa(zone, me, spec):
    fields = GOOD | spec.get("soa", {}).get(me, {})
    data = name(f"{fields['mname']}.{zone}") + name(f"{fields['rname']}.{zone}")
    return record(zone, SOA, data + struct.pack("!5I", fields["serial"], *fields["timers"]))


def zone_of(text):
    for zone, spec in ZONES.items():
        if text == f"{zone}.essai" or text.endswith(f".{zone}.essai"):
            return f"{zone}.essai", spec
    return None, {}


def resolve(asked, kind):
    """(answers, rcode), or None: no answer."""
    zone, spec = zone_of(asked)
    if kind == PTR:
        number = int(asked.split(".")[0]) if asked.endswith("in-addr.arpa") else 0
        return ([record(asked, PTR, name(REVERSE[number]))], 0) if number in REVERSE else ([], 3)
    if asked == "essai":
        return ([record("essai", NS, name("ns.essai"))] if kind == NS else []), 0
    if asked == "ns.essai":
        return ([host("ns.essai", PARENT)] if kind == A else []), 0
    if not zone:
        return [], 3
    if spec.get("silent"):
        return None
    if asked == zone:
        return ([record(zone, NS, name(f"{label}.{zone}")) for label in spec["ns"]] if kind == NS else []), 0
    label, front = asked[:-len(zone) - 1], []
    if label in spec.get("alias", {}):
        front = [record(asked, CNAME, name(f"{spec['alias'][label]}.{zone}"))]
    numbers = spec["ns"].get(label) or spec.get("hidden", {}).get(label)
    if numbers is None or label in spec.get("unknown", ()):
        return [], 3
    owner = f"{spec['alias'][label]}.{zone}" if front else asked
    return front + [host(owner, n) for n in numbers if (n > 99) == (kind == AAAA)], 0


def refer(zone, spec):
    lists = [record(zone, NS, name(f"{label}.{zone}")) for label in spec["ns"]]
    return lists, [host(f"{label}.{zone}", n) for label, numbers in spec["ns"].items() for n in numbers]


def serve(me, asked, kind):
    """(answers, rcode, more flags)"""
    zone, spec = zone_of(asked)
    spelled = str.upper if spec.get("upper") else str
    if not zone:
        return [], 3 if me == ZONES["open"]["open"] else 5, 0x80 if me == ZONES["open"]["open"] else 0
    opened = spec.get("open") == me
    if kind == SOA or kind == AXFR and opened:
        return [soa(spelled(zone), me, spec)] * (2 if opened else 1), 0, 0x400 * (me != 15)
    if kind == NS:
        return [record(spelled(zone), NS, name(spelled(f"{label}.{zone}"))) for label in spec["ns"]], 0, 0x400
    if kind == AAAA and opened:
        return [], 2, 0
    return [], 5 if kind == AXFR else 0, 0x400


def answer(me, query):
    end = query.index(b"\0", 12) + 1
    kind = struct.unpack("!H", query[end:end + 2])[0]
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    asked, more, glue, authority = ".".join(labels).lower(), 0, [], []
    me = me if me < 100 else me // 10
    if me == RESOLVER:
        found = resolve(asked, kind)
        if not found:
            return None
        answers, rcode = found
        more = 0x80
    elif me == PARENT:
        zone, spec = zone_of(asked)
        answers, rcode = [], 0
        authority, glue = refer(zone, spec) if zone else ([], [])
    else:
        if zone_of(asked)[1].get("silent"):
            return None
        answers, rcode, more = serve(me, asked, kind)
    head = query[:2] + struct.pack("!5H", 0x8000 | more | rcode, 1, len(answers), len(authority), len(glue))
    return head + query[12:end + 4] + b"".join(answers + authority + glue)


def main():
    global V4, V6
    V4, V6 = sys.argv[1:]
    sockets = {}
    for number in [RESOLVER, PARENT, *MEN, 116]:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            server = socket.socket(socket.AF_INET6 if number > 99 else socket.AF_INET, kind)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((address(number), 53))
            if kind == socket.SOCK_STREAM:
                server.listen(16)
            sockets[server] = number
    held = []
    while True:
        for server in select.select(sockets, [], [])[0]:
            if server.type == socket.SOCK_DGRAM:
                query, client = server.recvfrom(4096)
                message = answer(sockets[server], query)
                if message:
                    server.sendto(message, client)
                continue
            connection, _ = server.accept()
            connection.settimeout(2)
            try:
                message = answer(sockets[server], connection.recv(struct.unpack("!H", connection.recv(2))[0]))
                if message:
                    connection.sendall(struct.pack("!H", len(message)) + message)
                else:
                    held.append(connection)  # open, and silent
            except (OSError, struct.error, ValueError, IndexError):
                pass


if __name__ == "__main__":
    main()
