"""Rules for passing on: the site's hold, one that can't be right is refused with its reason."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from workstation.config import ForwardRule, load_forwards

WHOLE = """
[stroke]
to = ["harbor", "city"]
modalities = ["CT"]
body_parts = ["HEAD"]
callers = ["CT1"]
words = ["stroke"]
between = "22:00-06:00"
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "site.toml", tmp_path / "own.toml"


def test_a_rule_is_read_as_it_stands(files: tuple[Path, Path]) -> None:
    files[0].write_text(WHOLE)
    found = load_forwards(*files)
    assert found.rules == (
        ForwardRule("stroke", ("harbor", "city"), ("CT",), ("HEAD",), ("CT1",), ("stroke",), "22:00-06:00"),
    )
    assert found.problems == ()


def test_no_file_is_no_rule(files: tuple[Path, Path]) -> None:
    assert load_forwards(*files).rules == ()


def test_of_two_with_one_name_the_site_s_holds(files: tuple[Path, Path]) -> None:
    files[0].write_text('[all]\nto = ["harbor"]\n')
    files[1].write_text('[all]\nto = ["mine"]\n[more]\nto = ["mine"]\n')
    found = load_forwards(*files)
    assert [(rule.name, rule.to) for rule in found.rules] == [("all", ("harbor",)), ("more", ("mine",))]
    assert "The site has set up 'all' itself" in str(found.problems[0])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("[x]\n", "doesn't say to which archive"),
        ('[x]\nto = "harbor"\n', "no list of texts"),
        ("[x]\nto = []\n", "doesn't say to which archive"),
        ('[x]\nto = [" "]\n', "no list of texts"),
        ('[x]\nto = ["harbor"]\ncolour = ["red"]\n', "A rule has no 'colour', but 'x' has one"),
        ('[x]\nto = ["harbor"]\nname = ["y"]\n', "A rule has no 'name', but 'x' has one"),
        ('[x]\nto = ["harbor"]\nbetween = "at night"\n', "no span of time"),
        ('[x]\nto = ["harbor"]\nbetween = "24:00-06:00"\n', "no span of time"),
        ('[x]\nto = ["harbor"]\nbetween = 22\n', "no span of time"),
        ('to = ["harbor"]\n', "outside a rule's table"),
        ("[x\n", "can't be read"),
    ],
)
def test_what_can_t_be_right_is_refused_and_the_others_hold(
    files: tuple[Path, Path], wrong: str, why: str
) -> None:
    files[0].write_text('[good]\nto = ["harbor"]\n')
    files[1].write_text(wrong)
    found = load_forwards(*files)
    assert [rule.name for rule in found.rules] == ["good"]
    assert why in str(found.problems[0])


@pytest.mark.parametrize(
    ("between", "now", "is_open"),
    [
        ("", time(3), True),
        ("08:00-17:30", time(8), True),
        ("08:00-17:30", time(17, 29), True),
        ("08:00-17:30", time(17, 30), False),
        ("08:00-17:30", time(7, 59), False),
        ("22:00-06:00", time(23), True),
        ("22:00-06:00", time(0), True),
        ("22:00-06:00", time(5, 59), True),
        ("22:00-06:00", time(6), False),
        ("22:00-06:00", time(12), False),
        ("12:00-12:00", time(12), False),
    ],
)
def test_hours_may_go_over_midnight(between: str, now: time, is_open: bool) -> None:  # noqa: FBT001  a row
    assert ForwardRule("x", between=between).is_time(now) is is_open
