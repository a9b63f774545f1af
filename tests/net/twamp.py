"""A session-sender and a session-reflector of STAMP and of TWAMP light in plain Python, from the RFCs alone (RFC 8762 section 4, RFC 5357
section 4 and appendix I, RFC 4656 section 4.1.2): nothing of ours is in it.

    twamp.py reflect ADDRESS WHAT=PORT...                      one port a kind of reflector (WRONG, and the right ones)
    twamp.py send ADDRESS PORT COUNT INTERVAL_MS SIZE PADDING  prints what came back, a JSON row an answer; PADDING: zero, random, tlv
"""
import json
import os
import select
import socket
import struct
import sys
import time

NTP = 2208988800  # seconds from 1900 to 1970
SYNCED, UNSYNCED = 0x8001, 0x0001


def ntp(unix):
    return int((unix + NTP) * 2**32) % 2**64


def unix(stamp):
    return stamp / 2**32 - NTP


# ---- the reflector: (what a kind does to T2 and T3, error estimate) ----

WRONG = {
    "zero": lambda t2, t3, n: (0, 0),
    "no_receipt": lambda t2, t3, n: (0, ntp(t3)),
    "frozen": lambda t2, t3, n: (ntp(1.8e9), ntp(1.8e9)),
    "since_1970": lambda t2, t3, n: (ntp(t2 - 1.79e9), ntp(t3 - 1.79e9)),
    "behind": lambda t2, t3, n: (ntp(t2 - 0.267), ntp(t3 - 0.267)),
    "ahead": lambda t2, t3, n: (ntp(t2 + 0.267), ntp(t3 + 0.267)),
    "era": lambda t2, t3, n: ((ntp(t2) + (1 << 63)) % 2**64, (ntp(t3) + (1 << 63)) % 2**64),
    "moves": lambda t2, t3, n: (ntp(t2 - n), ntp(t3 - n)),
    "swapped": lambda t2, t3, n: (ntp(t2 + 0.01), ntp(t2)),
    "held": lambda t2, t3, n: (ntp(t2), ntp(t2 + 10)),
}
ERRORS = {"unsynced": UNSYNCED, "corrupt": 0x8000}


def reflect(address, ports):
    kinds = {}
    for word in ports:
        kind, port = word.split("=")
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, int(port)))
        kinds[s] = [kind, 0]
    while True:
        for s in select.select(kinds, [], [])[0]:
            request, sender = s.recvfrom(2000)
            t2 = time.time()
            kind, n = kinds[s]
            kinds[s][1] += 1
            seq, t1, error, ssid = struct.unpack_from(">IQHH", request)
            number = n if kind in ("stateful", "twamp") else seq
            stamps = WRONG.get(kind, lambda t2, t3, n: (ntp(t2), ntp(t3)))(t2, time.time(), n)
            ttl = 0 if kind == "no_ttl" else 255
            base = struct.pack(">IQHHQIQHHB3x", number, stamps[1], ERRORS.get(kind, SYNCED), ssid, stamps[0], seq, t1, error, 0, ttl)
            if kind == "twamp":  # RFC 5357 section 4.2.1: 41 octets, and the sender's padding cut by what it is longer
                base = base[:14] + bytes(2) + base[16:41]
            if kind == "short":
                base = base[:40]
            s.sendto(base, sender)


# ---- the sender ----

def request(seq, size, padding):
    """RFC 5357 section 4.1.2: 14 octets and padding; RFC 8762 section 4.2.1: 44; RFC 8972: TLVs behind them."""
    head = struct.pack(">IQH", seq, ntp(time.time()), UNSYNCED)
    if padding == "tlv":
        return head + struct.pack(">H", 0x1234) + bytes(28) + struct.pack(">BBH", 0x80, 1, size - 48) + bytes(size - 48)
    return head + (os.urandom if padding == "random" else bytes)(size - len(head))


def read(answer, sent, t4):
    number, t3, error, ssid, t2, seq, t1, sender_error, mbz, ttl = struct.unpack_from(">IQHHQIQHHB", answer)
    return {"size": len(answer), "number": number, "t3": unix(t3), "error": error, "ssid": ssid, "t2": unix(t2), "seq": seq,
            "mine": seq in sent and t1 == struct.unpack_from(">Q", sent[seq], 4)[0] and sender_error == UNSYNCED, "ttl": ttl,
            "zeros": mbz == 0 and answer[41:44] == bytes(3), "tail": answer[44:].hex(),
            "copied": answer[44:] == sent.get(seq, b"")[44:], "rtt_ms": ((t4 - unix(t1)) - (unix(t3) - unix(t2))) * 1e3}


def send(far, port, count, interval_ms, size, padding):
    s = socket.socket(socket.AF_INET6 if ":" in far else socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", 43210))
    sent, rows, due = {}, [], time.monotonic()
    while len(sent) < count or time.monotonic() < due + 0.4:
        if len(sent) < count and time.monotonic() >= due:
            seq = len(sent)
            sent[seq] = request(seq, size, padding)
            s.sendto(sent[seq], (far, port))
            due = time.monotonic() + interval_ms / 1e3
        if select.select([s], [], [], 0.001)[0]:
            answer = s.recv(2000)
            rows.append(read(answer, sent, time.time()))
    print(json.dumps(rows))


if __name__ == "__main__":
    what, far, *rest = sys.argv[1:]
    if what == "reflect":
        reflect(far, rest)
    else:
        send(far, *map(int, rest[:4]), rest[4])
