"""A blob: one DICOM instance on disk, sealed in chunks, with the places of its frames.

    bytes   what
    8       magic ``LUMENBLB``
    2       version, 1
    2       algorithm, 1 = AES-256-GCM in STREAM order
    4       plaintext bytes a chunk, 65536
    8       id of the study's data key
    8       length of the instance
    4       length of the sealed frame table
    32      salt
    …       the instance in chunks (security.stream)
    …       the frame table (security.ciphers), sealed with a key of its own

Both keys are derived from the study's data key, the salt and the blob's place; the header and the place are
associated data everywhere. So no header field, chunk, file or table passes for another. What sealing can't
see is a whole older file put back: the index keeps the salt.

The frame table is packed as little-endian 64-bit pairs (offset, length) behind the number of spans of each
frame, then compressed: 16 bytes a frame before, two or three after.

Units:   integers are big-endian in the header; offsets count bytes of the instance.
Errors:  SealBroken for anything that isn't exactly this.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from workstation.dicom.model import FrameTable
from workstation.security import ChunkCipher, SealBroken, derive
from workstation.security.ciphers import key_id
from workstation.security.stream import CHUNK_BYTES, sealed_size
from workstation.store.names import Place

_MAGIC: Final = b"LUMENBLB"
_VERSION: Final = 1
_AES_256_GCM_STREAM: Final = 1
_HEADER: Final = struct.Struct(">8sHHI8sQI32s")

HEADER_BYTES: Final = _HEADER.size
SALT_BYTES: Final = 32
_COUNT: Final = struct.Struct("<I")
_TABLE_MAX: Final = 1 << 28  # bytes, unpacked: ten million frames


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the chunks."""

    key_id: bytes
    length: int
    table_length: int
    salt: bytes

    def pack(self) -> bytes:
        """Return it as it stands in the file."""
        return _HEADER.pack(
            _MAGIC,
            _VERSION,
            _AES_256_GCM_STREAM,
            CHUNK_BYTES,
            self.key_id,
            self.length,
            self.table_length,
            self.salt,
        )

    @property
    def table_offset(self) -> int:
        """Return where the sealed frame table begins."""
        return HEADER_BYTES + sealed_size(self.length)

    @property
    def file_size(self) -> int:
        """Return how long the whole file is."""
        return self.table_offset + self.table_length


@dataclass(frozen=True, slots=True)
class BlobKeys:
    """The two keys of one blob, and what its parts are bound to."""

    stream: bytes
    table: bytes
    associated: bytes

    def cipher(self) -> ChunkCipher:
        """Return the cipher of the instance's chunks."""
        return ChunkCipher(self.stream, self.associated)


def blob_keys(data_key: bytes, header: Header, place: Place) -> BlobKeys:
    """Return the keys of a blob."""
    return BlobKeys(
        derive(data_key, b"lumen/blob/v1 chunks " + place.bound, header.salt),
        derive(data_key, b"lumen/blob/v1 frames " + place.bound, header.salt),
        header.pack() + place.bound,
    )


def parse_header(data: bytes, data_key: bytes) -> Header:
    """Return a header, if it is one of ours and of this key."""
    if len(data) != HEADER_BYTES:
        raise SealBroken("A stored image is cut short")
    magic, version, algorithm, chunk, identity, length, table_length, salt = _HEADER.unpack(data)
    if (magic, version, algorithm, chunk) != (_MAGIC, _VERSION, _AES_256_GCM_STREAM, CHUNK_BYTES):
        raise SealBroken("A stored image has a form that this version doesn't know")
    if identity != key_id(data_key):
        raise SealBroken("A stored image belongs to another key")
    return Header(identity, length, table_length, salt)


def pack_table(table: FrameTable) -> bytes:
    """Return a frame table as bytes."""
    counts = [len(spans) for spans in table.spans]
    numbers = [number for spans in table.spans for span in spans for number in span]
    packed = _COUNT.pack(len(counts)) + struct.pack(f"<{len(counts)}I{len(numbers)}Q", *counts, *numbers)
    return zlib.compress(packed, 1)


def unpack_table(data: bytes) -> FrameTable:
    """Return the frame table that ``pack_table`` wrote."""
    packed = zlib.decompressobj().decompress(data, _TABLE_MAX)
    (frames,) = _COUNT.unpack_from(packed)
    counts = struct.unpack_from(f"<{frames}I", packed, _COUNT.size)
    total = sum(counts)
    numbers = struct.unpack_from(f"<{2 * total}Q", packed, _COUNT.size + 4 * frames)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    spans, start = [], 0
    for count in counts:
        spans.append(tuple(pairs[start : start + count]))
        start += count
    return FrameTable(tuple(spans))
