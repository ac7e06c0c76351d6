"""Where DICOM files come from: folders, single files, zips and discs, walked without trust.

A person drops something on the window; every file in it is either a ``Source`` to examine or a
``Refusal`` with its reason, and nothing that one of them holds can lead outside of what was
dropped: links aren't followed, names inside a zip and references of a DICOMDIR are never paths.

Errors:  ``readinto`` raises MediaRefused; the walk itself raises nothing and goes on.
Source:  PS3.10 8 (media file sets), PS3.12 F (file IDs on discs).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from workstation.dicom.errors import DicomRefused, MediaRefused
from workstation.dicom.layout import PREAMBLE, looks_like_dicom
from workstation.dicom.limits import DEFAULT_LIMITS, GIB
from workstation.dicom.media import DIRECTORY_NAME, MAX_DIRECTORY, missing, referenced_files
from workstation.dicom.zips import Member, is_zip, members, unreadable

_HEAD: Final = PREAMBLE + 4
_MAX_DEPTH: Final = 64  # folders inside folders
_NO_TRAPS: Final = sum(  # where the system knows them: no links, no waiting for a pipe, no translation
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)


class Source(Protocol):
    """One file that may be a DICOM object."""

    @property
    def name(self) -> str:
        """Where it lies, for a person to read; never a path to open."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer from the file's start and return the bytes read; any thread may call it."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was left out, and why; ``expected`` if it just isn't a DICOM object."""

    name: str
    reason: str
    expected: bool = False


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on a disk."""

    path: Path
    name: str
    size: int

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer from the file's start and return the bytes read."""
        try:
            with open(self.path, "rb", buffering=0, opener=_open) as file:
                done = 0
                while done < len(buffer) and (count := file.readinto(buffer[done:])):
                    done += count
                return done
        except OSError as error:
            raise MediaRefused("The file can't be read", where=error.strerror or "") from error


Found = Source | Refusal


@dataclass(slots=True)
class _Trip:
    """What one walk has come by."""

    seen: set[tuple[int, int]] = field(default_factory=set)  # device and inode: a file is taken once
    names: list[str] = field(default_factory=list)
    directories: list[tuple[str, Source]] = field(default_factory=list)  # the DICOMDIR of a folder


def walk(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield every file under the paths, each once; a DICOMDIR stands for the folder around it."""
    trip = _Trip()
    for path in paths:
        start = path.parent if path.name.upper() == DIRECTORY_NAME else path
        try:
            start = start.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            yield Refusal(_shown(path.name), _reason(error))
            continue
        yield from _folder(start, trip) if start.is_dir() else _file(start, _shown(start.name), trip)
    yield from _missing(trip)


def _folder(root: Path, trip: _Trip) -> Iterator[Found]:
    waiting = [(root, _shown(root.name), 0)]
    while waiting:
        folder, name, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            yield Refusal(name, "Folders are nested too deep.")
            continue
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Refusal(name, _reason(error))
            continue
        for entry in entries:
            inside = f"{name}/{_shown(entry.name)}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), inside, depth + 1))
            else:
                yield from _file(Path(entry.path), inside, trip)


def _file(path: Path, name: str, trip: _Trip) -> Iterator[Found]:
    """Look at the first bytes of a file and say what it is."""
    trip.names.append(name)
    try:
        kind = path.lstat()
        if not stat.S_ISREG(kind.st_mode):
            yield Refusal(name, "This is a link or no file; it isn't followed.", expected=True)
            return
        with open(path, "rb", buffering=0, opener=_open) as file:
            status, head = os.fstat(file.fileno()), file.read(_HEAD)
    except OSError as error:
        yield Refusal(name, _reason(error))
        return
    if (status.st_dev, status.st_ino) in trip.seen:
        return
    trip.seen.add((status.st_dev, status.st_ino))
    if is_zip(head):
        yield from _zip(path, name, trip)
    else:
        yield from _looked_at(FileSource(path, name, status.st_size), head, trip)


def _zip(path: Path, name: str, trip: _Trip) -> Iterator[Found]:
    try:
        files = members(path, name)
    except DicomRefused as error:
        yield Refusal(name, str(error))
        return
    for member in files:
        trip.names.append(member.name)
        yield from _member(member, trip)


def _member(member: Member, trip: _Trip) -> Iterator[Found]:
    reason = unreadable(member.info)
    if reason:
        yield Refusal(member.name, reason)
        return
    head = bytearray(min(_HEAD, member.size))
    try:
        member.readinto(memoryview(head))
    except DicomRefused as error:
        yield Refusal(member.name, str(error))
        return
    if is_zip(bytes(head)):
        yield Refusal(member.name, "This is a zip inside a zip; unpack the outer one first.")
    else:
        yield from _looked_at(member, bytes(head), trip)


def _looked_at(source: Source, head: bytes, trip: _Trip) -> Iterator[Found]:
    """Tell a file that may be a DICOM object from every other one; a DICOMDIR is asked at the end."""
    folder, _, last = source.name.rpartition("/")
    if last.upper().split(".")[0].split(";")[0] == DIRECTORY_NAME and looks_like_dicom(head):
        trip.directories.append((folder, source))
    elif not looks_like_dicom(head):
        yield Refusal(source.name, "This is not a DICOM file.", expected=True)
    elif source.size > DEFAULT_LIMITS.total:
        yield Refusal(source.name, f"The file is larger than {DEFAULT_LIMITS.total // GIB} GB.")
    else:
        yield source


def _missing(trip: _Trip) -> Iterator[Refusal]:
    """Report each disc's directory, and what it lists and the walk hasn't found."""
    for folder, source in trip.directories:
        try:
            content = bytearray(min(source.size, MAX_DIRECTORY))
            source.readinto(memoryview(content))
            listed = referenced_files(memoryview(content))
        except DicomRefused as error:
            yield Refusal(source.name, str(error))
            continue
        yield Refusal(source.name, "This is the directory of a disc, not an image.", expected=True)
        for name in missing(listed, folder, trip.names):
            yield Refusal(f"{folder}/{name}", "The disc's directory lists it, but it isn't there.")


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_TRAPS)


def _shown(name: str) -> str:
    """Return a file name as text, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "replace")


def _reason(error: Exception) -> str:
    return f"{getattr(error, 'strerror', None) or 'It cannot be reached'}."
