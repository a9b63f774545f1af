"""Networks of namespaces: hosts joined by veth pairs, IPv4 and IPv6, forwarding where told.

    with Network() as net:
        client, r1, server = net.host("client"), net.router("r1"), net.host("server")
        net.link(client, r1)
        net.link(r1, server)
        net.route()
        client.run("ping", "-c1", server.v4)

Link n has 10.77.n.0/24 and fd77:n::/64; the first end is .1, the second .2. Needs root. Names of namespaces carry the
process id, and everything goes when the block ends, the programs started in it first.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import kept

SYSCTLS = {
    # No waiting for duplicate addresses, no limits on how many ICMP errors a router may send.
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.dad_transmits": 0,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
}


def command(*words, check=True, **more):
    done = subprocess.run([str(w) for w in words], text=True, capture_output=True, **more)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Host:
    def __init__(self, net, name, forwards):
        self.net, self.name = net, name
        self.space = f"imt{os.getpid()}-{name}"
        self.links = []  # (link number, interface, IPv4, IPv6, neighbour)
        command("ip", "netns", "add", self.space)
        for key, value in SYSCTLS.items():
            self.sysctl(key, value)
        self.run("ip", "link", "set", "lo", "up")
        if forwards:
            self.sysctl("net.ipv4.ip_forward", 1)
            self.sysctl("net.ipv6.conf.all.forwarding", 1)
        self.forwards = forwards

    @property
    def v4(self):
        return self.links[0][2]

    @property
    def v6(self):
        return self.links[0][3]

    def towards(self, neighbour, family=4):
        """This host's address on its link to a neighbour."""
        return next(link[family // 2] for link in self.links if link[4] is neighbour)

    def interface(self, neighbour):
        return next(link[1] for link in self.links if link[4] is neighbour)

    def run(self, *words, **more):
        return command("ip", "netns", "exec", self.space, *words, **more)

    def ip(self, *words):
        """`ip` with both families' routes: Host.ip(6, "route", "add", ...)."""
        family, *rest = words
        return command("ip", f"-{family}", "-n", self.space, *rest)

    def sysctl(self, key, value):
        self.run("sysctl", "-q", "-w", f"{key}={value}")

    def nft(self, text):
        self.run("nft", "-f", "-", input=text)

    def counter(self, name):
        """Octets, IP headers included, that an nft counter of table `inet count` has seen."""
        listed = json.loads(self.run("nft", "-j", "list", "counter", "inet", "count", name).stdout)
        return next(entry["counter"]["bytes"] for entry in listed["nftables"] if "counter" in entry)

    def start(self, *words, ready=None, **more):
        """A program that runs until the network goes; `ready` is polled until it is true."""
        log = self.net.folder / f"{self.name}-{pathlib.Path(str(words[0])).name}-{len(self.net.programs)}.log"
        with open(log, "w", encoding="utf-8") as out:
            program = subprocess.Popen(["ip", "netns", "exec", self.space, *map(str, words)], stdout=out, stderr=out,
                                       stdin=subprocess.DEVNULL, **more)
        self.net.programs.append(program)
        deadline = time.monotonic() + 10
        while ready and not ready():
            if program.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{words[0]} did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        return program

    def listens(self, port, kind="-lun"):
        return f":{port} " in self.run("ss", "-H", kind).stdout

    def resolver(self, address):
        """What /etc/resolv.conf says inside."""
        folder = pathlib.Path("/etc/netns") / self.space
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").write_text(f"nameserver {address}\n")


class Network:
    def __init__(self):
        self.hosts, self.programs, self.count = [], [], 0
        self.folder = kept.folder("imt-net-")  # for logs and configurations

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.programs:
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
        for program in self.programs:
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        for host in self.hosts:
            command("ip", "netns", "del", host.space, check=False)
            shutil.rmtree(pathlib.Path("/etc/netns") / host.space, ignore_errors=True)
        kept.leave(self.folder)

    def host(self, name):
        self.hosts.append(Host(self, name, False))
        return self.hosts[-1]

    def router(self, name):
        self.hosts.append(Host(self, name, True))
        return self.hosts[-1]

    def link(self, a, b):
        self.count += 1
        n = self.count
        ends = [(a, b, 1), (b, a, 2)]
        command("ip", "link", "add", f"v{n}a", "netns", a.space, "type", "veth",
                "peer", "name", f"v{n}b", "netns", b.space)
        for host, other, last in ends:
            name = f"v{n}{'ab'[last - 1]}"
            v4, v6 = f"10.77.{n}.{last}", f"fd77:{n}::{last}"
            host.ip(4, "addr", "add", f"{v4}/24", "dev", name)
            host.ip(6, "addr", "add", f"{v6}/64", "dev", name, "nodad")
            host.ip(4, "link", "set", name, "up")
            host.links.append((n, name, v4, v6, other))

    def route(self):
        """Static routes between all links by the shortest way, and fixed neighbours: no packet waits for ARP."""
        for host in self.hosts:
            first, queue = {host: None}, [host]
            while queue:  # breadth first; `first` holds the first hop on the way
                here = queue.pop(0)
                for link in here.links:
                    there = link[4]
                    if there not in first and (here is host or here.forwards):
                        first[there] = first[here] or there
                        queue.append(there)
            near = {link[0] for link in host.links}
            done = set()
            for there, via in first.items():
                for n, *_ in there.links if via else []:
                    if n in near or n in done:
                        continue
                    done.add(n)
                    for family, prefix in ((4, f"10.77.{n}.0/24"), (6, f"fd77:{n}::/64")):
                        host.ip(family, "route", "add", prefix, "via", via.towards(host, family))
        for host in self.hosts:
            for link in host.links:
                mac = link[4].run("cat", f"/sys/class/net/{link[4].interface(host)}/address").stdout.strip()
                for family in (4, 6):
                    host.ip(family, "neigh", "replace", link[4].towards(host, family), "lladdr", mac,
                            "dev", link[1], "nud", "permanent")
