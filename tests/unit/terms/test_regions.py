import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import PAIRED, PARTS, Region, covers, expanded, steps_within, within

REGIONS = st.frozensets(st.sampled_from(Region))


def test_the_whole_body_holds_every_region() -> None:
    assert within(Region.WHOLE_BODY) == set(Region)


def test_no_region_lies_within_itself() -> None:
    for whole, parts in PARTS.items():
        assert all(whole not in within(part) for part in parts)


@given(REGIONS, REGIONS)
def test_expanding_grows_and_settles(one: frozenset[Region], other: frozenset[Region]) -> None:
    assert one <= expanded(one) == expanded(expanded(one))
    assert expanded(one | other) == expanded(one) | expanded(other)


def test_abdomen_and_pelvis_cover_each_of_the_two_and_neither_covers_both() -> None:
    both = {Region.ABDOMEN, Region.PELVIS}
    assert covers(both, {Region.ABDOMEN})
    assert covers(both, {Region.LIVER, Region.BLADDER})
    assert not covers({Region.ABDOMEN}, both)


@pytest.mark.parametrize(
    ("part", "whole", "steps"),
    [
        (Region.KNEE, Region.KNEE, 0),
        (Region.KNEE, Region.LOWER_LIMB, 1),
        (Region.TOE, Region.LIMB, 3),
        (Region.AORTA, Region.ABDOMEN, 1),
        (Region.AORTA, Region.CHEST, 1),
        (Region.KNEE, Region.HIP, None),
        (Region.LOWER_LIMB, Region.KNEE, None),
    ],
)
def test_how_deep_a_part_lies_within_a_whole(part: Region, whole: Region, steps: int | None) -> None:
    assert steps_within(part, whole) == steps


@given(st.sampled_from(Region), st.sampled_from(Region))
def test_steps_and_contents_agree(part: Region, whole: Region) -> None:
    assert (steps_within(part, whole) is not None) == (part in within(whole))


def test_limbs_and_breasts_have_sides_and_the_trunk_has_none() -> None:
    assert {Region.KNEE, Region.BREAST, Region.FINGER, Region.KIDNEYS} <= PAIRED
    assert PAIRED.isdisjoint({Region.CHEST, Region.ABDOMEN, Region.BRAIN, Region.LUMBAR_SPINE})
