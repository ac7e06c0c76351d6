"""The archives as the window knows them: whichever desk is open, through the verbs of ``workflow``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from workstation.app.window_desk import WindowDesk
from workstation.config import Settings
from workstation.errors import Cancelled as GivenUp
from workstation.events import Signal
from workstation.ui.contracts import Told
from workstation.workflow import (
    Cancelled,
    CheckStep,
    ConnectionReport,
    Desk,
    LineRow,
    LinkOffer,
    ListenerRow,
    NextCase,
    Outage,
    OutboxRow,
    PriorRow,
    Searched,
    check_connection,
    claim_study,
    confirm_link,
    fetch_study,
    figures_of,
    focus_series,
    give_up_delivery,
    hand_back_study,
    list_lines,
    list_link_offers,
    list_outbox,
    list_priors,
    listener_of,
    next_case,
    outage_of,
    outbox_state,
    past_checks,
    put_off_study,
    refresh_link_offers,
    refresh_outbox,
    refresh_priors,
    refuse_link,
    retry_delivery,
    search_archives,
    sign_in,
)

_LOOK: Final = 0.2  # seconds
_TOLD: Final = "group told"


class WindowNetwork:
    """Answers the window; may be asked on any thread."""

    def __init__(self, desk: WindowDesk, settings: Settings, open_browser: Callable[[str], object]) -> None:
        self.lines_changed: Signal[str] = Signal("lines changed")
        self.outbox_changed: Signal[str] = Signal("outbox changed")
        self._desk = desk
        self._settings = settings
        self._open_browser = open_browser
        self._signing_in = threading.Lock()
        desk.moved.connect(self._follow)

    def lines(self) -> Sequence[LineRow]:
        """Return the line to each archive that is set up."""
        desk = self._desk.desk
        return list_lines(desk) if desk else ()

    def listener(self) -> ListenerRow | None:
        """Return what takes in that which is brought here, if something does."""
        desk = self._desk.desk
        return listener_of(desk) if desk else None

    def outage(self) -> Outage | None:
        """Return the outage that goes on for so long that the group should be told."""
        desk = self._desk.desk
        return outage_of(desk, self._settings) if desk else None

    def told(self) -> Told | None:
        """Return that the group was told of an outage that nobody has seen end."""
        desk = self._desk.desk
        text = desk.store.sessions.get(_TOLD) if desk else ""
        try:
            kept = json.loads(text) if text else None
            return Told(kept["archive"], datetime.fromisoformat(kept["at"]), kept["by"]) if kept else None
        except (ValueError, KeyError, TypeError):  # another version wrote it
            return None

    def keep_told(self, told: Told | None) -> None:
        """Keep that the group was told, or that the outage is over."""
        kept = {"archive": told.archive, "at": told.at.isoformat(), "by": told.by} if told else None
        self._desk.sitting().store.sessions.put(_TOLD, json.dumps(kept))

    def next_case(self, after: str = "") -> NextCase:
        """Return what to read next."""
        return next_case(self._desk.sitting(), after=after)

    def put_off(self, study_uid: str, minutes: float = 30.0) -> None:
        """Let the next case be another one for a while."""
        put_off_study(self._desk.sitting(), study_uid=study_uid, minutes=minutes)

    def claim(self, study_uid: str) -> None:
        """Take the reading of a study."""
        claim_study(self._desk.sitting(), study_uid=study_uid)

    def hand_back(self, study_uid: str) -> None:
        """Give the reading of a study back."""
        hand_back_study(self._desk.sitting(), study_uid=study_uid)

    def search_archives(self, text: str) -> Searched:
        """Ask the archives for what is not listed."""
        return search_archives(self._desk.sitting(), text=text)

    def fetch(self, study_uid: str) -> None:
        """Bring a study now."""
        fetch_study(self._desk.sitting(), study_uid=study_uid)

    def focus_series(self, study_uid: str, series_uid: str) -> None:
        """Know which series of the open study is looked at."""
        desk = self._desk.desk
        if desk is not None:
            focus_series(desk, study_uid=study_uid, series_uid=series_uid)

    def priors(self, study_uid: str) -> Sequence[PriorRow]:
        """Return what is worth comparing a study with."""
        return list_priors(self._desk.sitting(), study_uid=study_uid)

    def link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        """Return who may be the same person under another number."""
        return list_link_offers(self._desk.sitting(), study_uid=study_uid)

    def refresh_priors(self, study_uid: str) -> Sequence[PriorRow]:
        """Return the same anew, while it is shown."""
        return refresh_priors(self._desk.sitting(), study_uid=study_uid)

    def refresh_link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        """Return the same anew, while it is shown."""
        return refresh_link_offers(self._desk.sitting(), study_uid=study_uid)

    def confirm_link(self, offer: LinkOffer) -> None:
        """Treat both numbers as one person's."""
        confirm_link(self._desk.sitting(), offer=offer)

    def refuse_link(self, offer: LinkOffer) -> None:
        """Don't offer this link again."""
        refuse_link(self._desk.sitting(), offer=offer)

    def outbox_state(self) -> Sequence[OutboxRow]:
        """Return what is on its way to archives, without whose it is; nobody's look, so no record."""
        desk = self._desk.desk
        return outbox_state(desk) if desk else ()

    def open_outbox(self) -> Sequence[OutboxRow]:
        """Return what is on its way to archives, to somebody who begins to look."""
        desk = self._desk.desk
        return list_outbox(desk) if desk else ()

    def refresh_outbox(self) -> Sequence[OutboxRow]:
        """Return the same anew, while it is shown."""
        desk = self._desk.desk
        return refresh_outbox(desk) if desk else ()

    def retry(self, identifier: str) -> None:
        """Send something again."""
        retry_delivery(self._desk.sitting(), identifier=identifier)

    def give_up(self, identifier: str, why: str) -> None:
        """Don't deliver something."""
        give_up_delivery(self._desk.sitting(), identifier=identifier, why=why)

    def sign_in(self, archive: str, secret: str = "", *, cancelled: Cancelled = lambda: False) -> None:
        """Sign in to an archive; one at a time, and who waits for another can give up, too."""
        while not self._signing_in.acquire(timeout=_LOOK):
            if cancelled():
                raise GivenUp("The sign-in was given up")
        try:
            sign_in(
                self._desk.sitting(),
                archive=archive,
                secret=secret,
                open_browser=self._open_browser,
                cancelled=cancelled,
            )
        finally:
            self._signing_in.release()

    def check_connection(
        self, archive: str, *, progress: Callable[[CheckStep], object], cancelled: Cancelled
    ) -> ConnectionReport:
        """Measure the line to an archive."""
        figures = figures_of(self._settings)
        return check_connection(
            self._desk.sitting(), archive=archive, figures=figures, progress=progress, cancelled=cancelled
        )

    def checks(self, archive: str) -> Sequence[ConnectionReport]:
        """Return the checks of the past."""
        return past_checks(self._desk.sitting(), archive=archive)

    def _follow(self, desk: Desk) -> None:
        desk.lines_changed.connect(self.lines_changed.emit)
        desk.outbox_changed.connect(self.outbox_changed.emit)
        self.lines_changed.emit("")
        self.outbox_changed.emit("")
