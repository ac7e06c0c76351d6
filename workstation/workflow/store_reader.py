"""How ``frames`` gets at an image's bytes: from the encrypted store, straight into shared memory.

Units:   bytes.
Errors:  NoSuchImage for one that is not in the store; the store's for one that cannot be read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.dicom.series import FrameRef
from workstation.frames import EncodedFrame
from workstation.store import BlobRef, Store, StoredInstance
from workstation.workflow.errors import NoSuchImage

_STUDIES: Final = 16  # whose places are remembered: the open one, its priors, the next cases


class StoreReader:
    """Reads encoded frames; any thread may ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._places: OrderedDict[str, Mapping[str, BlobRef]] = OrderedDict()

    def learn(self, study_uid: str, instances: Iterable[StoredInstance]) -> None:
        """Remember where a study's images lie, as the index just told."""
        places = {instance.uid: instance.blob for instance in instances}
        with self._lock:
            self._places[study_uid] = places
            self._places.move_to_end(study_uid)
            while len(self._places) > _STUDIES:
                self._places.popitem(last=False)

    def measure(self, frames: Sequence[FrameRef]) -> Sequence[EncodedFrame]:
        """Return what there is to read for each frame, without reading it."""
        return [self._measured(frame) for frame in frames]

    def read_into(self, frames: Sequence[FrameRef], targets: Sequence[memoryview]) -> None:
        """Fill each target with the bytes of its frame."""
        for frame, target in zip(frames, targets, strict=True):
            place = self._place(frame.record)
            if place.frames.spans:
                self._store.blobs.read_frame(place, frame.frame, target)
            else:
                self._store.blobs.read(place, target)

    def _measured(self, frame: FrameRef) -> EncodedFrame:
        place = self._place(frame.record)
        if place.frames.spans:
            return EncodedFrame(place.frame_length(frame.frame))
        return EncodedFrame(place.length, whole=True)

    def _place(self, record: InstanceRecord) -> BlobRef:
        with self._lock:
            known = self._places.get(record.study.uid, {}).get(record.uid)
        if known is not None:
            return known
        self.learn(record.study.uid, self._store.instances.of_study(record.study.uid))
        with self._lock:
            found = self._places.get(record.study.uid, {}).get(record.uid)
        if found is None:
            raise NoSuchImage("This image is not in the store any more", remedy="Import or fetch it again.")
        return found
