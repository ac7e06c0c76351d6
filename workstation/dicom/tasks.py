"""What a sandboxed worker does with DICOM files: examine one, decode frames of one.

A hostile file kills a worker, never the window. Arguments and replies are JSON; bytes come in and
pixels go out through shared memory. The functions that build arguments and read replies stand
beside the tasks that they belong to, so that both ends change together.

Errors:  the package's refusals; the pool carries them back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from workstation.dicom.codecs import decode_frame, frame_shape, stored_dtype
from workstation.dicom.content_digest import COERCED, content_digest
from workstation.dicom.embedded import with_own_bits
from workstation.dicom.errors import (
    DicomRefused,
    DiscDirectory,
    NotDicom,
    PixelsRefused,
    Unsupported,
    over_limit,
    refusing,
)
from workstation.dicom.examine import Examined, examine
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.lookups import Lookups, lookups_of
from workstation.dicom.lookups_form import most_room, pack, unpack
from workstation.dicom.model import FrameTable, InstanceRecord, PixelFormat
from workstation.dicom.record_json import from_json, table_from_json, table_to_json
from workstation.dicom.warm import warm_up
from workstation.dicom.whole import cut_frame, native_pixels

__all__ = [
    "TASKS",
    "all_examined",
    "decode_arguments",
    "digest_arguments",
    "digest_found",
    "examine_arguments",
    "examined",
    "frame_size",
    "photometrics",
    "tables_arguments",
    "tables_found",
    "tables_need",
    "warm_up",
]

Json = dict[str, Any]
Task = Callable[[Json, "memoryview | None", "memoryview | None"], Json]

_REFUSALS: Final = {kind.__name__: kind for kind in (DicomRefused, NotDicom, DiscDirectory, Unsupported)}


def frame_size(pixel: PixelFormat) -> int:
    """Return the bytes that one decoded frame takes in the output."""
    return int(np.prod(frame_shape(pixel))) * stored_dtype(pixel).itemsize


def decode_arguments(pixel: PixelFormat, table: FrameTable, frames: Sequence[int], base: int = 0) -> Json:
    """Return the arguments of a decode task for some frames of an object.

    The task's input is the file from byte ``base`` on; it is the whole file where the table is empty.
    Its output takes the frames one after the other, ``frame_size`` bytes each.
    """
    spans = [
        [[offset - base, length] for offset, length in table.spans[frame]] for frame in frames if table.spans
    ]
    return {"pixel": asdict(pixel), "spans": spans, "frames": list(frames)}


def examined(reply: Json) -> Examined:
    """Return what an examine task found."""
    text = reply["record"]
    return Examined(from_json(text), table_from_json(reply["table"]), reply["sha256"], text)


def examine_arguments(parts: Sequence[tuple[int, int]]) -> Json:
    """Return the arguments for several files that lie in one input, each at its (offset, length)."""
    return {"parts": [list(part) for part in parts]}


def all_examined(reply: Json) -> list[Examined | DicomRefused]:
    """Return what was found in each of several files, or why it was refused."""
    return [examined(found) if "record" in found else _refused(*found["refused"]) for found in reply["found"]]


def _refused(kind: str, what: str, where: str, remedy: str) -> DicomRefused:
    return _REFUSALS.get(kind, DicomRefused)(what, where=where, remedy=remedy)


def tables_arguments(record: InstanceRecord) -> Json:
    """Return the arguments of a task that reads an object's tables.

    Its input is the whole file; how much output it needs is known when it has been asked once.
    """
    return {"pixel": asdict(record.pixel) if record.pixel else None, "frames": record.frame_count}


def tables_need(reply: Json, length: int) -> int:
    """Return with how much room to ask again about a file of that length; 0 if it was enough."""
    needed = int(reply.get("needs", 0))
    if not 0 <= needed <= most_room(length):
        raise over_limit("Its tables and overlays are larger than its file explains")
    return needed


def tables_found(reply: Json, output: memoryview) -> Lookups:
    """Return the tables and overlays that a task has found."""
    return unpack(reply, output)


def digest_arguments(ignored: Collection[int] = COERCED) -> Json:
    """Return the arguments of a task that reckons the digest of a whole file's content."""
    return {"ignored": sorted(ignored)}


def digest_found(reply: Json) -> str:
    """Return the digest that a task has reckoned."""
    return str(reply["digest"])


def photometrics(reply: Json) -> tuple[str, ...]:
    """Return the photometric interpretation of each frame that a decode task delivered."""
    return tuple(reply["photometric"])


def _examine(_arguments: Json, source: memoryview | None, _target: memoryview | None) -> Json:
    found = examine(source or memoryview(b""))
    return {"record": found.record_text, "table": table_to_json(found.table), "sha256": found.sha256}


def _examine_all(arguments: Json, source: memoryview | None, _target: memoryview | None) -> Json:
    """Examine several files; what is refused costs only itself."""
    whole = source or memoryview(b"")
    parts = arguments["parts"]
    return {"found": [_found(whole[offset : offset + length]) for offset, length in parts]}


def _found(data: memoryview) -> Json:
    try:
        return _examine({}, data, None)
    except DicomRefused as error:
        return {"refused": [type(error).__name__, error.what, error.where, error.remedy]}


def _tables(arguments: Json, source: memoryview | None, target: memoryview | None) -> Json:
    data, room = source or memoryview(b""), target or memoryview(bytearray())
    pixel = PixelFormat(**arguments["pixel"]) if arguments["pixel"] else None
    with refusing("The tables can't be read"):
        found = lookups_of(read_header(data, scan(data)))
        return pack(with_own_bits(found, data, pixel, arguments["frames"]), room)


def _digest(arguments: Json, source: memoryview | None, _target: memoryview | None) -> Json:
    return {"digest": content_digest(source or memoryview(b""), frozenset(arguments["ignored"]))}


def _decode(arguments: Json, source: memoryview | None, target: memoryview | None) -> Json:
    pixel = PixelFormat(**arguments["pixel"])
    size = frame_size(pixel)
    frames, spans = arguments["frames"], arguments["spans"]
    if source is None or target is None or len(target) < size * len(frames):
        raise PixelsRefused("The worker was given no room for the frames", where=f"{len(frames)} frames")
    pixels = None if spans else native_pixels(source)
    delivered = []
    for i, frame in enumerate(frames):
        encoded = cut_frame(pixels, pixel, frame) if pixels is not None else _joined(source, spans[i])
        out = np.frombuffer(target, stored_dtype(pixel), size // stored_dtype(pixel).itemsize, i * size)
        delivered.append(decode_frame(encoded, pixel, out.reshape(frame_shape(pixel))))
    return {"photometric": delivered}


def _joined(source: memoryview, spans: Sequence[Sequence[int]]) -> bytes | memoryview:
    """Return the bytes of a frame; only a frame in several fragments is copied."""
    pieces = [source[offset : offset + length] for offset, length in spans]
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


TASKS: Final[Mapping[str, Task]] = {
    "examine": _examine,
    "examine all": _examine_all,
    "decode": _decode,
    "tables": _tables,
    "digest": _digest,
}
