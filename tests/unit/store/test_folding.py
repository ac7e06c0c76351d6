import pytest

from workstation.store.folding import folded, words


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("MÜLLER^JÖRG", "muller jorg"),
        ("Müller^Jörg", "MÜLLER"),
        ("ŁUKASZEWICZ^ŻANETA", "lukaszewicz zaneta"),
        ("STRAßE", "strasse"),
        ("SØRENSEN^ÅSE", "sorensen ase"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "山田"),
        ("DOE^JANE^^DR", "jane doe"),
        ("ΑΘΗΝΑΣ", "αθηνασ"),
        ("İSTANBUL", "istanbul"),
        ("CT Thorax  mit KM", "thorax km"),
    ],
)
def test_a_name_is_found_as_people_type_it(text: str, query: str) -> None:
    assert all(word in folded(text) for word in words(query))


def test_texts_stay_apart_from_each_other() -> None:
    assert "ab" not in folded("a", "b")
    assert folded("a", "b") == "a\nb"
    assert words("  ") == []
