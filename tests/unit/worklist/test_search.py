from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import Patient, Study
from workstation.worklist.items import Item
from workstation.worklist.search import Haystacks, haystack


@pytest.fixture
def item(
    make_item: Callable[..., Item], make_patient: Callable[..., Patient], make_study: Callable[..., Study]
) -> Item:
    return make_item(
        patient=make_patient(name="MÜLLER^JÖRG=김^철수"),
        study=make_study(accession="99812", description="CT head without contrast"),
        site="St. Anne",
        reason="Left arm weakness",
        also_known_as=(("77-1", "ANNE"),),
    )


def _found(item: Item, typed: str) -> bool:
    haystacks = Haystacks()
    haystacks.prepare([item])
    return bool(haystacks.matching(typed))


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "mull", "MÜLLER", "jorg muller", "muller^jorg", "4711", "77-1", "99812", "head CT", "anne",
     "weak", "müller 4711 head", "김철", "김 철수"],
)  # fmt: skip
def test_a_line_is_found_by_any_of_its_words_in_any_order(item: Item, typed: str) -> None:
    assert _found(item, typed)


@pytest.mark.parametrize("typed", ["mullerjorg", "chest", "4711 chest", "mueller"])
def test_a_line_is_not_found_by_what_it_doesn_t_hold(item: Item, typed: str) -> None:
    assert not _found(item, typed)


def test_a_word_never_runs_from_one_text_into_the_next(item: Item) -> None:
    assert "\n" in haystack(item)
    assert not _found(item, "9981 2ct")


def test_a_line_that_changed_is_found_by_what_it_is_now(
    make_item: Callable[..., Item], make_study: Callable[..., Study]
) -> None:
    haystacks = Haystacks()
    haystacks.prepare([make_item("1"), make_item("2")])
    haystacks.prepare([make_item("1", study=make_study("1", description="MR knee"))])
    assert haystacks.matching("knee") == {"1"}
    assert haystacks.matching("head") == frozenset()
    assert haystacks.matching("") == {"1"}


def test_only_what_changed_is_folded_again(
    make_item: Callable[..., Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []

    def spied(item: Item) -> str:
        folded.append(item.key)
        return haystack(item)

    monkeypatch.setattr("workstation.worklist.search.haystack", spied)
    items = [make_item(str(number)) for number in range(5)]
    haystacks = Haystacks()
    haystacks.prepare(items)
    haystacks.prepare([*items, make_item("new")])
    assert folded == ["0", "1", "2", "3", "4", "new"]


@given(st.lists(st.text(max_size=8), max_size=5), st.text(max_size=8), st.text(max_size=3))
def test_one_more_letter_never_finds_more(
    make_item: Callable[..., Item],
    make_study: Callable[..., Study],
    descriptions: list[str],
    typed: str,
    more: str,
) -> None:
    haystacks = Haystacks()
    haystacks.prepare(
        make_item(str(place), study=make_study(description=one)) for place, one in enumerate(descriptions)
    )
    assert haystacks.matching(f"{typed} {more}") <= haystacks.matching(typed)
