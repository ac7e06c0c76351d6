from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import Patient
from workstation.worklist.persons import Links, Offer, are_one_person, offers

OURS, ANNE, MILLBROOK = ("4711-08", "HARBOR"), ("77", "ANNE"), ("5", "MILLBROOK")
NONE = Links()
LINKED = Links(confirmed=frozenset({frozenset({OURS, ANNE}), frozenset({ANNE, MILLBROOK})}))


def test_one_number_of_one_issuer_is_one_person(make_patient: Callable[..., Patient]) -> None:
    assert are_one_person(make_patient(), make_patient(name="VALE-OSTROV^M"), NONE)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "77"},
        {"issuer": "ANNE"},
        {"issuer": ""},
        {"birth_date": "19590303"},
        {"sex": "M"},
        {"number": ""},
    ],
)
def test_nobody_else_is(make_patient: Callable[..., Patient], change: dict[str, str]) -> None:
    assert not are_one_person(make_patient(), make_patient(**change), NONE)
    assert not are_one_person(make_patient(**change), make_patient(), NONE)


def test_nobody_without_a_number_is_anyone(make_patient: Callable[..., Patient]) -> None:
    assert not are_one_person(make_patient(number=""), make_patient(number=""), NONE)


@pytest.mark.parametrize(
    ("change", "same"),
    [({}, True), ({"birth_date": ""}, False), ({"name": ""}, False), ({"name": "OKAFOR^BENEDICT"}, False)],
)
def test_a_number_of_no_known_issuer_needs_name_and_birth_date(
    make_patient: Callable[..., Patient], change: dict[str, str], *, same: bool
) -> None:
    one, other = make_patient(issuer=""), make_patient(issuer="", **change)
    assert are_one_person(one, other, NONE) is are_one_person(other, one, NONE) is same


def test_a_confirmed_link_holds_over_several_steps(make_patient: Callable[..., Patient]) -> None:
    theirs = make_patient(number="5", issuer="MILLBROOK")
    assert are_one_person(make_patient(), theirs, LINKED)
    assert are_one_person(theirs, make_patient(), LINKED)


def test_a_confirmed_link_doesn_t_hold_against_another_birth_date(
    make_patient: Callable[..., Patient],
) -> None:
    theirs = make_patient(number="77", issuer="ANNE", birth_date="20010101")
    assert not are_one_person(make_patient(), theirs, LINKED)


def test_a_likely_person_under_another_issuer_is_offered_with_the_evidence(
    make_patient: Callable[..., Patient],
) -> None:
    theirs = make_patient(number="77", issuer="ANNE", name="Vale^Marisol^Ann")
    assert offers(make_patient(), [theirs, theirs], NONE) == (
        Offer(OURS, ANNE, ("similar name", "same birth date", "same sex")),
    )


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"name": "OKAFOR^BENEDICT"},
        {"birth_date": "19590303"},
        {"birth_date": ""},
        {"sex": "M"},
        {"name": ""},
        {"number": ""},
    ],
)
def test_an_unlikely_one_is_not_offered(make_patient: Callable[..., Patient], change: dict[str, str]) -> None:
    issuer = {} if not change else {"issuer": "ANNE", "number": "77"}
    assert offers(make_patient(), [make_patient(**(issuer | change))], NONE) == ()


def test_what_was_confirmed_or_refused_is_not_offered_again(make_patient: Callable[..., Patient]) -> None:
    theirs = make_patient(number="77", issuer="ANNE")
    refused = Links(refused=frozenset({frozenset({OURS, ANNE})}))
    assert offers(make_patient(), [theirs], LINKED) == ()
    assert offers(make_patient(), [theirs], refused) == ()


def test_numbers_whose_issuer_nobody_names_may_be_of_two_houses(make_patient: Callable[..., Patient]) -> None:
    (offer,) = offers(make_patient(issuer=""), [make_patient(issuer="", number="77")], NONE)
    assert offer.theirs == ("77", "")
    (offer,) = offers(make_patient(), [make_patient(issuer="")], NONE)
    assert "same number" in offer.evidence


NUMBERS = st.tuples(st.sampled_from("123456"), st.sampled_from("AB"))


@given(
    st.lists(NUMBERS, unique=True, min_size=2, max_size=6), st.frozensets(st.frozensets(NUMBERS, min_size=2))
)
def test_a_chain_of_links_joins_all_its_numbers(
    chain: list[tuple[str, str]], others: frozenset[frozenset[tuple[str, str]]]
) -> None:
    links = Links(confirmed=others | {frozenset(pair) for pair in pairwise(chain)})
    joined = links.numbers_of(chain[0])
    assert set(chain) <= joined
    assert all(links.numbers_of(number) == joined for number in joined)
