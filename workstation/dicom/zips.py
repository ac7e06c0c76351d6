"""DICOM files inside a zip, read in place and within limits.

A zip can claim more members, bytes or compression than any export of images has; it is refused
before anything is inflated. Names of members are shown to people and used for nothing else.

Units:   bytes.
Errors:  MediaRefused for an archive or a member that can't be read, or not safely.
Source:  PKWARE APPNOTE 4.3.16 (end of central directory), 4.3.14 (its zip64 form), 4.4.4 (flags).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from struct import unpack_from
from threading import Lock
from typing import Final, cast

from workstation.dicom.errors import DicomRefused, MediaRefused, over_limit
from workstation.dicom.limits import DEFAULT_LIMITS, GIB, MIB

_MAX_DIRECTORY: Final = 64 * MIB  # of the archive's own table: some 700,000 members
_MAX_MEMBERS: Final = 250_000
_MAX_TOTAL: Final = 256 * GIB  # inflated

_LOCAL_HEADER: Final = b"PK\x03\x04"
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LONGEST_COMMENT: Final = 65_535
_END_64: Final = b"PK\x06\x06"
_END_64_SPACE: Final = 56 + 20  # that record and its locator come right before the other one
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a zip."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    name: str
    turn: Lock  # the archive counts its open members without one of its own

    @property
    def size(self) -> int:
        """Return its length when inflated, as the archive claims; reading stops there."""
        return self.info.file_size

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer from the member's start and return the bytes read."""
        with _readable():
            with self.turn:
                file = cast("BufferedIOBase", self.archive.open(self.info))
            try:
                done = 0
                while done < len(buffer) and (count := file.readinto(buffer[done:])):
                    done += count
                return done
            finally:
                with self.turn:
                    file.close()


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip."""
    return head.startswith(_LOCAL_HEADER)


def members(path: Path, name: str) -> list[Member]:
    """Open a zip and return its files; the archive stays open as long as a member is kept."""
    with _readable():
        size = path.stat().st_size
        if _directory_size(path, size) > _MAX_DIRECTORY:
            raise over_limit("The zip's table of contents is too long")
        archive = zipfile.ZipFile(path)
    files = [info for info in archive.infolist() if not info.is_dir()]
    total = sum(info.file_size for info in files)
    if len(files) > _MAX_MEMBERS:
        raise over_limit(f"The zip holds {len(files)} files")
    if total > min(_MAX_TOTAL, max(DEFAULT_LIMITS.inflate_free, DEFAULT_LIMITS.inflate_ratio * size)):
        raise over_limit(f"The zip would grow to {total // MIB} MB")
    turn = Lock()
    return [Member(archive, info, f"{name}/{info.filename}", turn) for info in files]


def unreadable(info: zipfile.ZipInfo) -> str:
    """Return why a member can't be read, "" if nothing speaks against it."""
    if info.flag_bits & _ENCRYPTED:
        return "It is encrypted: unpack the zip with its password first."
    if info.file_size > max(DEFAULT_LIMITS.inflate_free, DEFAULT_LIMITS.inflate_ratio * info.compress_size):
        return f"It would grow to {info.file_size // MIB} MB and was left out for safety."
    return ""


def _directory_size(path: Path, size: int) -> int:
    """Read the length of the central directory from its end record, before anything reads it whole."""
    with path.open("rb") as file:
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - _END_64_SPACE))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise MediaRefused("The zip is cut off", where="no table of contents", remedy="Ask for it again.")
    long_at = tail.rfind(_END_64, 0, at)
    if long_at >= 0 and long_at + 48 <= len(tail):
        return int(unpack_from("<Q", tail, long_at + 40)[0])
    return int(unpack_from("<I", tail, at + 12)[0])


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what zipfile and its decompressors raise for a bad archive into one sentence."""
    try:
        yield
    except DicomRefused:
        raise
    except OSError as error:
        raise MediaRefused("The zip can't be read", where=error.strerror or "") from error
    except Exception as error:
        raise MediaRefused("The zip is damaged", where=type(error).__name__) from error
