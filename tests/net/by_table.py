"""A DNS server that answers A by a table, and prints each name that it was asked for. usage: by_table.py ADDRESS PORT A-RECORD

  order.test     the address of its CNAME's target stands before the CNAME
  odd.test       a CNAME to a name with a blank and letters beyond ASCII
  loop.test      CNAMEs in a circle
  all else below .test has the address, other names do not exist
"""
import socket
import struct
import sys

address, port, found = sys.argv[1], int(sys.argv[2]), socket.inet_aton(sys.argv[3])
A, CNAME = 1, 5


def name(*labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner, kind, data):
    return owner + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def records(labels, kind):
    owner, other, odd = name(*labels), name(b"other", b"test"), name("b\u00e9nin x!".encode(), b"test")
    address_of = {o: [record(o, A, found)] if kind == A else [] for o in (owner, other, odd)}
    return {b"order": address_of[other] + [record(owner, CNAME, other)],
            b"odd": [record(owner, CNAME, odd)] + address_of[odd],
            b"loop": [record(owner, CNAME, other), record(other, CNAME, owner)]}.get(labels[0].lower(), address_of[owner])


family, _, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM)[0]
server = socket.socket(family, socket.SOCK_DGRAM)
server.bind(place)
while True:
    query, client = server.recvfrom(2048)
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]])
        at += 1 + query[at]
    print(b".".join(labels).decode("utf-8", "replace"), flush=True)
    known = labels and labels[-1].lower() == b"test"
    answers = records(labels, struct.unpack("!H", query[at + 1:at + 3])[0]) if known else []
    server.sendto(query[:2] + struct.pack("!HHHHH", 0x8180 | (0 if known else 3), 1, len(answers), 0, 0) + query[12:at + 5] +
                  b"".join(answers), client)
