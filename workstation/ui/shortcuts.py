"""Everything that a key or a button can do, once: its name, its words, its key, its icon.

Tool bars, tooltips, accessible names, the sheet of keys and the command palette are all made from
this table; a site or a reader may give other keys, and conflicts are told, not resolved by luck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Final


class Place(StrEnum):
    """Where a command can be given; the value is its heading on the sheet of keys."""

    EVERYWHERE = "Everywhere"
    STUDIES = "Study list"
    READING = "Images"
    OUTBOX = "Outbox"
    CONNECTION = "Connection check"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done."""

    name: str
    text: str
    place: Place
    keys: tuple[str, ...] = ()  # as Qt writes them in portable form
    icon: str = ""
    holds: bool = False  # it stays on until it is given again, or another of its kind is

    @property
    def tooltip(self) -> str:
        """Return the words with the first key, for a tooltip.

        >>> Command("invert", "Invert grey scale", Place.READING, ("I",)).tooltip
        'Invert grey scale (I)'
        """
        return f"{self.text} ({spoken(self.keys[0])})" if self.keys else self.text


_E, _S, _R = Place.EVERYWHERE, Place.STUDIES, Place.READING
_O, _C = Place.OUTBOX, Place.CONNECTION

COMMANDS: Final[tuple[Command, ...]] = (
    Command("palette", "Find a command by name", _E, ("Ctrl+K",), "search"),
    Command("keys", "Show all keys", _E, ("?", "F1"), "keys"),
    Command("full-screen", "Full screen", _E, ("F11",)),
    Command("next-area", "Give the keys to the next area", _E, ("F6",)),
    Command("import-files", "Import files", _E, ("Ctrl+O",), "file"),
    Command("import-folder", "Import a folder", _E, ("Ctrl+Shift+O",), "folder"),
    Command("outbox", "Outbox", _E, ("F8",)),
    Command("connection", "Connection check", _E, ("F9",)),
    Command("sign-in", "Sign in to the archive", _E),
    Command("tell-group", "Tell the group that there is no line", _E),
    Command("quit", "Quit", _E, ("Ctrl+Q",)),
    Command("search", "Search", _S, ("Ctrl+F", "/"), "search"),
    Command("search-archives", "Search the archives", _S, ("Ctrl+Shift+F",)),
    Command("clear-filters", "Clear search and filters", _S, ("Esc",), "clear"),
    Command("open-study", "Open the study", _S, ("Return", "Enter")),
    Command("next-case", "Next case", _S, ("N",), "next"),
    Command("claim", "Claim what is chosen", _S, ("C",)),
    Command("hand-back", "Hand back what is chosen", _S, ("B",)),
    Command("fetch", "Fetch what is chosen now", _S, ("F",)),
    Command("own-order", "The list's own order", _S, ("O",)),
    Command("show-mine", "Only mine, or not", _S, ("M",)),
    Command("show-stat", "Only stat, or not", _S, ("S",)),
    Command("show-unread", "Only unread, or not", _S, ("U",)),
    Command("show-today", "Only today's, or not", _S, ("T",)),
    Command("show-all", "All, as far as searched", _S, ("A",)),
    Command("show-priors", "Show priors as well, or not", _S, ("P",)),
    Command("saved-filters", "Saved filters", _S, ("V",)),
    Command("save-filter", "Save this filter", _S, ("Ctrl+S",)),
    Command("tool-window", "Window and level", _R, ("W",), "window", holds=True),
    Command("tool-pan", "Pan", _R, ("P",), "pan", holds=True),
    Command("tool-zoom", "Zoom", _R, ("Z",), "zoom", holds=True),
    Command("tool-scroll", "Scroll", _R, ("S",), "scroll", holds=True),
    Command("tool-length", "Length", _R, ("D",), "length", holds=True),
    Command("invert", "Invert grey scale", _R, ("I",), "invert", holds=True),
    Command("reset", "Reset window, zoom and position", _R, ("R",), "reset"),
    Command("texts", "Hide texts", _R, ("Space",), "texts", holds=True),
    Command("layout", "Layout", _R, ("Y",), "layout"),
    Command("series-column", "Hide series", _R, ("H",), "series", holds=True),
    Command("preset-0", "Automatic window", _R, ("0",)),
    Command("preset-1", "First window of the file", _R, ("1",)),
    Command("preset-2", "Second window of the file", _R, ("2",)),
    *(
        Command(f"preset-{digit}", f"Window {digit} of the modality", _R, (str(digit),))
        for digit in range(3, 10)
    ),
    Command("previous-image", "Previous image", _R, ("Up",)),
    Command("next-image", "Next image", _R, ("Down",)),
    Command("back-images", "Ten images back", _R, ("PgUp",)),
    Command("forward-images", "Ten images on", _R, ("PgDown",)),
    Command("first-image", "First image", _R, ("Home",)),
    Command("last-image", "Last image", _R, ("End",)),
    Command("previous-series", "Previous series", _R, ("Left",)),
    Command("next-series", "Next series", _R, ("Right",)),
    Command("next-viewport", "Next viewport", _R, ("Tab",)),
    Command("previous-viewport", "Previous viewport", _R, ("Shift+Tab",)),
    Command("maximise", "Show one viewport alone", _R, ("Return",)),
    Command("full-screen-images", "Full screen", _R, ("F",)),
    Command("delete-mark", "Delete the chosen measurement", _R, ("Del",)),
    Command("undo", "Undo", _R, ("Ctrl+Z",)),
    Command("redo", "Redo", _R, ("Ctrl+Y", "Ctrl+Shift+Z")),
    Command("next-study", "Next study", _R, ("N",), "next"),
    Command("previous-study", "Previous study", _R, ("Shift+N",), "back"),
    Command("back", "Back to the study list", _R, ("Esc",), "back"),
    Command("retry", "Send it again now", _O, ("R",)),
    Command("give-up", "Give it up", _O, ("G",)),
    Command("fold-done", "Show or hide what has arrived", _O, ("D",)),
    Command("close-outbox", "Close the outbox", _O, ("Esc",), "close"),
    Command("check-line", "Check the line now", _C, ("F5",)),
    Command("copy-check", "Copy the check as text", _C, ("Ctrl+C",)),
    Command("leave-check", "Stop the check, or go back", _C, ("Esc",), "back"),
)

OF_THE_NETWORK: Final = ("outbox", "connection", "sign-in", "tell-group")
"""Commands everywhere that mean nothing where no archive is set up."""

OF_THE_WORKLIST: Final = (
    *("next-case", "claim", "hand-back", "fetch", "search-archives"),
    *("show-mine", "show-stat", "show-unread", "show-priors"),
)
"""Commands of the study list that mean nothing where no archive is set up."""

TOOLS: Final = ("tool-window", "tool-pan", "tool-zoom", "tool-scroll", "tool-length")


def remapped(
    keys: Mapping[str, tuple[str, ...]], commands: Iterable[Command] = COMMANDS
) -> tuple[Command, ...]:
    """Return the table with other keys for some commands, by their names."""
    return tuple(replace(command, keys=keys.get(command.name, command.keys)) for command in commands)


def merged(commands: Iterable[Command]) -> tuple[Command, ...]:
    """Return commands with those of the same words as one, where the first stands, with all their keys.

    >>> [(one.text, one.keys) for one in merged(COMMANDS) if one.text == "Full screen"]
    [('Full screen', ('F11', 'F'))]
    """
    made: dict[str, Command] = {}
    for command in commands:
        known = made.get(command.text)
        made[command.text] = replace(known, keys=(*known.keys, *command.keys)) if known else command
    return tuple(made.values())


def conflicts(commands: Iterable[Command] = COMMANDS) -> tuple[tuple[Command, Command, str], ...]:
    """Return every pair of commands that would answer to the same key in the same place."""
    return tuple(
        (one, other, key)
        for one, other in combinations(commands, 2)
        if _meet(one.place, other.place)
        for key in one.keys
        if key.casefold() in {theirs.casefold() for theirs in other.keys}
    )


def spoken(key: str) -> str:
    """Return a key as it is printed on a keyboard.

    >>> spoken("Ctrl+PgDown")
    'Ctrl Page Down'
    """
    names = {"PgUp": "Page Up", "PgDown": "Page Down", "Del": "Delete", "Return": "Enter"}
    parts = [part or "+" for part in key.split("+")] if key != "+" else ["+"]
    return " ".join(names.get(part, part) for part in parts)


def _meet(one: Place, other: Place) -> bool:
    return one == other or Place.EVERYWHERE in (one, other)
