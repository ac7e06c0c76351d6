import pytest

from workstation.viewing.wording import age, day, minute, moment, person_name


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("DOE^JANE", "DOE, JANE"),
        ("Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "Adams, Rev. John Robert Quincy, B.A. M.Div."),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田 太郎)"),
        ("=洪^吉洞", "洪 吉洞"),
        ("Doe", "Doe"),
        ("^Jane", "Jane"),
        ("", ""),
        ("a^b^c^d^e^f", "a, d b c, e"),
    ],
)
def test_names_are_written_family_first(stored: str, shown: str) -> None:
    """Examples of PS3.5, 6.2.1.1 and annexes H and I."""
    assert person_name(stored) == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("20261124", "2026-11-24"),
        ("1993.08.22", "1993-08-22"),  # PS3.5 table 6.2-1, the form of ACR-NEMA
        ("20261324", "20261324"),
        ("2026", "2026"),
        ("2026-W01", "2026-W01"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_a_day_is_written_year_first_and_nothing_is_hidden(stored: str, shown: str) -> None:
    assert day(stored) == shown


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("020412.123456", "02:04"),
        ("2359", "23:59"),
        ("10:45:10", "10:45"),
        ("07", "07"),
        ("2561", "2561"),
        ("noon", "noon"),
        ("", ""),
    ],
)
def test_a_time_is_written_to_the_minute(stored: str, shown: str) -> None:
    assert minute(stored) == shown


def test_a_moment_is_as_much_of_it_as_is_known() -> None:
    assert moment("20261124", "020412") == "2026-11-24 02:04"
    assert moment("20261124", "") == "2026-11-24"
    assert moment("", "020412") == "02:04"


@pytest.mark.parametrize(
    ("born", "at", "shown"),
    [
        ("19570302", "20261124", "69"),
        ("19570302", "20270301", "69"),
        ("19570302", "20270302", "70"),
        ("20261124", "20261124", "0 d"),
        ("20261101", "20261124", "23 d"),
        ("20261001", "20261124", "7 w"),
        ("20250924", "20261124", "14 m"),
        ("20250925", "20261124", "13 m"),
        ("20241124", "20261123", "23 m"),
        ("20241124", "20261124", "2"),
        ("20270101", "20261124", ""),
        ("", "20261124", ""),
        ("19570302", "", ""),
    ],
)
def test_the_youngest_are_told_in_days_weeks_and_months(born: str, at: str, shown: str) -> None:
    """By the calendar, by hand."""
    assert age(born, at) == shown
