"""Which pictures have really been in front of the reader's eyes: whole, final, in a visible viewport.

It counts frames, not places in a stack, so a stack that grows or is sorted anew keeps what was seen.

Units:   a frame is its SOP Instance UID and its number within, from 0.
Errors:  SnapshotBroken for a text that ``to_json`` didn't write.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from workstation.events import Signal
from workstation.viewing.errors import SnapshotBroken

FrameKey = tuple[str, int]


class SeenLedger:
    """What has been seen of a study, and a signal that tells of each frame seen for the first time."""

    def __init__(self, seen: Iterable[FrameKey] = ()) -> None:
        self.changed: Signal[FrameKey] = Signal("frame seen")
        self._seen = set(seen)

    def __contains__(self, frame: FrameKey) -> bool:
        return frame in self._seen

    def see(self, sop_uid: str, frame: int) -> None:
        """Take note of a frame that was shown."""
        if (sop_uid, frame) not in self._seen:
            self._seen.add((sop_uid, frame))
            self.changed.emit((sop_uid, frame))

    def unseen(self, frames: Iterable[FrameKey]) -> tuple[FrameKey, ...]:
        """Return those of a stack's frames that were never shown, in their order."""
        return tuple(frame for frame in frames if frame not in self._seen)

    def to_json(self) -> str:
        """Return the ledger as one line of JSON: for each instance its frames."""
        frames: dict[str, list[int]] = {}
        for sop_uid, frame in sorted(self._seen):
            frames.setdefault(sop_uid, []).append(frame)
        return json.dumps(frames)

    @classmethod
    def from_json(cls, text: str) -> SeenLedger:
        """Return the ledger that ``to_json`` wrote."""
        try:
            instances: Mapping[str, Iterable[int]] = json.loads(text)
            frames = [(sop_uid, frame) for sop_uid, numbers in instances.items() for frame in numbers]
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise SnapshotBroken("the list of seen images can't be read back") from error
        if not all(type(frame) is int and frame >= 0 for _, frame in frames):
            raise SnapshotBroken("the list of seen images can't be read back")
        return cls(frames)
