import pytest

from workstation.terms import BadTable, Contrast, Kind, Procedure, Region, Side, parsed_procedures

TABLE = """
[[procedure]]
codes = ["CTHWO", "70450"]
regions = ["brain"]
contrast = "without contrast"

[[procedure]]
codes = ["MGSL"]
regions = ["breast"]
side = "left"
kinds = ["screening"]
"""


def test_a_table_gives_each_code_its_procedure() -> None:
    table = parsed_procedures(TABLE, where="procedures.toml")
    head = Procedure(frozenset({Region.BRAIN}), contrast=Contrast.WITHOUT)
    breast = Procedure(frozenset({Region.BREAST}), Side.LEFT, kinds=frozenset({Kind.SCREENING}))
    assert table == {"CTHWO": head, "70450": head, "MGSL": breast}


def test_an_empty_table_is_a_table() -> None:
    assert parsed_procedures("", where="procedures.toml") == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[procedure]", "not TOML"),
        ('[[procedure]]\ncodes = ["A"]\nregions = ["brian"]', "brian"),
        ('[[procedure]]\ncodes = ["A"]\nsides = "left"', "sides"),
        ('[[procedure]]\nregions = ["brain"]', "at least one code"),
        ('[[procedure]]\ncodes = ["A"]\n[[procedure]]\ncodes = ["A"]', "twice"),
        ('[[procedure]]\ncodes = ["A"]\nregions = 5', "list"),
        ("procedure = 5", "list"),
    ],
)
def test_a_table_that_is_wrong_anywhere_is_refused_whole(text: str, complaint: str) -> None:
    with pytest.raises(BadTable, match=complaint) as caught:
        parsed_procedures(text, where="procedures.toml")
    assert "procedures.toml" in caught.value.where
