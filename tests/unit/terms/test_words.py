from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import Lexicon, fold, words
from workstation.terms.words import phrases


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÜLLER-LÜDENSCHEIDT", "muller-ludenscheidt"),
        ("Groß", "gross"),
        ("Bjørn Æbelø", "bjorn aebelo"),
        ("Wałęsa", "walesa"),
        ("İstanbul", "istanbul"),
        ("O'Neill", "o'neill"),
    ],
)
def test_a_text_folds_to_what_one_would_type(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_hangul_is_found_by_its_beginning() -> None:
    """A syllable that is only half typed is found, since it is compared letter by letter."""
    assert fold("김철수").startswith(fold("기"))


def test_words_end_at_anything_that_is_no_letter_or_digit() -> None:
    assert words("CT_C-SPINE,W/O&w") == ("ct", "c", "spine", "w", "o", "and", "w")


def test_the_longest_phrase_takes_its_words_and_no_other_reads_them_again() -> None:
    lexicon = Lexicon({"a b c": 3, "a b": 2, "c": 1})
    assert lexicon.values("a b d a b c c") == [2, 3, 1]


def test_a_phrase_is_known_in_the_plural_unless_that_means_something_else() -> None:
    lexicon = Lexicon({"nasal bone": 1, "arm": 2, "arms": 3})
    assert lexicon.values("nasal bones, arms") == [1, 3]


def test_a_table_gives_each_phrase_its_meaning_across_line_breaks() -> None:
    assert list(phrases("\nbig = large,\n  very  big;\nsmall = tiny;\n")) == [
        ("large", "big"),
        ("very big", "big"),
        ("tiny", "small"),
    ]


@given(st.lists(st.sampled_from(["a", "b", "c", "x"])))
def test_matches_never_overlap_and_come_in_order(said: list[str]) -> None:
    matches = list(Lexicon({"a b": 1, "b c a": 2, "c": 3}).matches(said))
    assert all(one.stop <= other.start for one, other in pairwise(matches))
