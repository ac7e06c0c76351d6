from collections.abc import Callable

import pytest

from workstation.terms import BadTable
from workstation.terms.tables import Row, count, flag, not_negative, parsed, positive, text

TABLE = """
name = "one"
[times]
CT = 8
MR = 15.5
[[rule]]
minutes = 30
"""


def test_a_table_answers_what_it_holds() -> None:
    table = parsed(TABLE, "here.toml")
    assert table.one("name", text) == "one"
    assert table.one("missing", text, "default") == "default"
    assert table.under("times").rest(positive) == {"CT": 8.0, "MR": 15.5}
    assert [row.one("minutes", positive) for row in table.rows("rule")] == [30.0]
    assert table.many("lists", text) == ()
    table.finish()


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda table: table.one("missing", text), "missing"),
        (lambda table: table.one("name", positive), "name"),
        (lambda table: table.many("name", text), "list"),
        (lambda table: table.rows("name"), "list"),
        (lambda table: table.under("name"), "name"),
        (lambda table: table.finish(), "name"),
    ],
)
def test_what_isn_t_as_it_should_be_is_told_with_its_place(
    ask: Callable[[Row], object], complaint: str
) -> None:
    with pytest.raises(BadTable, match=complaint) as caught:
        ask(parsed(TABLE, "here.toml"))
    assert caught.value.where == "here.toml"


def test_an_error_in_a_row_names_the_row() -> None:
    with pytest.raises(BadTable) as caught:
        parsed(TABLE, "here.toml").rows("rule")[0].finish()
    assert caught.value.where == "here.toml, rule 1"


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (positive, 0),
        (positive, True),
        (not_negative, -1),
        (not_negative, float("nan")),
        (not_negative, float("inf")),
        (not_negative, "3"),
        (count, 1.5),
        (count, -1),
        (text, 3),
        (flag, 1),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(make: Callable[[object], object], value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        make(value)


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(BadTable, match="not TOML"):
        parsed("[[x]", "here.toml")
