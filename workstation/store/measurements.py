"""What readers measured, durable before ``put`` returns."""

from __future__ import annotations

from workstation.measurement import Length, from_json, to_json
from workstation.store.changes import Cut, Put
from workstation.store.work import Work

_LENGTH = "length"


class Measurements:
    """The measurements of all studies."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, *lengths: Length) -> None:
        """Store measurements, each in place of its earlier state."""
        self._work.write(*(_change(length) for length in lengths))

    def remove(self, identifier: str) -> None:
        """Forget a measurement; one that isn't there is no error."""
        self._work.write(Cut("measurements", {"id": identifier}))

    def of_study(self, study_uid: str) -> tuple[Length, ...]:
        """Return a study's measurements, in the order in which they were made."""
        found = self._work.rows("SELECT body FROM measurements WHERE study_uid = ?", study_uid)
        return tuple(
            sorted((from_json(body) for (body,) in found), key=lambda length: (length.created, length.id))
        )


def _change(length: Length) -> Put:
    row = {"id": length.id, "study_uid": length.study_uid, "kind": _LENGTH, "body": to_json(length)}
    return Put("measurements", row)
