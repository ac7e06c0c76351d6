"""A disk in memory that forgets at a power cut what was not synced, and can be made to fail at any step.

What it keeps of a file that was not synced is decided write by write: kept, torn at a sector, or lost, in
any mixture, so a hole is filled with zeros. Names (new files, renames, removals) of a folder survive up to
some point in their order, as in a journalling file system, unless the folder was synced.

``files`` of the store use it directly, SQLite through ``simulated_sqlite``: both see the same files.

Source:  the proportions are those of facts/security-and-reliability.md 1.5: 40 % kept, 20 % torn, 40 % lost.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, Self

from workstation.store.files import Bytes

SECTOR: Final = 512
KEPT, TORN = 0.4, 0.2

PLENTY: Final = 1 << 40


@dataclass(eq=False)
class Node:
    """A file's content: what was synced, what programs see, and the writes between the two."""

    durable: bytearray = field(default_factory=bytearray)
    current: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes]] = field(default_factory=list)  # offset −1: truncate to a size
    locks: dict[object, int] = field(default_factory=dict)  # SQLite's, by open file

    def write(self, offset: int, data: bytes) -> None:
        """Write, without syncing."""
        _write(self.current, offset, data)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        """Cut, without syncing."""
        _truncate(self.current, size)
        self.pending.append((-1, size.to_bytes(8, "big")))

    def sync(self) -> None:
        """Make everything written durable."""
        self.durable = bytearray(self.current)
        self.pending = []

    def lose_power(self, random: Random) -> None:
        """Keep what was synced, and of the rest what chance leaves."""
        for offset, data in self.pending:
            chance = random.random()
            if chance >= KEPT + TORN:
                continue
            if offset < 0:
                _truncate(self.durable, int.from_bytes(data, "big"))
            else:
                whole = len(data) if chance < KEPT else _torn(offset, data, random)
                _write(self.durable, offset, data[:whole])
        self.current = bytearray(self.durable)
        self.pending = []


@dataclass
class Fault:
    """At which step the disk fails, how, and whether it goes on failing."""

    at: int
    code: int
    lasts: bool = False

    def hits(self, step: int) -> bool:
        """Say whether a step fails."""
        return step == self.at or (self.lasts and step > self.at)


class SimulatedDisk:
    """Files and folders by path; every step that changes something is counted and may fail."""

    def __init__(self, *, sync_lies: bool = False) -> None:
        self._guard = threading.RLock()
        self._names: dict[str, Node] = {}
        self._durable_names: dict[str, Node] = {}
        self._unsynced: dict[str, list[Callable[[dict[str, Node]], None]]] = {}
        self._folders: set[str] = set()
        self._sync_lies = sync_lies
        self.steps = 0
        self.fault: Fault | None = None
        self.cut_at: int | None = None
        self.is_dead = False
        self.capacity = PLENTY

    # ---- failing

    def step(self, *, needs_room: bool = False) -> None:
        """Count a step that changes something; raise if it is the one that fails."""
        with self._guard:
            self.check_alive()
            self.steps += 1
            if self.cut_at is not None and self.steps >= self.cut_at:
                self.is_dead = True  # this very step may or may not reach the disk
            fault = self.fault
            if fault and fault.hits(self.steps) and (fault.code == errno.EIO or needs_room):
                raise OSError(fault.code, os.strerror(fault.code))

    def check_alive(self) -> None:
        """Raise once the power is gone."""
        if self.is_dead:
            raise OSError(errno.EIO, "the power is gone")

    def take_room(self, size: int) -> None:
        """Raise if the disk has no room for so much more."""
        if self.used() + size > self.capacity:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def used(self) -> int:
        """Return how many bytes all files have."""
        return sum(len(node.current) for node in self._names.values())

    def holds(self, text: bytes) -> bool:
        """Say whether some bytes stand in any file or name, in plain or as UTF-16."""
        wide = text.decode().encode("utf-16-le")
        contents = [bytes(node.current) for node in self._names.values()] + [
            name.encode() for name in self._names
        ]
        return any(form in content for form in (text, wide) for content in contents)

    def restart(self, random: Random) -> None:
        """Cut the power, if it isn't gone yet, and come back with what chance has left."""
        names = dict(self._durable_names)
        for changes in self._unsynced.values():
            for change in changes[: random.randint(0, len(changes))]:
                change(names)
        for node in dict.fromkeys(names.values()):
            node.lose_power(random)
            node.locks = {}
        self._names, self._durable_names, self._unsynced = names, dict(names), {}
        self.come_back()

    def come_back(self) -> None:
        """Let the disk work again, with everything on it as programs saw it."""
        self.is_dead, self.cut_at, self.fault = False, None, None

    # ---- names

    def node(self, path: str) -> Node | None:
        """Return a file by its name."""
        return self._names.get(path)

    def link(self, path: str, node: Node) -> None:
        """Give a file a name."""
        self._rename(path, lambda names: names.__setitem__(path, node))

    def unlink(self, path: str) -> None:
        """Take a name away."""
        self._rename(path, lambda names: names.pop(path, None))

    def sync_names(self, folder: str) -> None:
        """Make the names of a folder durable."""
        if self._sync_lies:
            return
        with self._guard:
            for change in self._unsynced.pop(folder, []):
                change(self._durable_names)

    def sync_node(self, node: Node) -> None:
        """Make a file's content durable."""
        if not self._sync_lies:
            node.sync()

    def _rename(self, path: str, change: Callable[[dict[str, Node]], object]) -> None:
        def apply(names: dict[str, Node]) -> None:
            change(names)

        with self._guard:
            apply(self._names)
            self._unsynced.setdefault(str(Path(path).parent), []).append(apply)

    # ---- Files

    def create(self, path: Path) -> SimulatedHandle:
        """Make a new file; one that exists is an error."""
        self.step(needs_room=True)
        with self._guard:
            if str(path) in self._names:
                raise FileExistsError(errno.EEXIST, "exists")
            node = Node()
            self.link(str(path), node)
        self.check_alive()
        return SimulatedHandle(self, node)

    def open(self, path: Path, *, write: bool = False) -> SimulatedHandle:
        """Open a file that exists."""
        self.check_alive()
        node = self.node(str(path))
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "no such file")
        return SimulatedHandle(self, node, writable=write)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file its name, in place of whatever had it."""
        self.step(needs_room=True)
        node = self._names[str(old)]

        def change(names: dict[str, Node]) -> None:
            names.pop(str(old), None)
            names[str(new)] = node

        self._rename(str(new), change)
        if old.parent != new.parent:
            self._unsynced.setdefault(str(old.parent), []).append(lambda names: _forget(names, str(old)))
        self.check_alive()

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        self.check_alive()
        if str(path) in self._names:
            self.step()
            self.unlink(str(path))
            self.check_alive()

    def make_folder(self, path: Path) -> bool:
        """Make a folder; folders survive every cut, only names in them don't."""
        self.check_alive()
        if str(path) in self._folders:
            return False
        self.step(needs_room=True)
        self._folders.add(str(path))
        self.check_alive()
        return True

    def remove_folder(self, path: Path) -> None:
        """Remove a folder if it is there and empty."""
        self.check_alive()
        if str(path) in self._folders:
            if self.names(path):
                raise OSError(errno.ENOTEMPTY, "not empty")
            self.step()
            self._folders.discard(str(path))
            self.check_alive()

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        self.step(needs_room=True)
        if not self.is_dead:
            self.sync_names(str(path))
        self.check_alive()

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder."""
        self.check_alive()
        start = f"{folder}/"
        with self._guard:
            found = {
                name[len(start) :].split("/")[0]
                for name in (*self._names, *self._folders)
                if name.startswith(start)
            }
        return sorted(found)

    def exists(self, path: Path) -> bool:
        """Say whether there is something of this name."""
        self.check_alive()
        return str(path) in self._names or str(path) in self._folders

    def allocate(self, path: Path, size: int) -> None:
        """Make a new file that takes up room."""
        with self.create(path) as handle:
            handle.append(bytes(size))

    def free(self, folder: Path) -> int:
        """Return how much room there is."""
        self.check_alive()
        return self.capacity - self.used() if self.exists(folder) else 0


class SimulatedHandle:
    """An open file of the simulated disk."""

    def __init__(self, disk: SimulatedDisk, node: Node, *, writable: bool = True) -> None:
        self._disk = disk
        self._node = node
        self._writable = writable

    def append(self, data: Bytes) -> None:
        """Write all of it at the end."""
        self._disk.step(needs_room=True)
        if not self._writable:
            raise OSError(errno.EBADF, "not open for writing")
        self._disk.take_room(len(data))
        self._node.write(len(self._node.current), bytes(data))
        self._disk.check_alive()

    def read_into(self, offset: int, out: memoryview) -> int:
        """Fill the buffer from an offset on."""
        self._disk.check_alive()
        part = self._node.current[offset : offset + len(out)]
        out[: len(part)] = part
        return len(part)

    def size(self) -> int:
        """Return how long the file is."""
        self._disk.check_alive()
        return len(self._node.current)

    def truncate(self, size: int) -> None:
        """Cut the file."""
        self._disk.step()
        self._node.truncate(size)
        self._disk.check_alive()

    def sync(self) -> None:
        """Make what was written durable."""
        self._disk.step(needs_room=True)
        if not self._disk.is_dead:
            self._disk.sync_node(self._node)
        self._disk.check_alive()

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _forget(names: dict[str, Node], path: str) -> None:
    names.pop(path, None)


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if offset > len(content):
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _truncate(content: bytearray, size: int) -> None:
    if size > len(content):
        content.extend(bytes(size - len(content)))
    del content[size:]


def _torn(offset: int, data: bytes, random: Random) -> int:
    """Return how much of a write arrived, up to the end of some sector."""
    ends = range(SECTOR - offset % SECTOR, len(data), SECTOR)
    return random.choice(ends) if ends else 0
