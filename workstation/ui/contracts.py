"""What the window needs to be told, and what it may ask for: plain values and small protocols.

Nothing here knows Qt. ``Desk`` is asked on worker threads and may take its time; ``Reading``, one
open study, is asked on the main thread and answers at once. Both may raise a LumenError.

The reading page changes nothing by itself: hands change its ``screen`` through viewing's commands;
whoever satisfies ``Reading`` hears that, answers with other pictures, and keeps what has to be kept
(marks, where the reader was).

Units:   dates and times as DICOM writes them (DA, TM), names as DICOM writes them (PN), decoded;
         seconds, bytes; sizes of pictures in device pixels, ``scale`` in mm for each of them.
Shapes:  pixels are uint8, (height, width) or (height, width, 3); a picture is exactly as large as
         was asked for, a thumbnail at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from workstation.events import Signal
from workstation.viewing import Screen, Window
from workstation.workflow import (
    CheckStep,
    ConnectionReport,
    DeliveryState,
    ImportProgress,
    ImportSummary,
    LineRow,
    LineStatus,
    LinkOffer,
    ListenerRow,
    NextCase,
    Outage,
    OutboxRow,
    Picture,
    PriorRow,
    Refusal,
    Searched,
    SeriesRow,
    Shown,
    StackShare,
    StudyPreview,
    StudyRow,
    StudyState,
    Thumbnail,
    Unshowable,
    Urgency,
    Verdict,
    Waiting,
)

__all__ = [
    "CheckStep",
    "ConnectionReport",
    "DeliveryState",
    "Desk",
    "ImportProgress",
    "ImportSummary",
    "LineRow",
    "LineStatus",
    "LinkOffer",
    "ListenerRow",
    "Network",
    "NextCase",
    "Notice",
    "Outage",
    "OutboxRow",
    "Picture",
    "PriorRow",
    "Reading",
    "Refusal",
    "Searched",
    "SeriesRow",
    "Shown",
    "StackShare",
    "StateItem",
    "StudyPreview",
    "StudyRow",
    "StudyState",
    "Thumbnail",
    "Told",
    "Tone",
    "Unshowable",
    "Urgency",
    "Verdict",
    "Waiting",
    "WindowMemory",
]


class Tone(StrEnum):
    """How much a line wants to be noticed; its words say the same."""

    PLAIN = "plain"
    GOOD = "good"
    ATTENTION = "attention"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class StateItem:
    """One item of the state bar; ``name`` stays, the rest changes."""

    name: str
    text: str
    tone: Tone = Tone.PLAIN
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One calm line for the reader, with at most one way out."""

    text: str
    tone: Tone = Tone.ATTENTION
    action: str = ""
    act: Callable[[], object] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """That the group was told of an outage."""

    archive: str  # its name
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WindowMemory:
    """What the window remembers from one day to the next, and how it is kept."""

    geometry: bytes = b""
    remember: Callable[[bytes], object] = field(default=lambda _: None, compare=False)
    # Saved filters may hold names: the store keeps them. Both are asked on worker threads.
    filters: Callable[[], str] = field(default=lambda: "", compare=False)
    keep_filters: Callable[[str], object] = field(default=lambda _: None, compare=False)


class Reading(Protocol):
    """One open study. All but ``thumbnail`` and ``close`` answers at once, on the main thread."""

    changed: Signal[str]  # a stack (its key): more is ready, or has been seen; from any thread
    grown: Signal[str]  # the study's UID: more of it has arrived, ``grow`` takes it in; from any thread
    troubled: Signal[str]  # a sentence for the reader: something could not be kept; from any thread

    @property
    def study(self) -> StudyRow:
        """Return whose study it is."""
        ...

    @property
    def screen(self) -> Screen:
        """Return what is shown."""
        ...

    @property
    def series(self) -> tuple[SeriesRow, ...]:
        """Return the stacks in reading order."""
        ...

    def grow(self) -> bool:
        """Take in what has arrived since; False if nothing has."""
        ...

    def share(self, stack: str) -> StackShare:
        """Return how far a stack is."""
        ...

    def show_stack(self, pane: int, stack: str) -> None:
        """Put a stack into a viewport, with the image and window that it opens with."""
        ...

    def picture(self, pane: int, width: int, height: int) -> Picture:
        """Return what a viewport of this size shows now; ``changed`` follows after Waiting."""
        ...

    def opening_window(self, pane: int) -> Window | None:
        """Return the window that the shown stack opens with."""
        ...

    def window_of_digit(self, pane: int, digit: int) -> Window | None:
        """Return the window behind a digit for what is shown, None if there is none."""
        ...

    def data_range(self, pane: int) -> float | None:
        """Return how far the shown picture's values spread, where that is known."""
        ...

    def thumbnail(self, stack: str, side: int) -> Thumbnail | None:
        """Return a still of at most ``side`` device pixels; asked on a worker thread."""
        ...

    def put_away(self) -> None:
        """Let go of the study for the list, when what was drawn is kept; may take its time."""
        ...

    def close(self) -> None:
        """Let go of it because the program ends: the next start comes back to the study."""
        ...


class Desk(Protocol):
    """Everything that the study list asks for."""

    studies_changed: Signal[str]  # the study's UID, "" if many

    def studies(self) -> Sequence[StudyRow]:
        """Return every study of the store, to somebody who begins to look: that is recorded."""
        ...

    def refresh_studies(self) -> Sequence[StudyRow]:
        """Return the same anew, while the list is shown."""
        ...

    def preview(self, study_uid: str) -> StudyPreview:
        """Return what the preview shows, to somebody who has chosen the study: that is recorded."""
        ...

    def refresh_preview(self, study_uid: str) -> StudyPreview:
        """Return the same anew, while it is shown."""
        ...

    def thumbnail(self, series_key: str, side: int) -> Thumbnail | None:
        """Return a picture of at most ``side`` device pixels, None where nothing can be shown."""
        ...

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[ImportProgress], object],
        cancelled: Callable[[], bool],
    ) -> ImportSummary:
        """Take in files, folders, archives and media; answers when all is done."""
        ...

    def open_study(self, study_uid: str, *, cancelled: Callable[[], bool] = lambda: False) -> Reading:
        """Open a study for reading, at the place where it was left; one that is not here is waited for."""
        ...


class Network(Protocol):
    """Everything that the window asks of archives, asked on worker threads; it may take its time."""

    lines_changed: Signal[str]  # an archive's identifier; from any thread
    outbox_changed: Signal[str]  # "" if many; from any thread

    def lines(self) -> Sequence[LineRow]:
        """Return the line to each archive that is set up; none where none is."""
        ...

    def listener(self) -> ListenerRow | None:
        """Return what takes in that which is brought here, if something does."""
        ...

    def outage(self) -> Outage | None:
        """Return the outage that goes on for so long that the group should be told."""
        ...

    def told(self) -> Told | None:
        """Return that the group was told of an outage, for as long as nobody has seen its end."""
        ...

    def keep_told(self, told: Told | None) -> None:
        """Keep that the group was told, or that it is over; this survives the program's end."""
        ...

    def next_case(self, after: str = "") -> NextCase:
        """Return what to read next, "" or after a study that is done with."""
        ...

    def claim(self, study_uid: str) -> None:
        """Take the reading of a study, so that others see it."""
        ...

    def hand_back(self, study_uid: str) -> None:
        """Give the reading of a study back."""
        ...

    def focus_series(self, study_uid: str, series_uid: str) -> None:
        """Let a series of the open study come first: it is looked at. Answers at once, on any thread."""
        ...

    def search_archives(self, text: str) -> Searched:
        """Ask the archives for what is not listed; what they have is listed from then on."""
        ...

    def fetch(self, study_uid: str) -> None:
        """Bring a study now, what was given up of it included."""
        ...

    def priors(self, study_uid: str) -> Sequence[PriorRow]:
        """Return what is worth comparing a study with, the best first; the look is recorded."""
        ...

    def refresh_priors(self, study_uid: str) -> Sequence[PriorRow]:
        """Return the same anew, while it is shown."""
        ...

    def link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        """Return who may be the same person under another number; the look is recorded."""
        ...

    def refresh_link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        """Return the same anew, while it is shown."""
        ...

    def confirm_link(self, offer: LinkOffer) -> None:
        """Treat both numbers as one person's from now on."""
        ...

    def refuse_link(self, offer: LinkOffer) -> None:
        """Don't offer this link again."""
        ...

    def outbox_state(self) -> Sequence[OutboxRow]:
        """Return what is on its way to archives, without whose it is: nobody looks, nothing is recorded."""
        ...

    def open_outbox(self) -> Sequence[OutboxRow]:
        """Return the same with names, to somebody who begins to look: that is recorded."""
        ...

    def refresh_outbox(self) -> Sequence[OutboxRow]:
        """Return the same with names anew, while it is shown."""
        ...

    def retry(self, identifier: str) -> None:
        """Send something again, at once."""
        ...

    def give_up(self, identifier: str, why: str) -> None:
        """Don't deliver something, for a reason that is kept."""
        ...

    def sign_in(
        self, archive: str, secret: str = "", *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        """Sign in to an archive: by the browser, or with a password or token; waits for the person.

        ``cancelled`` ends the wait, as when the window closes. Whether a secret is the right one, the line
        says afterwards; a network that learns it at once may raise.
        """
        ...

    def check_connection(
        self, archive: str, *, progress: Callable[[CheckStep], object], cancelled: Callable[[], bool]
    ) -> ConnectionReport:
        """Measure the line to an archive, step by step."""
        ...

    def checks(self, archive: str) -> Sequence[ConnectionReport]:
        """Return the checks of the past, the oldest first."""
        ...
