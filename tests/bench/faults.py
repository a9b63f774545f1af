"""The catalogue of what tests/bench/validator breaks in a zone: one of these each. A stage says when: `records` before the zone
denies, `denial` before it signs, `signatures` afterwards, `ds` of what its parent says of it."""
import dns.rdatatype

from signed import HOUR, UNKNOWN, Key, rdata, rrsig

DAY = 24 * HOUR
CATALOGUE = {}  # name → (stage, function of the case)


def fault(stage):
    def register(function):
        CATALOGUE[function.__name__] = stage, function
        return function
    return register


# ---- signatures ----

def again(case, **other):
    """The victim's signature made anew, with other fields."""
    owner, kind = case.victim
    case.leaf.signatures[case.victim] = [rrsig(owner, case.leaf.sets[case.victim], case.key, case.leaf.name, case.leaf.now, **other)]


def broken(signature):
    wrong = bytearray(signature.signature)
    wrong[len(wrong) // 2] ^= 0x10
    return signature.replace(signature=bytes(wrong))


@fault("signatures")
def expired(case):
    again(case, inception=case.leaf.now - 3 * DAY, expiration=case.leaf.now - DAY)


@fault("signatures")
def not_yet_valid(case):
    again(case, inception=case.leaf.now + DAY, expiration=case.leaf.now + 3 * DAY)


@fault("signatures")
def long_lived(case):
    """Past January 2038, which is right."""
    again(case, expiration=0x80000000 + 1000)


@fault("signatures")
def wrong_signature(case):
    case.leaf.signatures[case.victim] = [broken(case.leaf.signatures[case.victim][0])]


@fault("signatures")
def cut_signature(case):
    good = case.leaf.signatures[case.victim][0]
    case.leaf.signatures[case.victim] = [good.replace(signature=good.signature[:-3])]


@fault("signatures")
def rrsig_missing(case):
    del case.leaf.signatures[case.victim]


@fault("signatures")
def signatures_missing(case):
    case.leaf.signatures.clear()


@fault("signatures")
def bad_before_good(case):
    case.leaf.signatures[case.victim].insert(0, broken(case.leaf.signatures[case.victim][0]))


@fault("signatures")
def expired_beside_good(case):
    good = case.leaf.signatures[case.victim]
    again(case, inception=case.leaf.now - 3 * DAY, expiration=case.leaf.now - DAY)
    case.leaf.signatures[case.victim] += good


@fault("signatures")
def labels_more(case):
    again(case, labels=len(case.victim[0]) + 1)


@fault("signatures")
def labels_fewer(case):
    """As if it came from a wildcard one label up; below the zone's own for its apex."""
    again(case, labels=max(len(case.victim[0]) - 2 - case.victim[0].is_wild(), 0))


@fault("signatures")
def wrong_tag(case):
    again(case, key_tag=case.key.tag ^ 1)


@fault("signatures")
def wrong_algorithm(case):
    again(case, algorithm=13 if case.key.algorithm != 13 else 8)


@fault("signatures")
def wrong_signer(case):
    owner, _ = case.victim
    case.leaf.signatures[case.victim] = [
        rrsig(owner, case.leaf.sets[case.victim], case.key, case.leaf.name.parent(), case.leaf.now)]


@fault("signatures")
def unknown_key(case):
    owner, _ = case.victim
    case.leaf.signatures[case.victim] = [
        rrsig(owner, case.leaf.sets[case.victim], case.other_key, case.leaf.name, case.leaf.now)]


@fault("signatures")
def denial_unsigned(case):
    del case.leaf.signatures[case.leaf.denial_set(case.leaf.denying(case.denied))]


@fault("signatures")
def denial_expired(case):
    case.victim = case.leaf.denial_set(case.leaf.denying(case.denied))
    expired(case)


# ---- keys ----

@fault("signatures")
def dnskey_missing(case):
    for kept in (case.leaf.sets, case.leaf.signatures):
        del kept[case.leaf.name, dns.rdatatype.DNSKEY]


def flagged(case, flags, protocol=3):
    key = case.key.with_flags(flags, protocol)
    case.leaf.keys = [key]
    del case.leaf.sets[case.leaf.name, dns.rdatatype.DNSKEY]
    case.leaf.put(case.leaf.name, "DNSKEY", key.rdata)
    case.ds[case.leaf.name] = [key.ds(case.leaf.name)]


@fault("records")
def key_of_no_zone(case):
    flagged(case, 1)


@fault("records")
def key_revoked(case):
    flagged(case, 257 | 0x80)


@fault("records")
def key_protocol(case):
    flagged(case, 257, 2)


@fault("records")
def key_without_sep(case):
    """SEP is a hint, no condition (RFC 4034 section 2.1.1): right."""
    flagged(case, 256)


@fault("records")
def two_keys(case):
    """One that the DS names and that signs the keys, one that signs the rest: right."""
    case.leaf.put(case.leaf.name, "DNSKEY", case.other_key.rdata)
    case.split = True


@fault("records")
def algorithm_unknown(case):
    case.leaf.keys = [Key(UNKNOWN)]
    del case.leaf.sets[case.leaf.name, dns.rdatatype.DNSKEY]
    case.leaf.put(case.leaf.name, "DNSKEY", case.leaf.keys[0].rdata)
    case.ds[case.leaf.name] = [case.leaf.keys[0].ds(case.leaf.name)]


# ---- denial ----

@fault("denial")
def denial_removed(case):
    case.leaf.sets.pop(case.leaf.denial_set(case.leaf.denying(case.denied)), None)


@fault("denial")
def wildcard_denial_removed(case):
    """What shows that the name asked for has no records of its own."""
    case.leaf.sets.pop(case.leaf.denial_set(case.leaf.denying(case.expanded)), None)


def rewritten(case, owner, change):
    """A denial with other words after its next name."""
    key = case.leaf.denial_set(owner)
    kind = dns.rdatatype.to_text(key[1])
    words = str(case.leaf.sets.pop(key)[0]).split()
    case.leaf.put(owner, kind, rdata(kind, " ".join(change(words))))


@fault("denial")
def bit_too_many(case):
    rewritten(case, case.leaf.denying(case.at("www")), lambda words: [*words, "AAAA"])


@fault("denial")
def bit_cname(case):
    rewritten(case, case.leaf.denying(case.at("www")), lambda words: [*words, "CNAME"])


@fault("denial")
def bit_dname(case):
    rewritten(case, case.leaf.denying(case.denied), lambda words: [*words, "DNAME"])


@fault("denial")
def bit_ns(case):
    rewritten(case, case.leaf.denying(case.denied), lambda words: [*words, "NS"])


@fault("denial")
def bit_missing(case):
    """The denial at the cut does not know that there is one."""
    rewritten(case, case.leaf.denying(case.at("cut")), lambda words: [word for word in words if word != "NS"])


@fault("denial")
def bit_soa_at_cut(case):
    rewritten(case, case.leaf.denying(case.at("cut")), lambda words: [*words, "SOA"])


@fault("denial")
def next_too_near(case):
    """The record that denies ends before the name that it should cover."""
    def change(words):
        if case.leaf.denial.nsec3:
            return [*words[:4], ("0" * 31 + "1") if words[4] != "0" * 31 + "1" else "0" * 31 + "2", *words[5:]]
        return [str(case.at("a")), *words[1:]]
    rewritten(case, case.leaf.denying(case.denied), change)


@fault("denial")
def hash_unknown(case):
    """RFC 5155 section 8.1: such records are left out, and nothing is denied."""
    if case.leaf.denial.nsec3:
        rewritten(case, case.leaf.denying(case.denied), lambda words: ["6", *words[1:]])


@fault("denial")
def flags_unknown(case):
    if case.leaf.denial.nsec3:
        rewritten(case, case.leaf.denying(case.denied), lambda words: [words[0], "2", *words[2:]])


# ---- DS ----

def change_ds(case, change):
    zone, key = case.led
    case.ds[zone] = change(zone, key)


@fault("ds")
def ds_missing(case):
    change_ds(case, lambda zone, key: [])


@fault("ds")
def ds_sha1_only(case):
    change_ds(case, lambda zone, key: [key.ds(zone, "SHA1")])


@fault("ds")
def ds_sha384(case):
    change_ds(case, lambda zone, key: [key.ds(zone, "SHA384")])


def spoilt(ds):
    return ds.replace(digest=bytes([ds.digest[0] ^ 1]) + ds.digest[1:])


@fault("ds")
def ds_digest_wrong(case):
    change_ds(case, lambda zone, key: [spoilt(key.ds(zone))])


@fault("ds")
def ds_sha1_wrong_beside(case):
    change_ds(case, lambda zone, key: [spoilt(key.ds(zone, "SHA1")), key.ds(zone)])


@fault("ds")
def ds_sha256_wrong_beside_sha1(case):
    """RFC 4509 section 3: SHA-1 counts for nothing beside SHA-256, so this is bogus."""
    change_ds(case, lambda zone, key: [key.ds(zone, "SHA1"), spoilt(key.ds(zone))])


@fault("ds")
def ds_tag_wrong(case):
    change_ds(case, lambda zone, key: [key.ds(zone).replace(key_tag=key.tag ^ 1)])


@fault("ds")
def ds_other_key(case):
    change_ds(case, lambda zone, key: [case.other_key.ds(zone)])


@fault("ds")
def ds_one_of_two(case):
    change_ds(case, lambda zone, key: [case.other_key.ds(zone), key.ds(zone)])


@fault("ds")
def ds_algorithm_unknown(case):
    change_ds(case, lambda zone, key: [key.ds(zone).replace(algorithm=UNKNOWN)])


@fault("ds")
def ds_algorithm_unknown_beside(case):
    change_ds(case, lambda zone, key: [key.ds(zone).replace(algorithm=UNKNOWN), key.ds(zone)])


@fault("ds")
def ds_algorithm_other(case):
    """Another algorithm than its key's, and one that is known: bogus."""
    change_ds(case, lambda zone, key: [key.ds(zone).replace(algorithm=13 if key.algorithm != 13 else 8)])


@fault("ds")
def ds_digest_unknown(case):
    change_ds(case, lambda zone, key: [key.ds(zone).replace(digest_type=99)])


@fault("ds")
def ds_unsigned(case):
    case.spoil_ds = lambda signatures: []


@fault("ds")
def ds_signature_wrong(case):
    case.spoil_ds = lambda signatures: [broken(signatures[0])]
