"""What a sandboxed worker does with DICOM files: examine one, decode frames of one.

A hostile file kills a worker, never the window. Arguments and replies are JSON; bytes come in and
pixels go out through shared memory. The functions that build arguments and read replies stand
beside the tasks that they belong to, so that both ends change together.

Errors:  the package's refusals; the pool carries them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from workstation.dicom.codecs import decode_frame, frame_shape, stored_dtype
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.examine import Examined, examine
from workstation.dicom.model import FrameTable, PixelFormat
from workstation.dicom.record_json import from_json, table_from_json, table_to_json, to_json
from workstation.dicom.warm import warm_up
from workstation.dicom.whole import cut_frame, native_pixels

__all__ = ["TASKS", "decode_arguments", "examined", "frame_size", "photometrics", "warm_up"]

Json = dict[str, Any]
Task = Callable[[Json, "memoryview | None", "memoryview | None"], Json]


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
    return Examined(from_json(reply["record"]), table_from_json(reply["table"]), reply["sha256"])


def photometrics(reply: Json) -> tuple[str, ...]:
    """Return the photometric interpretation of each frame that a decode task delivered."""
    return tuple(reply["photometric"])


def _examine(_arguments: Json, source: memoryview | None, _target: memoryview | None) -> Json:
    found = examine(source or memoryview(b""))
    return {"record": to_json(found.record), "table": table_to_json(found.table), "sha256": found.sha256}


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


TASKS: Final[Mapping[str, Task]] = {"examine": _examine, "decode": _decode}
