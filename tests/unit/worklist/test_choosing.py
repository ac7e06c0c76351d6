from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import Patient
from workstation.worklist.choosing import Limits, chosen
from workstation.worklist.items import NOTHING_KNOWN
from workstation.worklist.priors import Comparable, Prior

MB = 2**20


@pytest.fixture(scope="session")
def prior(make_patient: Callable[..., Patient]) -> Callable[..., Prior]:
    def make(
        uid: str = "1",
        *,
        size: int | None = 100 * MB,
        age: int | None = 30,
        here: bool = False,
        code: str = "CT",
    ) -> Prior:
        study = Comparable(uid, make_patient(), "", "", "", (code,), NOTHING_KNOWN, size=size, is_here=here)
        return Prior(study, 1.0, "same region", age)

    return make


def _uids(priors: Sequence[Prior]) -> list[str]:
    return [prior.study.study_uid for prior in priors]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"age": 3653}, "older than 10 years"),
        ({"code": "US"}, "not of the modalities that are fetched"),
        ({"size": 3000 * MB}, "too large for the room that is left"),
    ],
)
def test_what_the_rule_forbids_is_left_with_its_reason(
    prior: Callable[..., Prior], facts: dict[str, object], why: str
) -> None:
    found = chosen([prior(**facts), prior("2")], Limits(modalities=frozenset({"CT"})))
    assert _uids(found.taken) == ["2"]
    assert [left.why for left in found.left] == [why]


def test_the_most_relevant_are_taken_up_to_the_number(prior: Callable[..., Prior]) -> None:
    found = chosen([prior(uid) for uid in "12345"], Limits(most=2))
    assert _uids(found.taken) == ["1", "2"]
    assert {left.why for left in found.left} == {"2 more relevant ones are taken"}


def test_one_that_is_too_large_lets_smaller_ones_in(prior: Callable[..., Prior]) -> None:
    found = chosen([prior("1"), prior("2", size=950 * MB), prior("3")], Limits(size=1000 * MB))
    assert _uids(found.taken) == ["1", "3"]


def test_what_is_here_already_needs_no_room(prior: Callable[..., Prior]) -> None:
    found = chosen([prior("1", size=5000 * MB, here=True), prior("2")], Limits(size=100 * MB))
    assert _uids(found.taken) == ["1", "2"]


def test_a_size_that_nobody_tells_is_assumed(prior: Callable[..., Prior]) -> None:
    limits = Limits(size=500 * MB, size_if_unknown=300 * MB)
    assert _uids(chosen([prior("1", size=None), prior("2", size=None)], limits).taken) == ["1"]


def test_an_age_that_nobody_tells_is_young_enough(prior: Callable[..., Prior]) -> None:
    assert _uids(chosen([prior(age=None)], Limits()).taken) == ["1"]


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans())), st.integers(0, 5), st.integers(0, 4000))
def test_the_limits_are_always_kept_and_every_prior_is_accounted_for(
    prior: Callable[..., Prior], drawn: list[tuple[int, bool]], most: int, room: int
) -> None:
    priors = [prior(str(place), size=size, here=here) for place, (size, here) in enumerate(drawn)]
    found = chosen(priors, Limits(most=most, size=room))
    assert len(found.taken) <= most
    assert sum(one.study.size or 0 for one in found.taken if not one.study.is_here) <= room
    assert sorted(_uids([*found.taken, *(left.prior for left in found.left)])) == sorted(_uids(priors))
