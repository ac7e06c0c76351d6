from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.workers import Json
from workstation.workers.wire import DEPTH, LENGTH, Inbox, OutOfForm, decode, encode

values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    reader, writer = socket.socketpair()
    reader.settimeout(0)
    with reader, writer:
        yield reader, writer


@given(st.dictionaries(st.text(), values, max_size=5))
def test_a_message_arrives_as_it_was_sent(message: dict[str, Json]) -> None:
    sent = encode(message)

    assert LENGTH.unpack_from(sent)[0] == len(sent) - LENGTH.size
    assert decode(sent[LENGTH.size :]) == message


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers(), max_size=3), max_size=5), st.data())
def test_messages_cut_anywhere_are_put_together(messages: list[dict[str, Json]], data: st.DataObject) -> None:
    stream = b"".join(map(encode, messages))
    reader, writer = socket.socketpair()
    reader.settimeout(0)
    inbox, arrived = Inbox(10_000), []
    with reader, writer:
        while stream:
            size = data.draw(st.integers(1, len(stream)))
            writer.sendall(stream[:size])
            stream = stream[size:]
            assert inbox.receive(reader)
            arrived += list(inbox.messages())

    assert arrived == messages


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b"\xff\xfe",
        b"{'a':1}",
    ],
)
def test_what_is_not_a_strict_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(OutOfForm):
        decode(text)


def test_depth_is_bounded_as_named() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    assert decode(nested(DEPTH))
    for depth in (DEPTH + 1, 900, 100_000):
        with pytest.raises(OutOfForm):
            decode(nested(depth))


def test_a_number_too_long_to_read_is_refused() -> None:
    with pytest.raises(OutOfForm):
        decode(b'{"a":' + b"9" * 100_000 + b"}")


def test_a_message_longer_than_allowed_is_refused_before_it_is_taken_in(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    reader, writer = ends
    writer.sendall(LENGTH.pack(1001))
    inbox = Inbox(1000)

    assert inbox.receive(reader)
    with pytest.raises(OutOfForm):
        list(inbox.messages())


def test_nothing_there_is_no_end_but_a_closed_end_is(ends: tuple[socket.socket, socket.socket]) -> None:
    reader, writer = ends
    inbox = Inbox(1000)

    assert inbox.receive(reader)
    assert not list(inbox.messages())
    writer.close()
    assert not inbox.receive(reader)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_is_not_sent(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode({"a": value})


def test_the_form_is_the_one_that_is_written_down() -> None:
    assert (
        encode({"a": [1, "ü"]}) == b"\x00\x00\x00\x12" + json.dumps({"a": [1, "ü"]}).replace(" ", "").encode()
    )
