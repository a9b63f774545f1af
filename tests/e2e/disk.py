"""A disk that forgets: what a power failure may leave of a folder that several programs write to.

tests/power/lostwrites.c notes every change of the folder and every fsync; at a cut the changes that no fsync had made durable
are undone, or not, as chance has it:
  - octets: of each file all that came after its last fsync or fdatasync, by whomever, is there, or nothing of it, or what had
    been written up to a moment, or each sector of 512 octets for itself, with a size between the old and the new;
  - names: of those created, renamed and removed since their folder's last fsync none, the first few, or any.
ext4 promises more: it brings names to the disk in order, and all of them with any fsync. PostgreSQL counts on a part of that:
it makes the file of a table durable, never the folder that it stands in. So below postgresql/ an fsync of a file keeps the name
that it was created with, as ext4, XFS and btrfs do; elsewhere only the folder's own fsync does. Folders come and go durably."""

import collections
import contextlib
import mmap
import os
import random
import shutil
import signal
import stat
import struct
import time
from pathlib import Path

from agent import BUILD
from conftest import wait_until

LIBRARY = BUILD / "tests/power/lostwrites.so"
CONTROL = struct.Struct("=QQQII")  # operations, cut_at, log_len, dead, ready
CONTROL_SIZE, LOG_SIZE = 4096, 1 << 30
RECORD = struct.Struct("=IIQQQQ")
RANGE, SYNC, CREATE, REMOVE, RENAME, RMDIR = range(1, 7)
SECTOR = 512
TRUSTING = "postgresql"  # folders whose programs count on a file's fsync for its name

Change = collections.namedtuple("Change", "kind inode a b c rest")


class Disk:
    def __init__(self, root, seed):
        self.root, self.aside = root.resolve(), root.resolve().with_name(root.name + ".disk")
        self.chance = random.Random(seed)
        self.env = {"LD_PRELOAD": str(LIBRARY), "LOSTWRITES": str(self.root),
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        self.lost = collections.Counter()
        self.boot()

    # ---- power ----

    def boot(self):
        """What is there is durable."""
        shutil.rmtree(self.aside, ignore_errors=True)
        (self.aside / "kept").mkdir(parents=True)
        for name, size in (("control", CONTROL_SIZE), ("log", LOG_SIZE)):
            with open(self.aside / name, "wb") as file:
                file.truncate(size)
            (self.aside / name).chmod(0o666)
        self.aside.chmod(0o755)
        (self.aside / "kept").chmod(0o777)
        with open(self.aside / "control", "r+b") as file:
            self.control = mmap.mmap(file.fileno(), CONTROL_SIZE)

    def operations(self):
        return CONTROL.unpack_from(self.control)[0]

    def dead(self):
        return CONTROL.unpack_from(self.control)[3] == 1

    def cut_after(self, operations):
        """The power goes when so many more have been done."""
        struct.pack_into("=Q", self.control, 8, self.operations() + operations + 1)

    def processes(self):
        """Those that have the control file mapped, each a program on this disk."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"{self.aside}/control" in (folder / "maps").read_text():
                    found.append(int(folder.name))
        return [pid for pid in found if pid != os.getpid()]

    def kill_all(self):
        def none_left():
            pids = self.processes()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not pids

        wait_until(none_left, what="the end of all that ran on the disk")

    def cut(self, worst=False):
        """All stop at once, and the folder becomes what it may be after that; worst: all that may go does."""
        self.cut_after(0)
        until = time.monotonic() + 2
        while self.processes() and not self.dead() and time.monotonic() < until:
            time.sleep(0.01)
        self.kill_all()
        self.apply(worst)

    def apply(self, worst=False):
        changes = self.changes()
        self.choose_names(changes, worst)
        self.choose_octets(changes, worst)
        self.boot()

    def changes(self):
        length, found, at = CONTROL.unpack_from(self.control)[2], [], 0
        with open(self.aside / "log", "rb") as file:
            log = file.read(length)
        while at < length:
            kind, size, inode, a, b, c = RECORD.unpack_from(log, at)
            at += RECORD.size + size
            found.append(Change(kind, inode, a, b, c, log[at - size:at]))
        return found

    # ---- names ----

    def tree(self):
        """(inode of a folder, name in it) → inode, and the path of each folder."""
        names, folders, left = {}, {}, [self.root]
        while left:
            folder = left.pop()
            above = folder.stat().st_ino
            folders[above] = folder
            for entry in os.scandir(folder):
                mode = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(mode.st_mode):
                    left.append(Path(entry.path))
                if stat.S_ISDIR(mode.st_mode) or stat.S_ISREG(mode.st_mode):
                    names[above, entry.name] = mode.st_ino
        return names, folders

    def trusting(self, folder):
        return folder is not None and folder.relative_to(self.root).parts[:1] != () and \
            folder.relative_to(self.root).parts[0].split(".")[0] == TRUSTING

    def name_changes(self, changes, folders):
        """Those of folders that are still there, each with: was it made durable?"""
        found, synced, gone = [], set(), set()
        for change in reversed(changes):
            if change.kind == SYNC:
                synced.add(change.inode)
            elif change.kind == RMDIR:
                gone.add(change.inode)
            elif change.kind != RANGE and change.a not in gone:
                durable = change.a in synced or (change.kind == RENAME and change.b in synced)
                if change.kind == CREATE and self.trusting(folders.get(change.a)):
                    durable = durable or change.inode in synced
                names = [name.decode() for name in change.rest.split(b"\0")[:-1]]
                found.append((change, names, durable))
        return found[::-1]

    def choose_names(self, changes, worst):
        now, folders = self.tree()
        found = self.name_changes(changes, folders)
        before = dict(now)
        for change, names, _ in reversed(found):
            undo(before, change, names)
        mode = 0 if worst else self.chance.randrange(3)
        open_ones = [n for n, (_, _, durable) in enumerate(found) if not durable]
        first = self.chance.randint(0, len(open_ones))
        kept = {0: set(), 1: set(open_ones[:first]), 2: {n for n in open_ones if self.chance.random() < 0.5}}[mode]
        after = before
        for n, (change, names, durable) in enumerate(found):
            if durable or n in kept:
                redo(after, change, names)
            else:
                self.lost["names"] += 1
        self.realise(now, after, folders)

    def realise(self, now, after, folders):
        """Makes the folder's names those of `after`."""
        paths = {inode: folders[folder] / name for (folder, name), inode in now.items() if folder in folders}
        homes = {inode: key for key, inode in after.items() if inode in folders}
        for inode, (folder, name) in homes.items():
            if now.get((folder, name)) != inode:
                paths[inode].rename(folders[folder] / name)
        _, folders = self.tree()
        now, _ = self.tree()
        for (folder, name), inode in now.items():
            if inode not in folders and after.get((folder, name)) != inode:
                self.keep(folders[folder] / name, inode)
                (folders[folder] / name).unlink()
        for (folder, name), inode in after.items():
            if inode not in folders and folder in folders and now.get((folder, name)) != inode:
                os.link(self.aside / "kept" / str(inode), folders[folder] / name)

    def keep(self, path, inode):
        with contextlib.suppress(FileExistsError):
            os.link(path, self.aside / "kept" / str(inode))

    # ---- octets ----

    def choose_octets(self, changes, worst):
        names, folders = self.tree()
        paths = {inode: folders[folder] / name for (folder, name), inode in names.items() if inode not in folders}
        unsynced = {}
        for change in changes:
            if change.kind == RANGE:
                unsynced.setdefault(change.inode, []).append(change)
            elif change.kind == SYNC:
                unsynced.pop(change.inode, None)
        for inode, ranges in unsynced.items():
            if inode in paths:
                self.forget_some(paths[inode], ranges, 0 if worst else self.chance.randrange(4))

    def forget_some(self, path, ranges, mode):
        now = path.read_bytes()
        if mode == 0:
            left = rewound(now, ranges)
        elif mode == 1:
            left = rewound(now, ranges[self.chance.randint(0, len(ranges)):])
        elif mode == 2:
            left = self.torn(now, rewound(now, ranges), ranges)
        else:
            return
        if left != now:
            self.lost["files"] += 1
            with open(path, "r+b") as file:
                file.write(left)
                file.truncate(len(left))

    def torn(self, now, before, ranges):
        """Each sector that was written to is the new one or the old one."""
        size = self.chance.choice([len(before), len(now), self.chance.randint(*sorted((len(before), len(now))))])
        left = bytearray(max(len(now), len(before)))
        left[:len(now)] = now
        keep = self.chance.random()
        for sector in {n for r in ranges for n in range(r.a // SECTOR, (r.a + r.b + SECTOR - 1) // SECTOR)}:
            if self.chance.random() >= keep:
                old = before[sector * SECTOR:(sector + 1) * SECTOR]
                end = min(len(left), (sector + 1) * SECTOR)
                left[sector * SECTOR:end] = old.ljust(end - sector * SECTOR, b"\0")
                self.lost["sectors"] += 1
        return bytes(left[:size])


def undo(names, change, given):
    if change.kind == CREATE:
        names.pop((change.a, given[0]), None)
    elif change.kind == REMOVE:
        names[change.a, given[0]] = change.inode
    else:
        names.pop((change.b, given[1]), None)
        if change.c:
            names[change.b, given[1]] = change.c
        names[change.a, given[0]] = change.inode


def redo(names, change, given):
    """When it can be done: what it would have changed may not have come through."""
    if change.kind == CREATE:
        names[change.a, given[0]] = change.inode
    elif names.get((change.a, given[0])) == change.inode:
        del names[change.a, given[0]]
        if change.kind == RENAME:
            names[change.b, given[1]] = change.inode


def rewound(now, ranges):
    """The octets before these changes."""
    octets = bytearray(now)
    for r in reversed(ranges):
        end = r.a + len(r.rest)
        if len(octets) < end:
            octets.extend(bytes(end - len(octets)))
        octets[r.a:end] = r.rest
        if len(octets) < r.c:
            octets.extend(bytes(r.c - len(octets)))
        del octets[r.c:]
    return bytes(octets)
