"""How a command speaks: answers to standard output, trouble to standard error, progress on a terminal.

What comes from a file (a name, a path) may hold control characters that steer a terminal: none gets there.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, Self

import click

from workstation.workflow import Refusal

FOUND_SOMETHING: Final = 3
"""Exit code: the work is done, but something was found or left out."""


class Plain(Protocol):
    """A dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


def plain(text: str) -> str:
    """Return a text without control characters (Unicode categories C: line ends and bidi marks too)."""
    return "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)


def say(line: str) -> None:
    """Answer a line."""
    click.echo(plain(line))


def say_json(values: Sequence[Plain] | dict[str, str]) -> None:
    """Answer as JSON; whatever isn't ASCII is escaped."""
    told = values if isinstance(values, dict) else list(map(asdict, values))
    click.echo(json.dumps(told, indent=2, default=_written))


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def tell(line: str) -> None:
    """Say what is wrong."""
    click.echo(f"workstation: {plain(line)}", err=True)


def tell_refused(refused: Sequence[Refusal]) -> None:
    """Name what could not be taken, each with its reason."""
    for refusal in refused:
        click.echo(plain(f"{refusal.name}: {refusal.reason}"), err=True)


class ProgressLine:
    """One line that changes in place, where somebody watches; wiped when the work ends."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._is_shown = sys.stderr.isatty() and not quiet

    def show(self, text: str) -> None:
        """Show how far it is."""
        if self._is_shown:
            click.echo(f"\r\033[K{plain(text)}", err=True, nl=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.show("")
