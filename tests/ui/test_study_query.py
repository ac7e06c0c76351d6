"""Expected rows are worked out by hand from the invented list."""

import time
from dataclasses import replace
from datetime import date

import pytest
from invented import many_rows, study_rows

from workstation.ui.studies.query import Query, entry, modalities, select

TODAY = date(2026, 11, 24)


def _names(query: Query) -> list[str]:
    found = select(map(entry, study_rows()), query, TODAY)
    return [made.row.patient_name.split("^")[0] for made in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vale", ["VALE"]),
        ("marisol vale", ["VALE"]),
        ("Vale, Marisol", ["VALE"]),
        ("vale^marisol", ["VALE"]),
        ("4711", ["VALE"]),
        ("99811", ["OKAFOR"]),
        ("nodule", ["HOLLOWAY"]),
        ("MR brain", ["ABERNATHY"]),
        ("洪", ["Hong"]),
        ("홍길동", ["Hong"]),
        ("홍 길동", ["Hong"]),
        ("vale nodule", []),
        ("   ", [row[0].split("^")[0] for row in __import__("invented").ROWS]),
    ],
)
def test_every_word_must_occur_somewhere(text: str, found: list[str]) -> None:
    assert _names(Query(text)) == found


def test_accents_and_case_do_not_matter() -> None:
    rows = [entry(row) for row in study_rows()]
    plain = select(rows, Query("KLINIKUM"), TODAY)

    assert plain == []  # the site is not searched
    assert [made.row.patient_id for made in select(rows, Query("HANNELORE-friederike"), TODAY)] == ["DE-0042"]


def test_modalities_are_any_of_those_chosen() -> None:
    assert _names(Query(modalities=frozenset({"PT", "US"}))) == ["PRZYBYLSKI", "DELACROIX"]


@pytest.mark.parametrize(("days", "count"), [(None, 12), (1, 5), (2, 12), (7, 12)])
def test_days_count_back_from_today(days: int | None, count: int) -> None:
    """Five of the invented studies are of 24 November, seven of the day before."""
    assert len(_names(Query(days=days))) == count


def test_modalities_that_hold_no_picture_make_no_chip() -> None:
    from dataclasses import replace

    rows = study_rows()
    rows[0] = replace(rows[0], modalities=("CT", "SR", "PR"))

    assert modalities(rows, 8) == ("CT", "DX", "MG", "MR", "PT", "US")
    assert modalities(rows, 1) == ("CT",)


def test_ten_thousand_studies_are_searched_faster_than_a_hand_types() -> None:
    entries = [entry(row) for row in many_rows(10_000)]

    started = time.perf_counter()
    found = select(entries, Query("vale head", frozenset({"CT"}), 30), TODAY)

    assert len(found) == 834
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("typed", ["soren", "Søren", "SÖREN"])
def test_letters_that_no_accent_makes_are_found_as_they_are_typed_elsewhere(typed: str) -> None:
    row = replace(many_rows(1)[0], patient_name="ÅSTRÖM^Søren")

    assert select([entry(row)], Query(text=typed), TODAY) == [entry(row)]
