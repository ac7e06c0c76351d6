from __future__ import annotations

from workstation.archive.web import Capabilities, Known
from workstation.archive.web.known import LASTS, STANDS

FOUND = Capabilities(page_size=7)


class Aged(Known):
    """What was found out so many seconds ago."""

    def __init__(self) -> None:
        self.age = 0.0
        super().__init__(clock=lambda: 5.0 + self.age)
        self.learn(FOUND)

    def at(self, age: float) -> Capabilities | None:
        self.age = age
        return self.traits


def test_nothing_is_known_before_it_was_found_out() -> None:
    assert Known().traits is None


def test_what_was_found_out_is_known_for_an_hour() -> None:
    known = Aged()

    assert [known.at(age) for age in (0, LASTS - 1, LASTS)] == [FOUND, FOUND, None]


def test_what_is_only_a_part_of_what_could_be_found_out_is_known_for_less() -> None:
    known = Aged()
    known.learn(FOUND, lasts=7.0)

    assert [known.at(age) for age in (6, 7)] == [FOUND, None]


def test_a_contradiction_counts_once_what_is_known_is_a_minute_old() -> None:
    known = Aged()

    known.contradicted()
    assert known.at(STANDS) is FOUND
    known.contradicted()
    assert known.at(STANDS) is None
    known.learn(FOUND)
    assert known.at(STANDS) is FOUND
