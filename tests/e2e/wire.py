"""Probes that exist only on the wire: keys, results, signed batches and statements, as the collector expects them."""

import base64
import hashlib
import json
import os
import struct
from datetime import datetime, timedelta, timezone

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BATCH = b"internetmetre batch 2\n"
BATCH_HASH = b"internetmetre batch-hash 2\n"
ACK = b"internetmetre ack 1\n"
LEAVE = b"internetmetre leave 1\n"
ENROL = b"internetmetre enrol 1\n"
SCHEDULE = b"internetmetre schedule 1\n"
TIME = b"internetmetre time 1\n"


def stamp(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now(**ago):
    return stamp(datetime.now(timezone.utc) - timedelta(**ago))


def line(**members):
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def statement(key, domain, members):
    first = line(**members)
    return first + line(sig=base64.b64encode(key.sign(domain + first)).decode())


def open_statement(public, domain, body):
    """The object of a statement; raises when the signature is not by `public` (base64)."""
    first, second = body.splitlines(keepends=True)
    signature = base64.b64decode(json.loads(second)["sig"])
    Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(signature, domain + first)
    return json.loads(first)


HEADER_FRAME, SIGNATURE_FRAME = 0x184D2A50, 0x184D2A51
SIGNATURE_SIZE = 106
MEDIA_TYPE = "application/vnd.internetmetre.batch"


def frame(magic, content):
    """A skippable frame of zstd."""
    return struct.pack("<II", magic, len(content)) + content


def batch_hash(file):
    """The name of a batch: over its first two frames."""
    return hashlib.sha256(BATCH_HASH + file[:-SIGNATURE_SIZE]).hexdigest()


def header_of(file):
    size, = struct.unpack_from("<I", file, 4)
    return json.loads(file[8:8 + size])


def results_of(file):
    """The lines of a batch, as anybody's zstd prints them."""
    size, = struct.unpack_from("<I", file, 4)
    return zstandard.ZstdDecompressor().decompress(file[8 + size:-SIGNATURE_SIZE])


def ping(**members):
    """A result; members given replace or, when None, remove its own."""
    result = {
        "task": "ping-ns1", "check": "ping", "target": "ns1.nic.bj", "addr": "154.65.28.218", "af": 4, "at": now(),
        "mono_us": 5_000_000, "sync": True, "outcome": "ok", "bytes": 840,
        "metrics": {"rtt_min_ms": 11.2, "rtt_p50_ms": 12.0, "sent": 10, "rcvd": 10}, "detail": {"rtts_ms": [11.2, 12.0]},
    }
    result.update(members)
    return {name: value for name, value in result.items() if value is not None}


def rotation(probe, key, wrong=()):
    about = {"probe": probe.id, "chain": probe.chain, "seq": probe.seq + 1, "turn": 2} | dict(wrong)
    text = f"internetmetre rotate 2\n{about['probe']}\n{about['chain']}\n{about['seq']}\n{about['turn']}\n".encode()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"public": base64.b64encode(public).decode(), "turn": 2, "sig": base64.b64encode(key.sign(text)).decode()}


def leaving(probe, key=None, named=None, forget=False, turn=2):
    """The wish of a probe that goes."""
    wish = {"leave": 1, "probe": named or probe.id, "at": now(), "turn": turn, "forget": forget}
    return statement(key or probe.key, LEAVE, wish)


class Probe:
    def __init__(self, key=None):
        self.key = key or Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()
        self.id = base64.b32encode(hashlib.sha256(raw).digest()).decode().lower()[:20]
        self.chain = os.urandom(16).hex()
        self.boot = "3d5f2f0e-6d0c-4c5e-9d2a-0d4a3c1b2a99"
        self.seq = 0
        self.prev = None

    def enrolment(self, token, key=None, **members):
        wish = {"token": token, "public": self.public, "at": now(), "turn": 1, "country": "BJ", "consent": "1", "metered": False}
        wish.update(members)
        return statement(key or self.key, ENROL, wish)

    def header(self, **members):
        header = {
            "batch": 2, "probe": self.id, "chain": self.chain, "seq": self.seq + 1, "prev": self.prev, "count": 0,
            "packed": 9, "length": 0, "sealed_at": now(), "mono_us": 9_000_000, "boot": self.boot, "sync": True,
            "agent": "0.1.0", "gap": None,
        }
        header.update(members)
        return header

    def seal(self, header, packed, key=None):
        """A file of these octets of header and packed results, whatever they are."""
        signed = frame(HEADER_FRAME, header) + packed
        name = hashlib.sha256(BATCH_HASH + signed).digest()
        signature = base64.b64encode((key or self.key).sign(BATCH + name)).decode()
        return signed + frame(SIGNATURE_FRAME, b'{"sig":"%s"}' % signature.encode())

    def file(self, lines, count, /, key=None, **header):
        """A batch of these lines, which need not be any; the chain does not go on."""
        packed = pack(lines)
        sizes = {"count": count, "packed": len(packed), "length": len(lines)}
        return self.seal(line(**self.header(**(sizes | header))), packed, key)

    def batch(self, results, **header):
        """The next batch of the chain. A result may be given as bytes of its line."""
        lines = b"".join(result if isinstance(result, bytes) else line(**result) for result in results)
        file = self.file(lines, len(results), **header)
        self.seq += 1
        self.prev = batch_hash(file)
        return file


def pack(lines):
    return zstandard.ZstdCompressor().compress(lines)
