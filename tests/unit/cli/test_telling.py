"""Nothing from a file steers a terminal, and columns stand under each other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.cli.tables import table
from workstation.cli.telling import ProgressLine, plain

HOSTILE = {
    "clears the screen": "A\x1b[2J\x1b[HB",
    "rings": "A\aB",
    "overwrites the line": "A\rB",
    "adds a line": "A\nworkstation: all is well",
    "one-byte escape": "A\x9b31mB",
    "turns the reading direction": "A\u202egnp.exe",
    "hides a letter": "A\u200bB",
    "half of a pair": "A\ud800B",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_loses_what_is_hostile_and_nothing_else(name: str) -> None:
    cleaned = plain(HOSTILE[name])

    assert cleaned.isprintable()
    assert cleaned.startswith("A")
    assert len(cleaned) == len(HOSTILE[name])


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_a_table_has_one_printable_line_for_each_row(rows: list[tuple[str, str]]) -> None:
    lines = table(("One", "Two"), rows)

    assert len(lines) == len(rows) + 1
    assert all(unicodedata.category(letter)[0] != "C" for line in lines for letter in line)


def test_the_second_column_begins_at_one_place_whatever_the_script() -> None:
    """東 takes two places (Unicode Annex 11: Wide), a combining acute accent none."""
    lines = table(("Name", "ID"), [("Müller", "1"), ("東京", "2"), ("Mu\u0308ller", "3"), ("", "4")])

    assert lines == ["Name    ID", "Müller  1", "東京    2", "Mu\u0308ller  3", "        4"]


def test_progress_is_for_who_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ProgressLine() as line:
        line.show("1 of 2")
    assert capsys.readouterr().err == ""

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressLine(quiet=True) as line:
        line.show("1 of 2")
    assert capsys.readouterr().err == ""
    with ProgressLine() as line:
        line.show("1 of 2")
    assert capsys.readouterr().err == "\r\x1b[K1 of 2\r\x1b[K"


def test_progress_steers_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressLine() as line:
        line.show("valid for \x1b[2J\nOU=x")

    assert capsys.readouterr().err == "\r\x1b[Kvalid for  [2J OU=x\r\x1b[K"
