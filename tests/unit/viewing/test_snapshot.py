import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.viewing import (
    PANES,
    Camera,
    Layout,
    Screen,
    Snapshot,
    SnapshotBroken,
    ViewportState,
    Window,
    commands,
)

windows = st.builds(
    Window,
    center=st.floats(-1e6, 1e6),
    width=st.floats(1, 1e6),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    name=st.text(max_size=10),
    lut=st.none() | st.integers(0, 5),
)
cameras = st.builds(
    Camera,
    zoom=st.floats(0.125, 64),
    pan=st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
    rotation=st.integers(0, 3),
    flip=st.booleans(),
)
viewports = st.builds(
    ViewportState,
    stack=st.text(min_size=1, max_size=20),
    index=st.integers(0, 5000),
    window=st.none() | windows,
    camera=cameras,
    invert=st.booleans(),
    texts=st.booleans(),
)
layouts = st.builds(
    Layout,
    rows=st.integers(2, 3),
    columns=st.integers(1, 3),
    active=st.integers(0, 1),
    maximised=st.booleans(),
)


@given(st.builds(Snapshot, st.text(), layouts, st.lists(viewports, max_size=PANES).map(tuple)))
def test_a_snapshot_comes_back_as_it_was(snapshot: Snapshot) -> None:
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_after_a_restart_the_same_slice_is_there_in_the_same_window(screen: Screen) -> None:
    commands.set_grid(screen, rows=1, columns=2, who="test")
    commands.put_stack(screen, pane=1, stack="t1", index=95, window=Window(38, 76), who="test")
    commands.activate(screen, pane=1, who="test")
    text = Snapshot.of(screen).to_json()

    again, remembered = Screen(), Snapshot.from_json(text)
    again.open(
        remembered.study_uid,
        {"t1": 192, "t2": 30},
        layout=remembered.layout,
        viewports=remembered.viewports,
        who="restart",
    )
    assert Snapshot.of(again) == Snapshot.of(screen)
    assert again.active == ViewportState("t1", 95, Window(38, 76))


def test_the_remembered_form_stays_readable() -> None:
    """What yesterday's version wrote must open tomorrow."""
    stored = """
    {"kind": "screen/1", "study_uid": "2.25.1",
     "layout": {"rows": 1, "columns": 2, "active": 1, "maximised": false},
     "viewports": [
       {"stack": "t1", "index": 95,
        "window": {"center": 38, "width": 76.0, "function": "LINEAR", "name": "brain", "lut": null},
        "camera": {"zoom": 1, "pan": [0.5, 0], "rotation": 3, "flip": true},
        "invert": false, "texts": true}]}
    """

    assert Snapshot.from_json(stored) == Snapshot(
        "2.25.1",
        Layout(1, 2, active=1),
        (ViewportState("t1", 95, Window(38, 76, name="brain"), Camera(1, (0.5, 0), 3, flip=True)),),
    )


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "7", '"screen/1"', "{}", "[" * 100_000])
def test_a_text_that_is_no_snapshot_is_refused_calmly(text: str) -> None:
    with pytest.raises(SnapshotBroken, match="can't be read back"):
        Snapshot.from_json(text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "screen/2"),
        (("study_uid",), 7),
        (("layout", "rows"), 4),
        (("layout", "rows"), "1"),
        (("layout", "active"), True),
        (("viewports",), [None]),
        (("viewports",), None),
        (("viewports", 0, "stack"), None),
        (("viewports", 0, "index"), -1),
        (("viewports", 0, "index"), 1.5),
        (("viewports", 0, "window"), []),
        (("viewports", 0, "window", "width"), 0),
        (("viewports", 0, "window", "width"), 10**400),
        (("viewports", 0, "window", "center"), float("nan")),
        (("viewports", 0, "window", "function"), "CUBIC"),
        (("viewports", 0, "window", "function"), []),
        (("viewports", 0, "camera", "zoom"), 1e9),
        (("viewports", 0, "camera", "pan"), [1]),
        (("viewports", 0, "camera", "pan"), [1, "a"]),
        (("viewports", 0, "camera", "rotation"), 4),
        (("viewports", 0, "invert"), 1),
    ],
)
def test_a_snapshot_with_one_broken_field_is_refused_calmly(
    screen: Screen, path: tuple[str | int, ...], value: object
) -> None:
    commands.put_stack(screen, pane=0, stack="t1", window=Window(38, 76), who="test")
    fields: Any = json.loads(Snapshot.of(screen).to_json())
    inner = fields
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(SnapshotBroken):
        Snapshot.from_json(json.dumps(fields))


def test_a_snapshot_with_too_many_viewports_is_refused(screen: Screen) -> None:
    fields = json.loads(Snapshot.of(screen).to_json())
    fields["viewports"] *= 2

    with pytest.raises(SnapshotBroken):
        Snapshot.from_json(json.dumps(fields))
