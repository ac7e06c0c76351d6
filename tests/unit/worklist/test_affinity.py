from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import BadTable, Region
from workstation.worklist.affinity import Affinities, parsed_affinities

R = Region


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        (R.KNEE, R.KNEE, 1.0, 1.0),
        (R.LIVER, R.ABDOMEN, 0.8, 0.9),
        (R.TOE, R.LOWER_LIMB, 0.5, 0.5),
        (R.TOE, R.LIMB, 0.0, 0.0),
        (R.KNEE, R.ANKLE, 0.0, 0.0),
        (R.BRAIN, R.HEAD, 0.9, 1.0),
        # traps: anatomy would say yes
        (R.HEART, R.CHEST, 0.0, 0.2),
        (R.CORONARIES, R.CHEST, 0.0, 0.2),
        (R.BRAIN, R.SINUSES, 0.0, 0.0),
        (R.HEAD, R.SINUSES, 0.0, 0.2),
    ],
)
def test_regions_say_as_much_about_each_other_as_readers_find(
    affinities: Affinities, one: Region, other: Region, least: float, most: float
) -> None:
    assert least <= affinities.of_regions(one, other) <= most


@given(st.sampled_from(Region), st.sampled_from(Region))
def test_an_affinity_is_the_same_both_ways_and_never_above_that_of_a_region_itself(
    affinities: Affinities, one: Region, other: Region
) -> None:
    found = affinities.of_regions(one, other)
    assert found == affinities.of_regions(other, one)
    assert 0.0 <= found <= affinities.of_regions(one, one) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "affinity"),
    [
        (["CR"], ["DX"], 1.0),
        (["CT"], ["MR"], 0.9),
        (["MR"], ["CT"], 0.9),
        (["PT", "CT"], ["CT"], 1.0),
        (["ES"], ["CT"], 0.75),
        ([], ["CT"], 0.75),
    ],
)
def test_the_best_pair_of_modalities_counts(
    affinities: Affinities, one: list[str], other: list[str], affinity: float
) -> None:
    assert affinities.of_modalities(one, other) == affinity


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sinuses"', '"sinusitis"'),
        ("least_score = 0.3", "least_score = 0"),
        ("outside = 0.8", ""),
        ("others = 0.75", ""),
        ("other_contrast = 0.95", 'other_contrast = "much"'),
        ("least_age = 0.5", "least_age = 0.5\nlest_age = 0.5"),
    ],
)
def test_a_table_that_is_wrong_is_refused(shipped: Callable[[str], str], old: str, new: str) -> None:
    text = shipped("priors.toml")
    assert old in text
    with pytest.raises(BadTable):
        parsed_affinities(text.replace(old, new), where="priors.toml")
