from typing import Any

import pytest
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from workstation.terms import MODALITIES, family, images_among, modality


def _codes(cid: int) -> set[str]:
    """Return the codes of a context group as pydicom lists them."""
    table: Any = concepts["DCM"]
    return {code for keyword in cid_concepts[cid]["DCM"] for code in table[keyword]}


@pytest.mark.parametrize("cid", [29, 33])
def test_every_code_of_the_standard_has_a_name(cid: int) -> None:
    assert _codes(cid) - MODALITIES.keys() == set()


def test_nothing_that_is_only_derived_counts_as_a_picture_but_hard_copies_and_the_rest() -> None:
    """CID 33 is CID 29 and what isn't acquired."""
    derived = _codes(33) - _codes(29)
    assert images_among(derived) == {"HC", "OT"}


def test_reports_and_curves_are_no_pictures() -> None:
    assert images_among({"CT", "SR", "KO", "PR", "ECG", "SEG", "RTDOSE"}) == {"CT"}


def test_a_code_that_nobody_knows_is_told_as_it_is_and_may_be_a_picture() -> None:
    assert modality(" zz ").name == "ZZ"
    assert modality("ZZ").is_image is None
    assert images_among({"ZZ"}) == {"ZZ"}


def test_codes_for_the_same_kind_of_picture_belong_together() -> None:
    assert family("CR") == family("DX") == family("RG")
    assert family("CT") != family("MR")
    assert family("zz") == "ZZ"
