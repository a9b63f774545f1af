"""A DNS server that answers wrongly, over UDP.

usage: liar.py ADDRESS PORT WHAT [OTHER-ADDRESS]
  id        first another id, then the answer        question  first another question, then the answer
  source    first from OTHER-ADDRESS, then the answer
  garbage   the query's id and nothing that parses   silent    nothing, to all but every second query
"""
import socket
import sys

address, port, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
server = socket.socket(family, socket.SOCK_DGRAM)
server.bind((address, port))
if what == "source":
    other = socket.socket(family, socket.SOCK_DGRAM)
    other.bind((sys.argv[4], port))
asked = 0
while True:
    query, client = server.recvfrom(2048)
    asked += 1
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x63"
    answer = b"\x81\x80\0\1\0\1\0\0\0\0" + question + record
    if what == "id":
        server.sendto(bytes([query[0] ^ 0xFF]) + query[1:2] + answer, client)
    elif what == "question":
        server.sendto(query[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + b"\4faux" + question, client)
    elif what == "source":
        other.sendto(query[:2] + answer, client)
    elif what == "garbage":
        server.sendto(query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0\x3f\x3f", client)
        continue
    elif what == "silent" and asked % 2:
        continue
    server.sendto(query[:2] + answer, client)
