"""Import: whatever a person drops on the window, each instance accounted for.

Folders, single files, zip archives and DICOMDIR media are walked while their files are already being
stored. The same instance twice is one; a different content under a UID that is here already is kept
apart and said. What isn't DICOM at all (a disc's viewer, its pictures) is counted, not complained of.
The door's record says how many came in; which studies they belong to was recorded as they came.

Errors:  Cancelled is no error here: the summary says so. A full disk is one; what was stored stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workstation.clock import Clock
from workstation.dicom import sources
from workstation.security import Action
from workstation.workflow.answers import Cancelled, ImportProgress, ImportSummary, Progress, Refusal
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WrongStore
from workstation.workflow.intake import Intake, Tally


def _counts(summary: ImportSummary) -> str:
    counts = (
        f"{summary.added} added ({summary.versions} as another version), {summary.known} known, "
        f"{len(summary.refused)} refused"
    )
    return f"stopped early: {counts}" if summary.cancelled else counts


@verb(Action.IMPORT, detail=_counts)
def import_studies(
    desk: Desk, *, paths: Sequence[Path], progress: Progress, cancelled: Cancelled = lambda: False
) -> ImportSummary:
    """Take in files, folders, archives and media; answers when all is done or stopped.

    ``progress`` is told on threads of the import, one at a time; the last time with the totals.
    """
    if desk.is_demo:
        raise WrongStore(
            "Real studies never go into the demonstration",
            remedy="Create your own store first: drop them on the window.",
        )
    meter = _Meter(desk.clock, progress)
    with Intake(desk, cancelled, meter.tell) as intake:
        for found in meter.counted(sources.walk(paths)):
            if isinstance(found, sources.Refusal):
                if found.expected:
                    meter.others += 1
                else:
                    intake.refuse(Refusal(found.name, found.reason))
            elif not intake.offer(found):
                break
        else:
            meter.all_found = True
    meter.tell(intake.tally)
    return _summary(intake.tally, meter, cancelled=cancelled() or not meter.all_found)


class _Meter:
    """Counts what is found and what is done, and tells both."""

    def __init__(self, clock: Clock, progress: Progress) -> None:
        self._clock = clock
        self._progress = progress
        self._began = clock.monotonic()
        self.files = 0
        self.size = 0
        self.others = 0
        self.found = 0  # whatever they are
        self.all_found = False

    def counted(self, found: Iterable[sources.Found]) -> Iterator[sources.Found]:
        """Count the files on their way through."""
        for one in found:
            self.found += 1
            if not isinstance(one, sources.Refusal):
                self.files += 1
                self.size += one.size
            elif not one.expected:
                self.files += 1
            yield one

    def tell(self, tally: Tally) -> None:
        """Tell how far it is; the totals only once everything has been found."""
        self._progress(
            ImportProgress(
                files=tally.files,
                files_total=self.files if self.all_found else None,
                size=tally.size,
                size_total=self.size if self.all_found else None,
                seconds=self._clock.monotonic() - self._began,
            )
        )


def _summary(tally: Tally, meter: _Meter, *, cancelled: bool) -> ImportSummary:
    others = meter.others + tally.others
    done = tally.added + tally.known + len(tally.refused) + others
    return ImportSummary(
        studies=len(tally.studies),
        added=tally.added,
        known=tally.known,
        versions=tally.versions,
        others=others,
        refused=tuple(sorted(tally.refused, key=lambda refusal: refusal.name)),
        cancelled=cancelled,
        study_uids=tuple(tally.studies),
        untouched=meter.found - done,
    )
