"""Writing and reading blobs: whole, or one frame without the rest.

Reading fills the caller's buffer and releases the interpreter lock in reads and ciphers, so two threads
read nearly twice as fast as one. Nothing of a chunk that doesn't verify gets out.

Errors:  BlobMissing, BlobDamaged (also for an older file put back), DiskFull, DiskFailed.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from workstation.dicom.model import FrameTable
from workstation.security import SealBroken, seal, unseal
from workstation.security.ciphers import SEAL_OVERHEAD, key_id
from workstation.security.stream import SEALED_CHUNK_BYTES
from workstation.store.blob_format import (
    HEADER_BYTES,
    SALT_BYTES,
    BlobKeys,
    Header,
    blob_keys,
    pack_table,
    parse_header,
    unpack_table,
)
from workstation.store.errors import BlobDamaged, BlobMissing, DiskFailed
from workstation.store.files import Bytes, Files, Handle, translated, write_temporary
from workstation.store.names import Names, Place
from workstation.store.study_keys import StudyKeys

Spans: TypeAlias = Sequence[tuple[int, int]]

_PREAMBLE: Final = 128  # PS3.10 section 7.1: for other file formats; may hold anything, so it is not kept
_READ_MAX: Final = 17 * SEALED_CHUNK_BYTES  # more than a cipher asks for at once
_AGAIN: Final = "It is not shown. Fetch or import it again."


@dataclass(frozen=True, slots=True)
class BlobRef:
    """All that is needed to read a blob, as the index keeps it."""

    place: Place
    sealed_key: bytes
    length: int
    salt: bytes
    frames: FrameTable

    def frame_length(self, frame: int) -> int:
        """Return how many bytes a frame has in the file, encoded as it came."""
        return sum(length for _, length in self.frames.spans[frame])


class Blobs:
    """The encrypted files of all studies."""

    def __init__(
        self, files: Files, names: Names, keys: StudyKeys, on_damage: Callable[[BlobRef], None]
    ) -> None:
        self._files = files
        self._names = names
        self._keys = keys
        self._own = threading.local()
        self._on_damage = (
            on_damage  # told which can't be read: the same instance is stored again when it comes
        )

    def write(self, place: Place, sealed_key: bytes, data: Bytes, frames: FrameTable) -> Header:
        """Seal an instance into a temporary file of its study's folder, and sync that."""
        data_key = self._keys.open(place.study_tag, sealed_key)
        content, table = without_preamble(data), pack_table(frames)
        salt = secrets.token_bytes(SALT_BYTES)
        header = Header(key_id(data_key), len(content), len(table) + SEAL_OVERHEAD, salt)
        path = self._names.path(place)
        with translated(str(path)):
            parts = _blob_parts(header, blob_keys(data_key, header, place), content, table)
            write_temporary(self._files, path, parts)
        return header

    def read(self, ref: BlobRef, out: memoryview | None = None) -> memoryview:
        """Return a whole instance, in the caller's buffer if there is one."""
        target = memoryview(bytearray(ref.length)) if out is None else out[: ref.length]
        self._read_spans(ref, ((0, ref.length),), target)
        return target

    def read_frame(self, ref: BlobRef, frame: int, out: memoryview) -> memoryview:
        """Fill the start of a buffer with one frame, encoded as it came; return that part."""
        target = out[: ref.frame_length(frame)]
        self._read_spans(ref, ref.frames.spans[frame], target)
        return target

    def read_unlisted(self, place: Place, sealed_key: bytes) -> tuple[memoryview, BlobRef]:
        """Return an instance that no index knows, every byte of its file verified, and how to find it."""
        with self._opened(place, sealed_key) as blob:
            header = blob.header
            data = memoryview(bytearray(header.length))
            blob.cipher.open_range(blob.read_chunks, header.length, 0, header.length, data)
            return data, BlobRef(place, sealed_key, header.length, header.salt, blob.frames())

    def verify(self, ref: BlobRef) -> memoryview:
        """Return an instance after checking every byte of its file, the frame table included."""
        with self._noting(ref):
            data, found = self.read_unlisted(ref.place, ref.sealed_key)
            if found != ref:
                raise _older(self._names.path(ref.place))
        return data

    def is_sealed_with(self, place: Place, sealed_key: bytes) -> bool:
        """Say whether a blob's header names this data key; the key must be one that opens."""
        data_key = self._keys.unsealed(place.study_tag, sealed_key)
        header = bytearray(HEADER_BYTES)
        with translated(str(self._names.path(place))), self._files.open(self._names.path(place)) as handle:
            handle.read_into(0, memoryview(header))
        try:
            parse_header(bytes(header), data_key)
        except SealBroken:
            return False
        return True

    def _read_spans(self, ref: BlobRef, spans: Spans, out: memoryview) -> None:
        with self._noting(ref), self._opened(ref.place, ref.sealed_key) as blob:
            if (blob.header.salt, blob.header.length) != (ref.salt, ref.length):
                raise _older(blob.path)
            position = 0
            for offset, length in spans:
                part = out[position : position + length]
                blob.cipher.open_range(blob.read_chunks, ref.length, offset, offset + length, part)
                position += length

    @contextlib.contextmanager
    def _noting(self, ref: BlobRef) -> Iterator[None]:
        try:
            yield
        except (BlobDamaged, BlobMissing):
            self._on_damage(ref)
            raise

    @contextlib.contextmanager
    def _opened(self, place: Place, sealed_key: bytes) -> Iterator[_OpenBlob]:
        data_key, path = self._keys.open(place.study_tag, sealed_key), self._names.path(place)
        try:
            with translated(str(path)), self._files.open(path) as handle:
                yield _OpenBlob(handle, path, data_key, place, self._buffer())
        except DiskFailed as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            raise BlobMissing("A stored image is missing", where=str(path), remedy=_AGAIN) from None
        except SealBroken as error:
            raise BlobDamaged(error.what, where=str(path), remedy=_AGAIN) from None

    def _buffer(self) -> memoryview:
        """Return this thread's buffer for sealed chunks, used over and over."""
        if not hasattr(self._own, "buffer"):
            self._own.buffer = memoryview(bytearray(_READ_MAX))
        found: memoryview = self._own.buffer
        return found


class _OpenBlob:
    """One blob while it is being read."""

    def __init__(self, handle: Handle, path: Path, data_key: bytes, place: Place, buffer: memoryview) -> None:
        self._handle = handle
        self._buffer = buffer
        self.path = path
        self.header = parse_header(bytes(self._read(0, HEADER_BYTES)), data_key)
        if handle.size() != self.header.file_size:
            raise SealBroken("A stored image is cut short or has something after its end")
        self._keys = blob_keys(data_key, self.header, place)
        self.cipher = self._keys.cipher()

    def read_chunks(self, offset: int, length: int) -> memoryview:
        """Answer the cipher that asks for sealed bytes; the answer holds until the next call."""
        return self._read(HEADER_BYTES + offset, length)

    def frames(self) -> FrameTable:
        """Return the frame table that stands at the end of the file."""
        sealed = bytearray(self.header.table_length)
        self._handle.read_into(self.header.table_offset, memoryview(sealed))
        return unpack_table(unseal(self._keys.table, sealed, self._keys.associated))

    def _read(self, offset: int, length: int) -> memoryview:
        view = self._buffer[:length]
        return view[: self._handle.read_into(offset, view)]


def without_preamble(data: Bytes) -> Bytes:
    """Return an instance as it is kept: what stood in the preamble's 128 bytes is zeros."""
    view = memoryview(data)
    if bytes(view[_PREAMBLE : _PREAMBLE + 4]) != b"DICM" or not any(view[:_PREAMBLE]):
        return data
    content = bytearray(view)
    content[:_PREAMBLE] = bytes(_PREAMBLE)
    return content


def _blob_parts(header: Header, keys: BlobKeys, content: Bytes, table: bytes) -> Iterator[Bytes]:
    yield header.pack()
    yield from keys.cipher().seal_pieces(content)
    yield seal(keys.table, table, keys.associated)


def _older(path: Path) -> BlobDamaged:
    return BlobDamaged("A stored image was replaced by another copy", where=str(path), remedy=_AGAIN)
