"""What all commands share: which store, with which key, for whom."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import click

from workstation.config import Places, Settings, load
from workstation.workflow import Desk, KeySource, open_desk


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

    def settings(self) -> Settings:
        """Return the settings in force; a bad line is told and its default used."""
        settings = load(self.places.policy, self.places.settings)
        for problem in settings.problems:
            click.echo(f"workstation: {problem}", err=True)
        return settings

    def key_source(self) -> KeySource:
        """Return where the key comes from: the file's first line, else the keyring."""
        if self.passphrase_file is None:
            return KeySource.keyring()
        return KeySource.passphrase(_first_line(self.passphrase_file))

    @contextlib.contextmanager
    def desk(self, *, create: bool = False) -> Iterator[Desk]:
        """Open the store for one command; ``create`` makes one where there is none yet."""
        desk = open_desk(
            settings=self.settings(),
            places=self.places,
            folder=self.store,
            key=self.key_source(),
            create=create,
        )
        try:
            for line in desk.start_report:
                click.echo(f"workstation: {line}", err=True)
            yield desk
        finally:
            desk.close()


def _first_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0]:
        raise click.BadParameter("the file's first line is empty", param_hint="--passphrase-file")
    return lines[0]
