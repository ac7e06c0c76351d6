"""The help page on the window says what the program's own tables say."""

from __future__ import annotations

import re

import pytest

from workstation.config import resource
from workstation.ui.panels.keys import _MOUSE
from workstation.ui.shortcuts import COMMANDS, Place, spoken
from workstation.viewing import Preset, presets

PAGE = resource("help", "window.md").read_text(encoding="utf-8")
HEADINGS = {
    Place.EVERYWHERE: "Keys everywhere",
    Place.STUDIES: "Keys in the study list",
    Place.READING: "Keys over the images",
    Place.OUTBOX: "Keys in the outbox",
    Place.CONNECTION: "Keys in the connection check",
}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its titles."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("place", Place)
def test_each_key_stands_there_with_what_it_does(place: Place) -> None:
    listed = [(re.findall(r"`([^`]+)`", keys), text) for keys, text in rows(HEADINGS[place])]

    assert listed == [
        (list(dict.fromkeys(map(spoken, command.keys))), command.text)
        for command in COMMANDS
        if command.place is place and command.keys and not command.name.startswith("preset-")
    ]


def test_the_digits_stand_there_with_their_windows() -> None:
    digits = rows("Windows by digit")
    of_the_file = {command.name: command.text for command in COMMANDS}

    assert [digit for digit, *_ in digits] == [f"`{number}`" for number in range(10)]
    for number in range(3):
        assert set(digits[number][1:]) == {of_the_file[f"preset-{number}"].lower()}
    for column, (modality, unit) in enumerate((("CT", "HU"), ("PT", "SUV"), ("MR", ""))):
        known = {preset.digit: preset for preset in presets(modality, unit)}
        for number in range(3, 10):
            assert digits[number][1 + column] == in_words(known.get(number), numbers=modality == "CT")


def in_words(preset: Preset | None, *, numbers: bool) -> str:
    if preset is None:
        return "–"
    window = preset.window
    values = f" (C {window.center:g} W {window.width:g})".replace("-", "\N{MINUS SIGN}")
    return preset.name + values * numbers


def test_what_the_sheet_says_of_the_mouse_stands_there() -> None:
    listed = dict(rows("Mouse over the images"))

    for text, hand in _MOUSE:
        assert listed[hand].startswith(text)
