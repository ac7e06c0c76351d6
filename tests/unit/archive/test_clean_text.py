from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workstation.archive.clean_text import clean

ANY = st.text(st.characters(exclude_categories=()), max_size=20)


@given(ANY)
@example("\ud800")
@example("\0")
def test_what_comes_out_can_be_kept_and_comes_back_the_same(text: str) -> None:
    kept = clean(text)

    with sqlite3.connect(":memory:") as database:
        assert database.execute("SELECT ?", (kept,)).fetchone() == (kept,)
    database.close()
    assert "\0" not in kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("DOE^JANE ", "DOE^JANE"),
        ("1.2.3\0", "1.2.3"),
        ("A\0B", "AB"),
        ("김^철수\0", "김^철수"),
        ("\ud83d", "\ufffd"),
        ("\U0001f9e0", "\U0001f9e0"),  # a whole character, though JSON writes it as two halves
        ("line\r\nline", "line\r\nline"),
    ],
)
def test_only_what_can_t_be_kept_is_lost(text: str, kept: str) -> None:
    assert clean(text) == kept
