"""Tables on their way from a worker come back as they were, and a reply that lies is noticed."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.lookups import NONE, Lookups
from workstation.dicom.lookups_form import pack, unpack
from workstation.dicom.lut import Lut
from workstation.dicom.overlay import Overlay
from workstation.dicom.palette import Palette

ROOM = 1 << 16

FIRSTS = st.integers(-(1 << 15), (1 << 16) - 1)


@st.composite
def luts(draw: st.DrawFn) -> Lut:
    """Return any table that a file may hold."""
    bits = draw(st.integers(8, 16))
    entries = draw(st.lists(st.integers(0, (1 << bits) - 1), min_size=1, max_size=20))
    return Lut(draw(FIRSTS), np.array(entries, np.uint16), bits, draw(st.text(max_size=8)))


@st.composite
def palettes(draw: st.DrawFn) -> Palette:
    """Return a palette of some colours."""
    colours = draw(st.binary(min_size=3, max_size=3)) * draw(st.integers(1, 9))
    return Palette(draw(FIRSTS), np.frombuffer(colours, np.uint8).reshape(-1, 3).copy(), draw(st.booleans()))


@st.composite
def overlays(draw: st.DrawFn) -> Overlay:
    """Return an overlay with bits of its own."""
    rows, columns, frames = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 4))
    size = -(-rows * columns * frames // 8)
    return Overlay(
        group=draw(st.sampled_from(range(0x6000, 0x6020, 2))),
        rows=rows,
        columns=columns,
        origin=(draw(st.integers(-9, 9)), draw(st.integers(-9, 9))),
        kind=draw(st.sampled_from(["graphics", "region"])),
        description=draw(st.text(max_size=8)),
        frames=frames if frames > 1 else None,
        first_frame=draw(st.integers(0, 5)),
        packed=np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8),
    )


@st.composite
def lookups(draw: st.DrawFn) -> Lookups:
    """Return anything that a header may hold; frames share tables."""
    tables = draw(st.lists(luts(), max_size=3))
    some = st.lists(st.sampled_from(tables), max_size=3).map(tuple) if tables else st.just(())
    return Lookups(
        modality=draw(st.none() | luts()),
        voi=tuple(draw(st.lists(some, min_size=1, max_size=4))),
        palette=draw(st.none() | palettes()),
        overlays=tuple(draw(st.lists(overlays(), max_size=3))),
        notes=tuple(draw(st.lists(st.text(max_size=8), max_size=2))),
    )


def _crossed(found: Lookups, room: int = ROOM) -> tuple[Any, memoryview]:
    target = memoryview(bytearray(room))
    return json.loads(json.dumps(pack(found, target))), target


def _said(found: Lookups) -> object:
    """Return everything that it says, comparable: tables are equal only if they are the same object."""

    def lut(table: Lut) -> object:
        return table.first, table.entries.tolist(), table.bits, table.explanation

    def overlay(one: Overlay) -> object:
        assert one.packed is not None
        size = (one.group, one.rows, one.columns, one.origin)
        return size, one.kind, one.description, one.frames, one.first_frame, one.packed.tolist()

    colours = found.palette
    return (
        found.modality and lut(found.modality),
        [[lut(table) for table in frame] for frame in found.voi],
        colours and (colours.first, colours.colours.tolist(), colours.supplemental),
        [overlay(one) for one in found.overlays],
        found.notes,
    )


@given(lookups())
def test_what_crosses_comes_back_as_it_was(found: Lookups) -> None:
    assert _said(unpack(*_crossed(found))) == _said(found)


def test_a_table_that_frames_share_is_one_object_again() -> None:
    table = Lut(0, np.arange(4, dtype=np.uint16), 8)
    back = unpack(*_crossed(Lookups(modality=table, voi=((table,), (), (table,)))))

    assert back.voi[0][0] is back.voi[2][0] is back.modality


def test_nothing_is_nothing() -> None:
    assert unpack(*_crossed(NONE)) == NONE


@given(lookups())
def test_too_little_room_is_told_with_how_much_is_enough(found: Lookups) -> None:
    reply, _ = _crossed(found, room=0)
    if "needs" in reply:
        assert _said(unpack(*_crossed(found, room=reply["needs"]))) == _said(found)
        assert "needs" in _crossed(found, room=reply["needs"] - 2)[0]
    else:
        assert (found.modality, found.palette) == (None, None)


LIES: list[object] = [None, -1, 10**9, "x", [], {}, True, 1.5, [[]], [0, 10**9], [-2, 2], [0, 0], [0, 3]]


def _places(reply: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value of a reply."""
    keys: Any = reply if isinstance(reply, dict) else range(len(reply)) if isinstance(reply, list) else ()
    return [path, *(way for key in keys for way in _places(reply[key], (*path, key)))]  # type: ignore[index]


@given(lookups(), st.data())
def test_a_reply_that_lies_is_an_error_or_can_be_used(found: Lookups, data: st.DataObject) -> None:
    reply, target = _crossed(found)
    *way, last = data.draw(st.sampled_from(_places(reply)[1:]))
    holder: Any = reply
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(st.sampled_from(LIES))
    try:
        back = unpack(reply, target)
    except (ValueError, TypeError, KeyError):
        return
    for frame in back.voi:
        for table in frame:
            table.apply([-5, 0, 70_000])
    for overlay in back.overlays:
        assert overlay.plane(0, 4, 4).shape == (4, 4)
    if back.palette is not None:
        back.palette.apply([0, 300])


@pytest.mark.parametrize("entries", [b"", bytes(2 * 65_537)])
def test_a_table_of_no_length_that_a_file_can_have_is_refused(entries: bytes) -> None:
    reply = {"tables": [[0, 16, "", [0, len(entries)]]], "modality": 0, "voi": [[]], "palette": None}
    with pytest.raises(ValueError, match="no file can hold"):
        unpack({**reply, "overlays": [], "notes": []}, memoryview(entries))


@pytest.mark.parametrize("frames", [2.0, 1.5])
def test_a_count_that_is_not_whole_is_refused_without_a_search(frames: float) -> None:
    overlay = [0x6000, 1, 1, [0, 0], "graphics", "", frames, 0, [0, 2]]
    reply: dict[str, Any] = {
        "tables": [],
        "modality": None,
        "voi": [[]],
        "palette": None,
        "overlays": [overlay],
        "notes": [],
    }
    with pytest.raises(ValueError, match="no file can hold"):
        unpack(reply, memoryview(bytes(2)))
