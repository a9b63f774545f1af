"""A link of a topology.Network with delay, jitter, loss, rate, queue, duplication and reordering (see emulator.c).

    link = emulated_link(net, client, server, delay_ms=25, loss=0.05, seed=7)
    net.route()
    ...
    counts = link.report()["ab"]        # from client to server; "ba" is the way back
    link.set(delay_ms=5, ba_loss=0.2)   # other conditions; counters and generators start anew

Options hold for both directions, or for one with ab_ or ba_ in front. `_ms` is turned into the emulator's microseconds.
"""
import json
import os
import pathlib
import subprocess


def spell(options):
    for name, value in options.items():
        way = ""
        if name[:3] in ("ab_", "ba_"):
            way, name = name[:2] + ".", name[3:]
        if name.endswith("_ms"):
            name, value = name[:-3] + "_us", value * 1000
        yield f"{way}{name}={value:.12g}"


class EmulatedLink:
    def __init__(self, words):
        self.program = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.expect("ready")

    def expect(self, word):
        answer = self.program.stdout.readline().strip()
        if answer != word:
            raise RuntimeError(f"the emulator said {answer!r} instead of {word!r}")

    def ask(self, line):
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()

    def set(self, **options):
        """Changes options; those not named stay. Counters and generators start anew."""
        self.ask(" ".join(["set", *spell(options)]))
        self.expect("ok")

    def restart(self):
        self.set()

    def report(self):
        """Frames of each direction since the last set or restart. Housekeeping (ARP, neighbour discovery, multicast)
        is neither impaired nor counted with the rest."""
        self.ask("report")
        return json.loads(self.program.stdout.readline())


def emulated_link(net, a, b, **options):
    """Joins two hosts as net.link does. Fixed neighbours (net.route) or a ping before counting keep ARP out of the
    first packet's time."""
    net.count += 1
    n = net.count
    ends = [(a, b, f"e{n}a", 1), (b, a, f"e{n}b", 2)]
    emulator = pathlib.Path(os.environ["INTERNETMETRE_BUILD"]) / "tests/net/emulator"
    spaces = [word for host, _, device, _ in ends for word in (f"/run/netns/{host.space}", device)]
    link = EmulatedLink([emulator, *spaces, *spell(options)])
    net.programs.append(link.program)
    for host, other, device, last in ends:
        v4, v6 = f"10.77.{n}.{last}", f"fd77:{n}::{last}"
        host.ip(4, "addr", "add", f"{v4}/24", "dev", device)
        host.ip(6, "addr", "add", f"{v6}/64", "dev", device, "nodad")
        host.ip(4, "link", "set", device, "up")
        host.links.append((n, device, v4, v6, other))
    return link
