"""``work.journal``: every change of class A, sealed, linked and synced before ``work.db`` takes it.

Two files that hold the same work, written one after the other: what a power cut, a bad block or an
accident takes from one is read back from the other. The journal starts with a snapshot (all rows as they
stood at one transaction) and goes on with one frame for each transaction since; so it alone is enough to
build ``work.db`` again. When its tail has outgrown the snapshot it is written anew.

    bytes   header                          bytes   frame
    8       magic ``LUMENJNL``              4       length of what follows
    2       version, 1                      n       sealed (security.ciphers)
    8       key id                                  1   kind: 1 rows, 2 end of snapshot, 3 transaction
    32      salt                                    8   transaction number
                                                    2   version of work.db's schema
                                                    …   changes (changes.pack); at the end of a snapshot
                                                        the link that work.db holds

A frame is sealed to the link of the one before, and the header begins the chain: frames that were
altered, left out, put in or brought from another journal don't open. Reading stops at the first that
doesn't. Whether that is the unfinished end of a write that nobody was told of, or damage, only the number
in ``work.db`` tells: ``work`` decides.

Units:   integers are big-endian; a link is 32 bytes.
Errors:  DiskFull and DiskFailed when a frame could not be added; the journal is then as it was before,
         or ``is_broken`` says that it must be written anew. WrongKey if another key's journal is here.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from workstation.security import SealBroken, WrongKey, derive, seal, unseal
from workstation.security.ciphers import SEAL_OVERHEAD, Key, key_id
from workstation.store.changes import Change, Put, pack, unpack
from workstation.store.errors import StoreDamaged, StoreTooNew
from workstation.store.files import Files, Handle, translated, write_temporary

_MAGIC: Final = b"LUMENJNL"
_VERSION: Final = 1
_HEADER: Final = struct.Struct(">8sH8s32s")
_LENGTH: Final = struct.Struct(">I")
_FRAME: Final = struct.Struct(">BQH")
_SMALLEST: Final = SEAL_OVERHEAD + _FRAME.size
_PURPOSE: Final = b"lumen/work.journal/v1"

_ROWS_A_FRAME: Final = 256
_BYTES_A_FRAME: Final = 4 << 20  # of bodies in the rows of a snapshot, unless a single one has more
_LEAST_TAIL: Final = 4 << 20  # below this it isn't worth writing a journal anew


class Kind(IntEnum):
    """What a frame holds."""

    ROWS = 1
    SNAPSHOT_ENDS = 2
    TRANSACTION = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One verified frame, and where it ends in the file."""

    kind: Kind
    number: int
    schema: int
    body: bytes
    link: bytes
    end: int

    @property
    def mark(self) -> bytes:
        """Return what ``work.db`` holds beside this number: the link that it was first written with."""
        return self.body if self.kind is Kind.SNAPSHOT_ENDS else self.link

    def changes(self) -> list[Change]:
        """Return what it says."""
        return [] if self.kind is Kind.SNAPSHOT_ENDS else unpack(self.body)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rows of ``work.db`` as of one transaction."""

    number: int
    schema: int
    mark: bytes  # that ``work.db`` holds beside the number
    rows: Iterable[Put]


class Journal:
    """An open journal, ready for the next transaction."""

    def __init__(self, handle: Handle, key: bytes, path: Path, last: Frame, snapshot_end: int) -> None:
        self._handle = handle
        self._key = key
        self._path = path
        self._snapshot_end = snapshot_end
        self._end = last.end
        self._before: tuple[int, bytes] = (last.end, last.link)
        self.link = last.link
        self.is_broken = False

    @property
    def wants_rewriting(self) -> bool:
        """Say whether the tail has outgrown the snapshot."""
        return self._end - self._snapshot_end > max(_LEAST_TAIL, self._snapshot_end)

    def append(self, number: int, schema: int, changes: Sequence[Change]) -> None:
        """Add a transaction and return when it survives a power cut."""
        frame, link = _sealed(self._key, self.link, Kind.TRANSACTION, number, schema, pack(changes))
        try:
            with translated(str(self._path)):
                self._handle.append(frame)
                self._handle.sync()
        except BaseException:
            self._cut_back(self._end)
            raise
        self._before = (self._end, self.link)
        self._end += len(frame)
        self.link = link

    def withdraw(self) -> None:
        """Take the last transaction out again: ``work.db`` could not take it."""
        self._end, self.link = self._before
        self._cut_back(self._end)

    def close(self) -> None:
        """Let go of the file."""
        self._handle.close()

    def _cut_back(self, end: int) -> None:
        try:
            self._handle.truncate(end)
            self._handle.sync()
        except OSError:
            self.is_broken = True


@dataclass(slots=True)
class Reading:
    """What a journal holds, as far as it verifies; filled while ``frames`` runs."""

    handle: Handle
    path: Path
    key: bytes
    header: bytes
    last: Frame | None = None
    snapshot: Frame | None = None
    is_whole: bool = False  # it verifies to its very end

    @property
    def number(self) -> int:
        """Return the last transaction that can be read; -1 if not even the snapshot can."""
        return self.last.number if self.last and self.snapshot else -1

    def frames(self) -> Iterator[Frame]:
        """Yield frame by frame up to the end or to the first that doesn't verify."""
        self.last = self.snapshot = None
        self.is_whole = False
        link, position, size = hashlib.sha256(self.header).digest(), _HEADER.size, self.handle.size()
        while position < size:
            frame = _read_frame(self.handle, self.key, link, position)
            if frame is None:
                return
            link, position = frame.link, frame.end
            if frame.kind is Kind.SNAPSHOT_ENDS:
                self.snapshot = frame
            self.last = frame
            yield frame
        self.is_whole = True

    def go_on(self) -> Journal:
        """Return the journal to add to, without what stands after its last good frame."""
        assert self.last is not None  # noqa: S101 - the caller has looked at number
        assert self.snapshot is not None  # noqa: S101
        with translated(str(self.path)):
            if self.handle.size() > self.last.end:
                self.handle.truncate(self.last.end)
                self.handle.sync()
        return Journal(self.handle, self.key, self.path, self.last, self.snapshot.end)


def journal_key(kek: Key) -> bytes:
    """Return the key of a store's journal."""
    return derive(kek, _PURPOSE)


def write_journal(
    files: Files, path: Path, key: bytes, snapshot: Snapshot, replacing: Journal | None = None
) -> Journal:
    """Write a journal that begins with a snapshot, in place of one that may be there."""
    header = _HEADER.pack(_MAGIC, _VERSION, key_id(key), secrets.token_bytes(32))
    with translated(str(path)):
        temporary = write_temporary(files, path, _journal_parts(key, header, snapshot))
        if replacing:
            replacing.close()  # Windows renames nothing over a file that is open
        files.rename(temporary, path)
        files.sync_folder(path.parent)
    reading = open_journal(files, path, key)
    for _ in reading.frames():
        pass
    return reading.go_on()


def open_journal(files: Files, path: Path, key: bytes) -> Reading:
    """Open a journal for reading; what it holds shows when its frames are gone through."""
    with translated(str(path)):
        handle = files.open(path, write=True)
    try:
        return Reading(handle, path, key, _read_header(handle, path, key))
    except BaseException:
        handle.close()
        raise


def _read_header(handle: Handle, path: Path, key: bytes) -> bytes:
    header = bytearray(_HEADER.size)
    if handle.read_into(0, memoryview(header)) < len(header):
        raise StoreDamaged("The journal is cut short", where=str(path))
    magic, version, identity, _ = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise StoreDamaged("The journal is damaged", where=str(path))
    if version != _VERSION:
        raise StoreTooNew(f"The journal has format {version}; this version knows {_VERSION}", where=str(path))
    if identity != key_id(key):
        raise WrongKey("The journal was sealed with another key", where=str(path))
    return bytes(header)


def _read_frame(handle: Handle, key: bytes, link: bytes, position: int) -> Frame | None:
    head = bytearray(_LENGTH.size)
    if handle.read_into(position, memoryview(head)) < len(head):
        return None
    (length,) = _LENGTH.unpack(head)
    start = position + len(head)
    if not _SMALLEST <= length <= handle.size() - start:
        return None
    sealed = bytearray(length)
    handle.read_into(start, memoryview(sealed))
    with contextlib.suppress(SealBroken, ValueError):
        plain = unseal(key, sealed, _associated(link))
        kind, number, schema = _FRAME.unpack_from(plain)
        body = plain[_FRAME.size :]
        return Frame(Kind(kind), number, schema, body, _next_link(link, sealed), start + length)
    return None


def _journal_parts(key: bytes, header: bytes, snapshot: Snapshot) -> Iterator[bytes]:
    yield header
    link = hashlib.sha256(header).digest()
    for rows in _batches(snapshot.rows):
        frame, link = _sealed(key, link, Kind.ROWS, snapshot.number, snapshot.schema, pack(rows))
        yield frame
    frame, _ = _sealed(key, link, Kind.SNAPSHOT_ENDS, snapshot.number, snapshot.schema, snapshot.mark)
    yield frame


def _batches(rows: Iterable[Put]) -> Iterator[list[Put]]:
    batch: list[Put] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row.row.values() if isinstance(value, bytes))
        if len(batch) == _ROWS_A_FRAME or size >= _BYTES_A_FRAME:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _sealed(
    key: bytes, link: bytes, kind: Kind, number: int, schema: int, body: bytes
) -> tuple[bytes, bytes]:
    """Return a frame as it stands in the file, and its link."""
    sealed = seal(key, _FRAME.pack(kind, number, schema) + body, _associated(link))
    return _LENGTH.pack(len(sealed)) + sealed, _next_link(link, sealed)


def _associated(link: bytes) -> bytes:
    return _PURPOSE + link


def _next_link(link: bytes, sealed: bytes | bytearray) -> bytes:
    return hashlib.sha256(link + sealed).digest()
