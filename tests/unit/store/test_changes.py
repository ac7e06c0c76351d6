from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from workstation.store.changes import Change, Cut, Put, apply, pack, unpack
from workstation.store.database import Database

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.binary(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
ROWS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, min_size=1)
CHANGES = st.one_of(st.builds(Put, st.just("notes"), ROWS), st.builds(Cut, st.just("notes"), ROWS))


@given(st.lists(CHANGES))
def test_changes_come_back_as_they_were(changes: list[Change]) -> None:
    assert unpack(pack(changes)) == changes


@given(st.lists(CHANGES, max_size=8))
def test_changes_that_are_made_twice_are_as_good_as_once(changes: list[Change]) -> None:
    database = Database(Path(":memory:"), bytes(32), ())
    database.rows("CREATE TABLE notes (a PRIMARY KEY, b, c)")
    keyed = [change for change in changes if isinstance(change, Cut) or change.row.get("a") is not None]

    apply(database, keyed)
    once = database.rows("SELECT * FROM notes ORDER BY 1, 2, 3")
    apply(database, keyed)

    assert database.rows("SELECT * FROM notes ORDER BY 1, 2, 3") == once
    database.close()


def test_a_put_replaces_and_a_cut_removes_all_that_fit() -> None:
    database = Database(Path(":memory:"), bytes(32), ())
    database.rows("CREATE TABLE notes (a PRIMARY KEY, b, c)")

    apply(
        database,
        [
            Put("notes", {"a": 1, "b": "x"}),
            Put("notes", {"a": 2, "b": "x"}),
            Put("notes", {"a": 3, "b": None}),
        ],
    )
    apply(database, [Put("notes", {"a": 2, "b": b"y"}), Cut("notes", {"b": "x"}), Cut("notes", {"b": None})])

    assert database.rows("SELECT * FROM notes") == [(2, b"y", None)]
    database.close()
