import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import FrameTable
from workstation.security import SealBroken
from workstation.security.ciphers import key_id
from workstation.store.blob_format import (
    HEADER_BYTES,
    Header,
    blob_keys,
    pack_table,
    parse_header,
    unpack_table,
)
from workstation.store.names import Place

DATA_KEY = bytes(range(32))
PLACE = Place("s", "i", 1)
HEADER = Header(key_id(DATA_KEY), 70_000, 77, bytes(32))
SPANS = st.lists(st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)), max_size=4).map(tuple)


def test_the_layout_is_that_of_the_table() -> None:
    """The expected bytes are written out by hand from the module's table."""
    expected = b"LUMENBLB" + struct.pack(">HHI", 1, 1, 65_536) + key_id(DATA_KEY)
    expected += struct.pack(">QI", 70_000, 77) + bytes(32)

    assert HEADER.pack() == expected
    assert len(expected) == HEADER_BYTES == 68
    assert parse_header(expected, DATA_KEY) == HEADER
    assert HEADER.file_size == 68 + 70_000 + 2 * 16 + 77


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (8, b"\x00\x02"), (10, b"\x00\x02"), (12, b"\x00\x00\x00\x00"), (16, b"other id")],
)
def test_a_header_that_asks_for_anything_else_is_refused(offset: int, value: bytes) -> None:
    altered = bytearray(HEADER.pack())
    altered[offset : offset + len(value)] = value

    with pytest.raises(SealBroken):
        parse_header(bytes(altered), DATA_KEY)


def test_every_blob_has_keys_of_its_own() -> None:
    others = [
        blob_keys(bytes(32), HEADER, PLACE),
        blob_keys(DATA_KEY, Header(HEADER.key_id, 70_000, 77, b"x" * 32), PLACE),
        blob_keys(DATA_KEY, HEADER, Place("t", "i", 1)),
        blob_keys(DATA_KEY, HEADER, Place("s", "j", 1)),
        blob_keys(DATA_KEY, HEADER, Place("s", "i", 2)),
    ]
    keys = blob_keys(DATA_KEY, HEADER, PLACE)

    assert len({one.stream for one in [keys, *others]} | {one.table for one in [keys, *others]}) == 12
    assert len({one.associated for one in [keys, *others[1:]]}) == 5


@given(st.lists(SPANS, max_size=50).map(tuple))
def test_frame_tables_come_back_as_they_were(spans: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    assert unpack_table(pack_table(FrameTable(spans))) == FrameTable(spans)


def test_the_table_of_a_long_loop_is_small() -> None:
    table = FrameTable(tuple(((1000 + n * 262_144, 262_144),) for n in range(3000)))

    assert len(pack_table(table)) < 3000 * 6
