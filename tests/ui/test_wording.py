"""Expected names and ages are worked out by hand from PS3.5 section 6.2."""

import pytest

from workstation.ui import wording


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Vale^Marisol", "Vale, Marisol"),
        ("Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "Adams, Rev. John Robert Quincy, B.A. M.Div."),
        ("Hong^Gildong=洪^吉洞=홍^길동", "Hong, Gildong (洪 吉洞)"),
        ("=山田^太郎", "山田 太郎"),
        ("Weiß", "Weiß"),
        ("", "no name"),
        ("^^^^", "no name"),
    ],
)
def test_a_name_reads_as_on_a_chart(stored: str, shown: str) -> None:
    assert wording.person_name(stored) == shown


@pytest.mark.parametrize(
    ("born", "at", "shown"),
    [
        ("19590302", "20261124", "67"),
        ("19591125", "20261124", "66"),
        ("20261101", "20261124", "23 d"),
        ("20261001", "20261124", "7 w"),
        ("20250824", "20261124", "15 m"),
        ("20261125", "20261124", ""),
        ("", "20261124", ""),
        ("19591341", "20261124", ""),
    ],
)
def test_age_is_told_as_precisely_as_it_matters(born: str, at: str, shown: str) -> None:
    assert wording.age(born, at) == shown


def test_dates_and_times_read_as_iso_and_what_is_neither_stays() -> None:
    assert wording.moment("20261124", "020412.123") == "2026-11-24 02:04"
    assert wording.moment("2026.11.24", "02:04") == "2026-11-24 02:04"
    assert wording.moment("yesterday", "") == "yesterday"


def test_amounts() -> None:
    assert wording.counted(1136, "image") == "1\u2009136 images"
    assert [wording.duration(s) for s in (0.2, 59, 61, 7200)] == ["1 s", "59 s", "1 min", "2 h"]
    assert [wording.rate(*pair) for pair in ((84e6, 1), (4.2e6, 1), (0, 1))] == ["84 MB/s", "4.2 MB/s", ""]
