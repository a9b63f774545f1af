"""Machines that boot: Debian 12 under its own systemd, in containers that share a network of their own.

Everything lies in namespaces that end with the process that holds them, and that ends with its standard input: however the
tests end, no mount, interface or process of a machine is left. A machine's disk is what it changes of a base that all share.
"""
import contextlib
import shlex
import subprocess
from pathlib import Path

from conftest import wait_until
from debian import AS_ROOT
from terminal import Terminal

NETWORK = "198.51.100"
# What a machine has beside the packages under test: systemd to boot, and what README's reader has or installs.
HAS = ("systemd-sysv", "dbus", "sudo", "nginx", "logrotate")
USER = "koffi"
REBOOTS = 133  # what systemd-nspawn says to whoever keeps the machine running


def parents():
    """Process → its parent, of all that run."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return found


def descendant(pid, name):
    """The process of that name under this one, 0 when there is none yet."""
    tree = parents()
    for child in tree:
        at = child
        while at in tree and at != pid:
            at = tree[at]
        with contextlib.suppress(OSError):
            if at == pid and Path(f"/proc/{child}/comm").read_text().strip() == name:
                return child
    return 0


class Site:
    """A network of machines, on a bridge that only they are on."""

    def __init__(self, base, folder):
        self.base, self.folder = base, folder
        self.machines = []
        self.holder = subprocess.Popen([*AS_ROOT, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
                                        "--mount-proc", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.pid = wait_until(lambda: descendant(self.holder.pid, "cat"), what="the namespaces")
        self.run("mount", "-t", "tmpfs", "tmpfs", "/run")  # systemd-nspawn leaves folders there
        self.run("ip", "link", "add", "site", "type", "bridge")
        self.run("ip", "link", "set", "site", "up")

    def command(self, *words):
        return [*AS_ROOT, "nsenter", "-t", str(self.pid), "-m", "-n", "-p", *map(str, words)]

    def run(self, *words):
        done = subprocess.run(self.command(*words), text=True, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def boot(self, name):
        self.machines.append(Machine(self, name, f"{NETWORK}.{len(self.machines) + 1}"))
        return self.machines[-1]

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(30)
        for machine in self.machines:
            machine.console.wait(30)


class Machine:
    def __init__(self, site, name, address):
        self.site, self.name, self.address = site, name, address
        self.log = site.folder / f"{name}.log"
        self.root = site.folder / name / "root"
        for part in ("root", "work", "disk"):
            site.run("mkdir", "-p", "-m", "755", site.folder / name / part)
        site.run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={site.base},upperdir={site.folder / name / 'disk'},"
                 f"workdir={site.folder / name / 'work'}", self.root)
        for file, text in (("hostname", name), ("hosts", f"127.0.0.1 localhost {name}")):
            site.run("sh", "-c", f"echo {text} >{self.root}/etc/{file}")
        self.start()

    def start(self):
        with open(self.log, "wb") as log:
            self.console = subprocess.Popen(
                self.site.command("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--network-bridge=site",
                                  "--resolv-conf=off", "--timezone=off", f"--machine={self.name}", f"--directory={self.root}"),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def booted():
            assert self.console.poll() is None, self.log.read_text(errors="replace")
            self.leader = descendant(self.console.pid, "systemd")
            return self.leader and self.ask("systemctl", "is-system-running") in ("running", "degraded")

        wait_until(booted, 60, f"{self.name}'s boot")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "link", "set", "host0", "up")
        self.inside("ip", "addr", "replace", f"{self.address}/24", "dev", "host0")

    def reboot(self):
        self.ask("systemctl", "reboot")
        assert self.console.wait(60) == REBOOTS, self.log.read_text(errors="replace")
        self.start()

    def inside(self, *words, status=0):
        """This machine's own programs, in the container's network alone."""
        done = subprocess.run([*AS_ROOT, "nsenter", "-t", str(self.leader), "-n", *words], text=True, capture_output=True,
                              timeout=60, check=False)
        assert status in (done.returncode, None), done.stdout + done.stderr
        return done.stdout

    def command(self, *words, user="root"):
        become = [] if user == "root" else ["runuser", "-u", user, "--"]
        home = "/root" if user == "root" else f"/home/{user}"
        return [*AS_ROOT, "nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", f"--wd=/proc/{self.leader}/root", "--",
                "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", f"HOME={home}", *become, *map(str, words)]

    def ask(self, *words):
        """What it answered, whatever its exit status."""
        done = subprocess.run(self.command(*words), text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return done.stdout.strip()

    def run(self, *words, user="root", status=0, text=None):
        given = {"stdin": subprocess.DEVNULL} if text is None else {"input": text}
        done = subprocess.run(self.command(*words, user=user), text=True, capture_output=True, timeout=300, check=False, **given)
        assert status in (done.returncode, None), f"{self.name}: {shlex.join(map(str, words))}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def shell(self, line, **how):
        """As the user types it, in a folder of theirs."""
        return self.run("sh", "-c", f"cd ~ && {line}", **{"user": USER} | how)

    def type(self, line, answers):
        """The same at a terminal: question → what the person answers. All that was shown."""
        terminal = Terminal(self.command("sh", "-c", f"cd ~ && {line}", user=USER), None)
        for question, answer in answers:
            terminal.answer(question, answer)
        status = terminal.end()
        assert status == 0, terminal.text
        return terminal.text

    def knows(self, machine, *names):
        self.run("sh", "-c", f"echo {machine.address} {' '.join(names)} >>/etc/hosts")

    def give(self, path, to, owner=USER):
        """A file of this machine."""
        with open(path, "rb") as file:
            subprocess.run(self.command("tee", to), stdin=file, stdout=subprocess.DEVNULL, check=True, timeout=60)
        self.run("chown", owner, to)

    def write(self, path, text):
        self.run("tee", path, text=text)

    def read(self, path):
        return self.run("cat", path)

    def active(self, unit):
        return self.ask("systemctl", "is-active", unit)

    def get(self, url, *options):
        return self.inside("curl", "-sS", "--max-time", "30", *options, url)

    def status(self, url, *options):
        """0 when nobody answers."""
        return int(self.inside("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "30", *options, url, status=None))

    def ping_range(self):
        return " ".join(self.read("/proc/sys/net/ipv4/ping_group_range").split())
