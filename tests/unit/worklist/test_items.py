from collections.abc import Callable

import pytest

from workstation.worklist.items import Conflict, Disagreement, Item, Priority, State, TaskRef, priority_of


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("STAT", Priority.STAT),
        ("s", Priority.STAT),
        (" High ", Priority.HIGH),
        ("ASAP", Priority.HIGH),
        ("MEDIUM", Priority.ROUTINE),
        ("", Priority.ROUTINE),
        ("LOW", Priority.LOW),
        ("yesterday", None),
    ],
)
def test_a_priority_is_read_in_the_words_of_ups_mwl_and_hl7(text: str, priority: Priority | None) -> None:
    assert priority_of(text) is priority


def test_stat_is_the_most_urgent_and_low_the_least() -> None:
    ranks = [priority.rank for priority in (Priority.STAT, Priority.HIGH, Priority.ROUTINE, Priority.LOW)]
    assert ranks == [0, 1, 2, 3]


def test_what_is_dictated_or_final_needs_no_reader() -> None:
    assert {state for state in State if state.is_done} == {State.DICTATED, State.FINAL}


@pytest.mark.parametrize(
    ("here", "expected", "is_whole"),
    [(0, 0, False), (0, 5, False), (4, 5, False), (5, 5, True), (6, 5, True), (5, None, False)],
)
def test_a_study_is_whole_only_if_somebody_says_how_many_images_it_has(
    make_item: Callable[..., Item], here: int, expected: int | None, *, is_whole: bool
) -> None:
    assert make_item(here=here, expected=expected).is_whole is is_whole


def test_a_study_is_local_if_the_store_alone_has_it(make_item: Callable[..., Item]) -> None:
    assert make_item(archives=()).is_local
    assert not make_item().is_local
    assert not make_item(archives=(), is_stored=False).is_local


def test_only_a_conflict_about_the_person_makes_a_study_disputed(make_item: Callable[..., Item]) -> None:
    about = {what for what in Disagreement if make_item(conflicts=(Conflict(what, ()),)).is_disputed}
    assert about == {Disagreement.NUMBER, Disagreement.NAME, Disagreement.BIRTH_DATE, Disagreement.SEX}


def test_an_item_of_a_modality_worklist_can_t_be_claimed() -> None:
    assert not TaskRef("", "ris").is_claimable
    assert TaskRef("1.2", "ris").is_claimable
