from __future__ import annotations

from dataclasses import fields

import pytest

from workstation.archive import ArchiveError
from workstation.archive.web.capabilities import (
    PROFILES,
    Capabilities,
    capabilities_of,
    described,
    overridden,
)


def test_a_product_has_a_profile_and_a_site_may_differ() -> None:
    traits = capabilities_of(
        "orthanc", {"percent_decodes": "Yes", "page_size": " 50 ", "include_fields": "all"}
    )

    assert traits is not None
    assert (traits.percent_decodes, traits.page_size, traits.include_fields) == (True, 50, "all")
    assert traits.modality_lists == PROFILES["orthanc"].modality_lists


def test_without_a_product_the_archive_is_to_be_probed() -> None:
    assert capabilities_of("", {"rendered": "no"}) is None


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("percent_decode", "yes", "percent_decodes"),
        ("zzz", "yes", "page_size"),
        ("rendered", "maybe", "yes or no"),
        ("page_size", "-3", "whole number"),
        ("page_size", "0", "whole number"),
        ("page_size", "many", "whole number"),
        ("include_fields", "some", "each, all, none"),
    ],
)
def test_a_wrong_override_is_told_calmly(name: str, value: str, hint: str) -> None:
    with pytest.raises(ArchiveError, match=hint):
        overridden(Capabilities(), {name: value})


def test_an_unknown_product_is_told_calmly() -> None:
    with pytest.raises(ArchiveError, match="orthanc"):
        capabilities_of("orthank", {})


def test_every_trait_of_every_profile_has_a_sentence() -> None:
    for traits in (*PROFILES.values(), Capabilities()):
        told = described(traits)
        assert len(told) == len(fields(Capabilities))
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in told)
    assert len(set(described(Capabilities()))) == len(fields(Capabilities))


def test_each_yes_and_no_is_told_differently() -> None:
    for one in fields(Capabilities):
        if isinstance(one.default, bool):
            yes, no = (described(overridden(Capabilities(), {one.name: word})) for word in ("yes", "no"))
            assert len(set(yes) ^ set(no)) == 2
