"""What all commands share: which store, with which key, for whom; and the log."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import click

from workstation.cli.telling import tell
from workstation.config import Places, Settings, load, load_forwards
from workstation.workflow import (
    Desk,
    KeySource,
    archives_of,
    connect_archives,
    keep_memory_private,
    listener_of,
    looks_like_recovery_key,
    open_desk,
    own_folder,
    secrets_trouble,
    start_listening,
    start_log,
    store_exists,
)

NO_ARCHIVE: Final = "No archive is set up: workstation archive add."


class OpenWindow(Protocol):
    """Shows the window until it is closed; answers an exit code."""

    def __call__(self, session: Session, *, demo: bool) -> int:
        """Show it over the real store or the demonstration's."""
        ...


@dataclass(frozen=True)
class Session:
    """One run of the command: options as given, places and settings as they are."""

    store: Path | None = None
    passphrase_file: Path | None = None
    open_window: OpenWindow | None = None
    places: Places = field(default_factory=Places.usual)

    def begin(self) -> None:
        """Start the log."""
        start_log(self.places.log, self.settings().text("log.level"))

    def settings(self) -> Settings:
        """Return the settings in force; a bad line is told, once, and its default used."""
        return self._settings

    @functools.cached_property
    def _settings(self) -> Settings:
        settings = load(self.places.policy, self.places.settings)
        for problem in settings.problems:
            tell(str(problem))
        return settings

    def key_source(self) -> KeySource:
        """Return where the key comes from: the file's first line, else the keyring."""
        if self.passphrase_file is None:
            return KeySource.keyring()
        words = first_line(self.passphrase_file, "--passphrase-file")
        return KeySource.recovery(words) if looks_like_recovery_key(words) else KeySource.passphrase(words)

    @contextlib.contextmanager
    def desk(self, *, create: bool = False) -> Iterator[Desk]:
        """Open the store for one command; ``create`` makes one where there is none yet."""
        keep_memory_private()
        desk = open_desk(
            settings=self.settings(),
            places=self.places,
            folder=self.store,
            key=self.key_source(),
            create=create,
        )
        try:
            for line in desk.start_report:
                tell(line)
            yield desk
        finally:
            desk.close()

    def has_store(self) -> bool:
        """Tell whether there is a store to open."""
        return store_exists(self.store or own_folder(self.settings(), self.places))

    def listen(self, desk: Desk) -> None:
        """Take in what is pushed, where a port is set for it, for as long as the desk is open."""
        forwards = load_forwards(self.places.site_forwards, self.places.forwards)
        listener = start_listening(desk, settings=self.settings(), forwards=forwards)
        if listener is None:
            return
        for problem in (*forwards.problems, *listener.forwarding.problems):
            tell(str(problem))
        row = listener_of(desk)
        if row is not None and row.warning:
            tell(f"{row.warning} (listener.certificate)")

    @contextlib.contextmanager
    def connected_desk(self, *, create: bool = False) -> Iterator[Desk]:
        """Open the store for one command, with the archives that are set up; nothing runs yet."""
        found = archives_of(self.places)
        for problem in found.problems:
            tell(str(problem))
        if trouble := secrets_trouble(found.entries):
            tell(trouble)
        with self.desk(create=create) as desk:
            connect_archives(desk, settings=self.settings(), entries=found.entries)
            yield desk


def first_line(file: Path, option: str) -> str:
    """Return the first line of a file that an option names, without the mark that some put before UTF-8."""
    try:
        line = file.read_text(encoding="utf-8-sig").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError as error:
        raise click.BadParameter("it is no UTF-8 text", param_hint=option) from error
    if not line:
        raise click.BadParameter("its first line is empty", param_hint=option)
    return line
