from collections.abc import Callable
from itertools import permutations

import pytest

from workstation.dicom.model import Patient
from workstation.worklist.identity import contradicts, identity_conflicts, is_same, names_agree
from workstation.worklist.items import Disagreement


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"name": "VALE^M"}, True),
        ({"issuer": ""}, True),
        ({"birth_date": ""}, True),
        ({"sex": ""}, True),
        ({"number": "4711-09"}, False),
        ({"number": ""}, False),
        ({"issuer": "ANNE"}, False),
        ({"birth_date": "19590303"}, False),
        ({"sex": "M"}, False),
    ],
)
def test_a_person_is_number_issuer_birth_date_and_sex(
    make_patient: Callable[..., Patient], change: dict[str, str], *, same: bool
) -> None:
    one, other = make_patient(), make_patient(**change)
    assert is_same(one, other) is is_same(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("VALE^MARISOL", "Vale^Marisol", True),
        ("VALE^MARISOL", "VALE^MARISOL^ANN", True),
        ("MÜLLER^JÖRG", "MULLER^JORG", True),
        ("VALE^MARISOL", "MARISOL^VALE", True),
        ("VALE^MARISOL", "", True),
        ("VALE^MARISOL", "VALE^MARIA", False),
        ("VALE^MARISOL", "VALE-OSTROV^ANA", False),
    ],
)
def test_names_agree_if_the_words_of_one_are_among_those_of_the_other(
    make_patient: Callable[..., Patient], one: str, other: str, *, agree: bool
) -> None:
    assert names_agree(make_patient(name=one), make_patient(name=other)) is agree


def test_what_isn_t_told_contradicts_nothing(make_patient: Callable[..., Patient]) -> None:
    assert not contradicts(make_patient(birth_date="", sex=""), make_patient())
    assert contradicts(make_patient(sex="M"), make_patient())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"number": "1"}, Disagreement.NUMBER),
        ({"number": "1", "issuer": ""}, Disagreement.NUMBER),
        ({"name": "OKAFOR^BENEDICT"}, Disagreement.NAME),
        ({"birth_date": "19590402"}, Disagreement.BIRTH_DATE),
        ({"sex": "M"}, Disagreement.SEX),
    ],
)
def test_each_difference_is_told_with_who_says_what(
    make_patient: Callable[..., Patient], change: dict[str, str], what: Disagreement
) -> None:
    (conflict,) = identity_conflicts([("a", make_patient()), ("b", make_patient(**change))])
    assert conflict.what is what
    assert [source for source, _ in conflict.values] == ["a", "b"]


def test_numbers_of_two_issuers_can_t_be_compared(make_patient: Callable[..., Patient]) -> None:
    told = [("a", make_patient()), ("b", make_patient(number="99", issuer="ANNE"))]
    assert identity_conflicts(told) == ()


def test_a_conflict_of_two_is_seen_between_others_that_agree_with_both(
    make_patient: Callable[..., Patient],
) -> None:
    told = [("a", make_patient()), ("b", make_patient(sex="")), ("c", make_patient(sex="M"))]
    for order in permutations(told):
        assert [conflict.what for conflict in identity_conflicts(order)] == [Disagreement.SEX]
