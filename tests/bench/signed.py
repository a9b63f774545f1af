"""Signed zones for tests/bench/validator, made by dnspython and cryptography: no code of the checks, and none of a server, has a
part in them. A zone is made in three steps, so that a fault can be put between any two: its records, its denial (NSEC or
NSEC3), its signatures."""
import os
import struct

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataset
import dns.rdatatype
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

TTL = 300
HOUR = 3600
IN = dns.rdataclass.IN
# RFC 8624 section 3.1, and one that nobody has: number → digest, curve.
HASHES = {5: hashes.SHA1, 7: hashes.SHA1, 8: hashes.SHA256, 10: hashes.SHA512, 13: hashes.SHA256, 14: hashes.SHA384}
CURVES = {13: ec.SECP256R1, 14: ec.SECP384R1}
UNKNOWN = 200


class Key:
    def __init__(self, algorithm, flags=257):
        self.algorithm = algorithm
        if algorithm == UNKNOWN:
            self.rdata = rdata("DNSKEY", f"{flags} 3 {UNKNOWN} {'AwEAAc' + 'A' * 58}")
            return
        self.private = (rsa.generate_private_key(65537, 1024) if algorithm in (5, 7, 8, 10) else
                        ec.generate_private_key(CURVES[algorithm]()) if algorithm in CURVES else
                        ed25519.Ed25519PrivateKey.generate() if algorithm == 15 else ed448.Ed448PrivateKey.generate())
        self.rdata = dns.dnssec.make_dnskey(self.private.public_key(), algorithm, flags)

    def with_flags(self, flags, protocol=3):
        """The same key under other flags: another DNSKEY record, with another tag."""
        other = object.__new__(Key)
        other.__dict__.update(self.__dict__)
        other.rdata = self.rdata.replace(flags=flags, protocol=protocol)
        return other

    @property
    def tag(self):
        return dns.dnssec.key_id(self.rdata)

    def sign(self, data):
        if self.algorithm == UNKNOWN:
            return os.urandom(64)
        if self.algorithm in CURVES:
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(HASHES[self.algorithm]())))
            size = (self.private.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if self.algorithm in HASHES:
            return self.private.sign(data, padding.PKCS1v15(), HASHES[self.algorithm]())
        return self.private.sign(data)

    def ds(self, zone, digest="SHA256"):
        return dns.dnssec.make_ds(zone, self.rdata, digest, policy=dns.dnssec.allow_all_policy)


def rdata(kind, text, origin=dns.name.root):
    return dns.rdata.from_text(IN, kind, text, origin=origin, relativize=False)


def rrsig(owner, rrset, key, signer, now, **other):
    """RFC 4034 section 3.1.8.1. Other fields than right ones: labels, key_tag, inception, expiration, algorithm."""
    labels = len(owner) - 1 - owner.is_wild()
    field = {"labels": labels, "key_tag": key.tag, "inception": now - HOUR, "expiration": now + 30 * 24 * HOUR,
             "algorithm": key.algorithm} | other
    head = struct.pack("!HBBIIIH", rrset.rdtype, field["algorithm"], field["labels"], TTL, field["expiration"],
                       field["inception"], field["key_tag"]) + signer.to_digestable()
    name = owner
    if field["labels"] < len(owner) - 1:
        name = dns.name.Name((b"*", *owner.labels[-field["labels"] - 1:]))
    data = head
    for wire in sorted(r.to_digestable() for r in rrset):
        data += name.to_digestable() + struct.pack("!HHIH", rrset.rdtype, IN, TTL, len(wire)) + wire
    return made(rrset.rdtype, field, signer, key.sign(data))


def made(covered, field, signer, signature):
    return dns.rdtypes.ANY.RRSIG.RRSIG(IN, dns.rdatatype.RRSIG, covered, field["algorithm"], field["labels"], TTL,
                                       field["expiration"], field["inception"], field["key_tag"], signer, signature)


class Denial:
    """How a zone denies: NSEC, or NSEC3 with these parameters."""

    def __init__(self, nsec3=False, iterations=0, salt="-", opt_out=False):
        self.nsec3, self.iterations, self.salt, self.opt_out = nsec3, iterations, salt, opt_out

    def __str__(self):
        return f"NSEC3 {self.iterations}{' opt-out' if self.opt_out else ''}" if self.nsec3 else "NSEC"


class Zone:
    def __init__(self, name, key, denial, now):
        self.name = dns.name.from_text(name)
        self.denial, self.now = denial, now
        self.keys = [key] if key else []  # that sign
        self.sets = {}                    # (owner, type) → rdataset
        self.signatures = {}              # (owner, type) → list of RRSIG
        self.add("@", "SOA", "ns.root. root.root. 1 3600 600 86400 300")
        self.add("@", "NS", "ns.root.")
        if key:
            self.put(self.name, "DNSKEY", key.rdata)

    def at(self, owner):
        return dns.name.from_text(owner, self.name)

    def put(self, owner, kind, *records):
        kind = dns.rdatatype.from_text(kind)
        rrset = self.sets.setdefault((owner, kind), dns.rdataset.Rdataset(IN, kind))
        for record in records:
            rrset.add(record, TTL)

    def add(self, owner, kind, text):
        self.put(self.at(owner), kind, rdata(kind, text, self.name))

    def types(self):
        """Owner → its types, for each that is not below a cut."""
        cuts = {owner for owner, kind in self.sets if kind == dns.rdatatype.NS and owner != self.name}
        found = {}
        for owner, kind in self.sets:
            if not (self.above(owner) - {owner}) & cuts:
                found.setdefault(owner, set()).add(kind)
        return found

    def above(self, owner):
        names = {owner}
        while owner != self.name:
            owner = owner.parent()
            names.add(owner)
        return names

    def is_cut(self, owner, kinds):
        return owner != self.name and dns.rdatatype.NS in kinds

    # ---- denial ----

    def hash(self, owner):
        return dns.dnssec.nsec3_hash(owner, None if self.denial.salt == "-" else self.denial.salt, self.denial.iterations, 1).lower()

    def deny(self):
        types = self.types()
        owners = sorted(types)
        if not self.denial.nsec3:
            for owner, after in zip(owners, owners[1:] + owners[:1]):
                kinds = {dns.rdatatype.to_text(kind) for kind in types[owner]} | {"NSEC", "RRSIG"}
                self.put(owner, "NSEC", rdata("NSEC", f"{after} {' '.join(kinds)}"))
            return
        parameters = f"{self.denial.iterations} {self.denial.salt}"
        self.add("@", "NSEC3PARAM", f"1 0 {parameters}")
        hashed = {}
        for owner in owners:
            kinds = types[owner]
            cut = self.is_cut(owner, kinds)
            if cut and self.denial.opt_out and dns.rdatatype.DS not in kinds:
                continue
            words = {dns.rdatatype.to_text(kind) for kind in kinds}
            hashed[self.hash(owner)] = words | (set() if cut and dns.rdatatype.DS not in kinds else {"RRSIG"})
            while owner != self.name:  # empty ones above it
                owner = owner.parent()
                hashed.setdefault(self.hash(owner), set())
        order = sorted(hashed)
        for this, after in zip(order, order[1:] + order[:1]):
            self.add(this, "NSEC3", f"1 {int(self.denial.opt_out)} {parameters} {after} {' '.join(hashed[this])}")

    def denials(self):
        kind = dns.rdatatype.NSEC3 if self.denial.nsec3 else dns.rdatatype.NSEC
        return sorted(owner for owner, found in self.sets if found == kind)

    def denying(self, owner):
        """The owner of the record that stands at a name or covers it."""
        wanted = self.at(self.hash(owner)) if self.denial.nsec3 else owner
        before = [name for name in self.denials() if name <= wanted]
        return before[-1] if before else self.denials()[-1]

    def denial_set(self, owner):
        return owner, dns.rdatatype.NSEC3 if self.denial.nsec3 else dns.rdatatype.NSEC

    # ---- signatures ----

    def sign(self):
        types = self.types()
        for (owner, kind), rrset in self.sets.items():
            if owner not in types or (self.is_cut(owner, types[owner]) and kind not in (dns.rdatatype.DS, dns.rdatatype.NSEC)):
                continue
            self.signatures[owner, kind] = [rrsig(owner, rrset, key, self.name, self.now) for key in self.keys]

    def text(self):
        lines = []
        for (owner, kind), rrset in self.sets.items():
            lines += [f"{owner} {TTL} IN {dns.rdatatype.to_text(kind)} {record}" for record in rrset]
        for (owner, _), signatures in self.signatures.items():
            lines += [f"{owner} {TTL} IN RRSIG {signature}" for signature in signatures]
        # the SOA first, as some servers want it
        return "\n".join(sorted(lines, key=lambda line: " SOA " not in line[:300] or " RRSIG " in line)) + "\n"
