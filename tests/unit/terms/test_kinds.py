import pytest

from workstation.terms import Kind, kinds_of


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("LDCT chest", {Kind.SCREENING}),
        ("MG screening bilateral", {Kind.SCREENING}),
        ("CT chest F/U nodule", {Kind.FOLLOW_UP}),
        ("CTA run-off", {Kind.ANGIOGRAPHY}),
        ("MRV brain", {Kind.VENOGRAPHY}),
        ("CT perfusion head, CTA head", {Kind.PERFUSION, Kind.ANGIOGRAPHY}),
        ("MR arthrogram shoulder", {Kind.ARTHROGRAPHY}),
        ("CT-guided biopsy lung", {Kind.INTERVENTION}),
        ("DEXA spine and hip", {Kind.BONE_DENSITY}),
        ("OUTSIDE FILMS", {Kind.OUTSIDE}),
        ("XR CHEST PORT", set()),
        ("CT head", set()),
    ],
)
def test_kinds_are_read_from_their_words(text: str, kinds: set[Kind]) -> None:
    assert kinds_of(text) == kinds
