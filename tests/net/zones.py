"""A small world of DNS: a signed root with zones below it, some of them broken on purpose, and servers that carry it.

Every server has an address of its own inside one namespace; ZONES says what is where.
"""
import pathlib
import re

from topology import command

SERVER = "10.78.0."
KNOT, BIND, NSD = SERVER + "1", SERVER + "2", SERVER + "3"
STALE = SERVER + "4"  # NSD too; no resolver of this world asks it
VALIDATING, PLAIN, REWRITING, BLOCKING = (SERVER + n for n in ("10", "11", "12", "13"))
WHOAMI = SERVER + "50"
BROKEN = {what: f"{SERVER}{100 + n}" for n, what in enumerate(
    "good silent drops formerr noopt opt echo version version1 mbz nodo nosoa noaa big truncated malformed tc reset id"
    " servfail tcreset flags opts cookie".split())}
FLOOD = SERVER + "200"  # broken, too; a zone has no more servers than are tested

HEAD = """$ORIGIN {zone}
$TTL 300
@ SOA ns.{zone} root.{zone} {serial} 3600 600 86400 300
@ NS ns.{zone}
"""
LEAF = HEAD + """ns.{zone} A {server}
ns.{zone} AAAA {server6}
www A 192.0.2.1
alias CNAME www
far CNAME www.clean.essai.
deep.empty A 192.0.2.2
*.wild A 192.0.2.3
"""
# what validators once disagreed about: wildcards, aliases made by them and by DNAME, cuts
MORE = """wc CNAME www
*.wc CNAME www
*.wc2 CNAME x.wild
toplain CNAME www.plain.essai.
tonothing CNAME gone.plain.essai.
a.*.ent A 192.0.2.9
ins NS ns.ins
ns.ins A 10.78.0.99
loopa CNAME loopb
loopb CNAME loopa
dn DNAME sub
www.sub A 192.0.2.8
"""


def six(address):
    return "fd78::" + address.rsplit(".", 1)[1]


def leaf(zone, server, serial=1):
    return LEAF.format(zone=zone, server=server, server6=six(server), serial=serial)


FOUR = (("ns", "A", KNOT), ("ns2", "A", BIND), ("ns3", "A", STALE), ("ns4", "AAAA", six(KNOT)))


class Zones:
    """Files of zones in a folder: NAME.zone as written, NAME.signed with signatures."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.keys = {}

    def path(self, zone, kind="signed"):
        return self.folder / f"{zone if zone != '.' else 'root.'}{kind}"

    def key(self, zone):
        made = command("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", "-K", self.folder, zone).stdout.strip()
        self.keys.setdefault(zone, made)
        return made

    def ds(self, key):
        return command("dnssec-dsfromkey", "-2", self.folder / f"{key}.key").stdout.strip() + "\n"

    def sign(self, zone, text, *options):
        key = self.keys.get(zone) or self.key(zone)
        self.path(zone, "zone").write_text(text + (self.folder / f"{key}.key").read_text())
        command("dnssec-signzone", "-q", "-P", "-z", "-o", zone, "-O", "full", "-d", self.folder, *options,
                "-f", self.path(zone), self.path(zone, "zone"), self.folder / f"{key}.private")
        return self.path(zone).read_text()

    def anchor(self):
        path = self.folder / "anchor"
        path.write_text(self.ds(self.keys["."]))
        return path


def without(text, pattern):
    """The lines of a zone of which none matches."""
    kept = [line for line in text.splitlines() if not re.search(pattern, line)]
    assert len(kept) < len(text.splitlines()), pattern
    return "\n".join(kept) + "\n"


def write(folder):
    """All zones; returns their names as knot serves them, and the trust anchor's file."""
    z = Zones(folder)
    leaves = ["clean.essai.", "expired.essai.", "wrongds.essai.", "nonsec.essai.", "nsec3.essai.", "out.essai.",
              "future.essai.", "oldsoa.essai."]
    below = "cut.alias.clean.essai."  # a signed zone below an alias
    z.sign(below, leaf(below, KNOT))
    cut = f"{below} NS ns.{below}\nns.{below} A {KNOT}\n" + z.ds(z.keys[below])
    for zone in leaves:
        text = leaf(zone, KNOT) + (MORE if zone in ("clean.essai.", "nsec3.essai.", "out.essai.") else "")
        options = {"nsec3.essai.": ("-3", "-"), "out.essai.": ("-3", "-", "-A")}
        z.sign(zone, text + (cut if zone == "clean.essai." else ""), *options.get(zone, ()))
    for zone, server in (("knot.essai.", KNOT), ("bind.essai.", BIND), ("nsd.essai.", NSD)):
        z.sign(zone, leaf(zone, server))
    z.path("plain.essai.").write_text(
        leaf("plain.essai.", KNOT) + "tosigned CNAME x.wild.clean.essai.\ntobogus CNAME www.expired.essai.\n"
        "tooptout CNAME y.wc.out.essai.\n")

    # one signature of yesterday, one of tomorrow
    old, new = ("-s", "now-172800", "-e", "now-86400"), ("-s", "now+86400", "-e", "now+172800")
    for zone, owner, kind, when in (("expired.essai.", "www.", "A", old), ("future.essai.", "www.", "A", new), ("oldsoa.essai.", "", "SOA", old)):
        pattern = rf"{owner}{zone}\s.*RRSIG\s+{kind}\s"
        good = z.path(zone).read_text()
        bad = z.sign(zone, leaf(zone, KNOT), *when)
        line = next(line for line in bad.splitlines() if re.match(pattern, line))
        z.path(zone).write_text(without(good, f"^{pattern}") + line + "\n")
    # four servers, one of which still has the signatures of last week
    four = HEAD.format(zone="four.essai.", serial=1) + "www A 192.0.2.1\nalias CNAME www\nfar CNAME www.clean.essai.\n"
    four += "".join(f"four.essai. NS {name}.four.essai.\n{name}.four.essai. {kind} {address}\n" for name, kind, address in FOUR)
    z.sign("four.essai.", four, "-s", "now-864000", "-e", "now-86400")
    z.path("four.essai.").rename(z.path("four.essai.", "stale"))
    z.sign("four.essai.", four)
    nonsec = z.path("nonsec.essai.")
    nonsec.write_text(without(nonsec.read_text(), r"^www\.nonsec\.essai\.\s.*\s(NSEC|RRSIG\s+NSEC)\s"))

    test = HEAD.format(zone="essai.", serial=1) + f"ns.essai. A {KNOT}\nns.essai. AAAA {six(KNOT)}\n"
    servers = {"bind.essai.": BIND, "nsd.essai.": NSD, "whoami.essai.": WHOAMI}
    for zone in [*leaves, "knot.essai.", "bind.essai.", "nsd.essai.", "plain.essai.", "whoami.essai."]:
        server = servers.get(zone, KNOT)
        test += f"{zone} NS ns.{zone}\nns.{zone} A {server}\n"
        if zone != "whoami.essai.":
            test += f"ns.{zone} AAAA {six(server)}\n"
        if zone == "wrongds.essai.":
            test += z.ds(z.key("other.essai.")).replace("other.essai.", zone)
        elif zone not in ("plain.essai.", "whoami.essai."):
            test += z.ds(z.keys[zone])
    test += "".join(f"four.essai. NS {name}.four.essai.\n{name}.four.essai. {kind} {address}\n" for name, kind, address in FOUR)
    test += z.ds(z.keys["four.essai."])
    # sick.essai: a server that does not serve it, one without address, lists and serials that differ
    test += f"sick.essai. NS ns.sick.essai.\nsick.essai. NS gone.sick.essai.\nsick.essai. NS lame.sick.essai.\n"
    test += f"ns.sick.essai. A {BIND}\nlame.sick.essai. A {KNOT}\n"
    z.path("sick.essai.").write_text(HEAD.format(zone="sick.essai.", serial=7) + f"ns.sick.essai. A {BIND}\n"
                                     f"sick.essai. NS second.sick.essai.\nsecond.sick.essai. A {NSD}\n"
                                     f"lame.sick.essai. A {KNOT}\n")
    z.path("sick.essai.", "second").write_text(z.path("sick.essai.").read_text().replace(" 7 ", " 8 "))
    z.sign("essai.", test)
    root = HEAD.format(zone=".", serial=1).replace("ns..", "ns.root.").replace("root..", "root.root.")
    root = root.replace("$ORIGIN .\n", "").replace("@ ", ". ")
    root += f"ns.root. A {KNOT}\nns.root. AAAA {six(KNOT)}\n"
    root += f"essai. NS ns.essai.\nns.essai. A {KNOT}\nns.essai. AAAA {six(KNOT)}\n" + z.ds(z.keys["essai."])
    z.sign(".", root)
    return z, [".", "essai.", *leaves, below, "four.essai.", "knot.essai.", "plain.essai."]
