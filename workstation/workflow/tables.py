"""The look-up tables and overlays that an index record only promises: read from the file when needed.

Reading goes on beside the main thread; whoever asked is told when it is there. A header that can't
be read leaves its picture without them, with a note, never with guessed ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from workstation.dicom.codecs import decode_frame, frame_shape, stored_dtype
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.lookups import NONE, Lookups, lookups_of
from workstation.dicom.model import InstanceRecord
from workstation.dicom.overlay import Overlay, whole_words
from workstation.dicom.syntaxes import SUPPORTED
from workstation.errors import calm
from workstation.store import Store, StoredInstance


class TableShelf:
    """The tables of one open study's images."""

    def __init__(self, store: Store, told: Callable[[str], object]) -> None:
        self._store = store
        self._told = told
        self._lock = threading.Lock()
        self._found: dict[str, Lookups | None] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tables")

    def get(self, record: InstanceRecord) -> Lookups | None:
        """Return an image's tables; None while they are being read (``told`` hears of it)."""
        if not record.needs_header:
            return NONE
        with self._lock:
            if record.uid not in self._found:
                self._found[record.uid] = None
                self._reader.submit(self._read, record.uid)
            return self._found[record.uid]

    def read(self, record: InstanceRecord) -> Lookups:
        """Return an image's tables, however long it takes."""
        return self._tables(record.uid) if record.needs_header else NONE

    def close(self) -> None:
        """Stop reading."""
        self._reader.shutdown(wait=True, cancel_futures=True)

    def _read(self, uid: str) -> None:
        found = self._tables(uid)
        with self._lock:
            self._found[uid] = found
        self._told(uid)

    def _tables(self, uid: str) -> Lookups:
        try:
            instance = self._store.instances.get(uid)
            if instance is None:
                return NONE
            data = self._store.blobs.read(instance.blob)
            found = lookups_of(read_header(data, scan(data)))
            return replace(found, overlays=tuple(_own_bits(found.overlays, instance, data)))
        except Exception as error:  # noqa: BLE001  a hostile header costs its tables, no more
            return Lookups(notes=(f"Tables and overlays could not be read: {calm(error)}",))


def _own_bits(overlays: Iterable[Overlay], instance: StoredInstance, data: memoryview) -> Iterator[Overlay]:
    """Give overlays that lie in unused bits of the pixels (retired in 2004) bits of their own.

    Only uncompressed single frames were ever written so; others are left out.
    """
    pixel, spans = instance.record.pixel, instance.blob.frames.spans
    for overlay in overlays:
        if not overlay.embedded:
            yield overlay
        elif pixel is not None and len(spans) == 1 and SUPPORTED[pixel.transfer_syntax] == "native":
            offset, length = spans[0][0]
            words = np.zeros(frame_shape(pixel), stored_dtype(whole_words(pixel)))
            decode_frame(data[offset : offset + length], whole_words(pixel), words)
            plane = overlay.plane(0, pixel.rows, pixel.columns, words)
            packed = np.packbits(plane, bitorder="little")
            yield replace(overlay, rows=pixel.rows, columns=pixel.columns, origin=(1, 1), packed=packed)
