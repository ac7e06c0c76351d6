"""Bringing whichever desk is open together with its archives: one's own, or the invented hospital's."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtNetwork import QNetworkInformation

from workstation.config import Places, Settings, load_archives, load_forwards
from workstation.errors import LumenError, calm
from workstation.workflow import (
    Desk,
    Hospital,
    Surroundings,
    connect_archives,
    connect_hospital,
    open_hospital,
    secrets_trouble,
    start_listening,
    start_syncing,
)


class OpenArchives:
    """Starts what keeps a desk in step; the desk stops it, the hospital closes here."""

    def __init__(self, settings: Settings, places: Places, tell: Callable[[str], object]) -> None:
        self._settings = settings
        self._places = places
        self._tell = tell  # may be called on any thread
        self._metering = Metering()
        self._lock = threading.Lock()
        self._hospital: Hospital | None = None
        self._is_closed = False

    def are_set_up(self) -> bool:
        """Say whether there is an archive that one's own store could be kept in step with."""
        return bool(load_archives(self._places.site_archives, self._places.archives).entries)

    def connect(self, desk: Desk) -> None:
        """Connect a desk to its archives; waits for the keyring. Nothing happens where none is set up."""
        with self._lock:
            if self._is_closed or desk.service is not None:
                return
            self._close_hospital()
            if desk.is_demo:
                self._hospital = open_hospital(desk, folder=self._places.hospital)
                connect_hospital(desk, self._hospital, settings=self._settings)
                start_syncing(desk)
                return
            found = load_archives(self._places.site_archives, self._places.archives)
            for problem in found.problems:
                self._tell(str(problem))
            if trouble := secrets_trouble(found.entries):
                self._tell(trouble)
            if found.entries:
                line = Surroundings(lambda: self._metering.is_on)
                connect_archives(desk, settings=self._settings, entries=found.entries, surroundings=line)
            self._listen(desk)  # first: archives may have to bring what they are asked for
            start_syncing(desk)

    def close(self) -> None:
        """Close the hospital, once the desk is closed."""
        with self._lock:
            self._is_closed = True
            self._close_hospital()

    def _listen(self, desk: Desk) -> None:
        """Take in what is pushed; that this doesn't work keeps nothing else from working."""
        forwards = load_forwards(self._places.site_forwards, self._places.forwards)
        try:
            listener = start_listening(desk, settings=self._settings, forwards=forwards)
        except LumenError as error:
            self._tell(calm(error))
            return
        if listener is not None:
            for problem in (*forwards.problems, *listener.forwarding.problems):
                self._tell(str(problem))

    def _close_hospital(self) -> None:
        hospital, self._hospital = self._hospital, None
        if hospital is not None:
            hospital.close()


def open_in_browser(address: str) -> bool:
    """Open an address in the system's browser; False where there is none."""
    return QDesktopServices.openUrl(QUrl(address))


class Metering:
    """Knows, on any thread, whether the system takes the line for one that costs by the byte."""

    def __init__(self) -> None:
        self.is_on = False
        if QNetworkInformation.loadDefaultBackend():
            found = QNetworkInformation.instance()
            self.is_on = found.isMetered()
            found.isMeteredChanged.connect(self._change)

    def _change(self, is_on: bool) -> None:  # noqa: FBT001  Qt calls it
        self.is_on = is_on
