from __future__ import annotations

import email
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workstation.archive import BadAnswer, Truncated
from workstation.archive.web import multipart

BOUNDARY = "bOuNdArY-7"
DELIMITER = b"\r\n--" + BOUNDARY.encode()

# Letters of the delimiter come often, so that what looks like one does, too.
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"\r", b"\n", b"\r\n", b"\r\n--", b"--", BOUNDARY.encode(), DELIMITER[:-1]]),
    ),
    max_size=8,
).map(b"".join)


def encoded(bodies: Sequence[bytes], *, with_length: bool = False) -> bytes:
    """Write a body as RFC 2046 says."""
    written = b""
    for body in bodies:
        length = f"Content-Length: {len(body)}\r\n".encode() if with_length else b""
        written += DELIMITER + b"\r\nContent-Type: application/dicom\r\n" + length + b"\r\n" + body
    return written.removeprefix(b"\r\n") + DELIMITER + b"--"


def pieces(data: bytes, cuts: Sequence[int]) -> Iterator[bytes]:
    """Cut at these places, in any order and doubled."""
    at = 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        yield data[at:cut]
        at = cut


def read(chunks: Iterator[bytes] | Sequence[bytes]) -> list[bytes]:
    return [b"".join(part) for part in multipart.parts(chunks, BOUNDARY)]


@given(
    bodies=st.lists(BODIES, max_size=4),
    cuts=st.lists(st.integers(0, 2000), max_size=30),
    with_length=st.booleans(),
)
def test_wherever_the_line_cuts_the_same_parts_come_out(
    bodies: list[bytes], cuts: list[int], *, with_length: bool
) -> None:
    assume(not any(DELIMITER in body + b"\r\n" for body in bodies))

    assert read(pieces(encoded(bodies, with_length=with_length), cuts)) == bodies


@given(bodies=st.lists(BODIES, min_size=1, max_size=3), data=st.data(), with_length=st.booleans())
def test_a_body_that_ends_anywhere_before_its_end_is_cut(
    bodies: list[bytes], data: st.DataObject, *, with_length: bool
) -> None:
    assume(not any(DELIMITER in body + b"\r\n" for body in bodies))
    whole = encoded(bodies, with_length=with_length)
    kept = data.draw(st.integers(0, len(whole) - 1))

    came: list[bytes] = []
    reading = (b"".join(part) for part in multipart.parts([whole[:kept]], BOUNDARY))
    with pytest.raises(Truncated):
        came.extend(reading)

    assert came == bodies[: len(came)]


@given(st.binary().map(lambda body: body.translate(None, b"\r\n")), st.lists(st.integers(0, 300), max_size=9))
def test_the_standard_library_reads_the_same(body: bytes, cuts: list[int]) -> None:
    whole = encoded([body, b"second"])
    head = f'Content-Type: multipart/related; boundary="{BOUNDARY}"\r\n\r\n'.encode()

    message = email.message_from_bytes(head + whole)

    theirs = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert read(pieces(whole, cuts)) == theirs == [body, b"second"]


@pytest.mark.parametrize(
    "preamble", [b"", b"\r\n", b"This is for old readers.\r\n", b"--" + BOUNDARY.encode() + b"X\r\n"]
)
@pytest.mark.parametrize("epilogue", [b"", b"\r\n", b"\r\nand more", DELIMITER + b"\r\n\r\nlate"])
def test_what_stands_before_and_behind_the_parts_is_passed_over(preamble: bytes, epilogue: bytes) -> None:
    assert read([preamble + encoded([b"one", b"two"]) + epilogue]) == [b"one", b"two"]


@pytest.mark.parametrize(
    "inside",
    [
        b"x--" + BOUNDARY.encode() + b"--\r\n",  # not on a line of its own
        DELIMITER + b"0\r\n",  # a longer word
        DELIMITER + b"-\r\n",
        DELIMITER + b" \t x\r\n",
        DELIMITER + b"\r",
        b"\n--" + BOUNDARY.encode() + b"\r\n",
    ],
)
def test_pixels_that_hold_the_boundary_s_letters_stay_pixels(inside: bytes) -> None:
    assert read([encoded([inside, b"next"])]) == [inside, b"next"]


def test_blanks_after_a_boundary_are_no_part_of_anything() -> None:
    body = b"--bOuNdArY-7 \t \r\nA: b\r\n\r\none\r\n--bOuNdArY-7--  "

    (part,) = multipart.parts([body], BOUNDARY)

    assert part.headers == {"a": "b"}


def test_headers_are_found_whatever_their_case_and_folding() -> None:
    head = b"CONTENT-type: application/dicom;\r\n\ttransfer-syntax=1.2\r\ncontent-LENGTH:3\r\nnonsense\r\n"
    body = b"--bOuNdArY-7\r\n" + head + b"\r\nabc\r\n--bOuNdArY-7--"

    for part in multipart.parts([body], BOUNDARY):
        assert part.headers["content-type"] == "application/dicom; transfer-syntax=1.2"
        assert part.length == 3
        assert b"".join(part) == b"abc"


def test_a_part_without_headers_is_one() -> None:
    assert read([b"--bOuNdArY-7\r\n\r\nabc\r\n--bOuNdArY-7--"]) == [b"abc"]


def test_a_part_that_nobody_reads_to_its_end_is_passed_over() -> None:
    data = encoded([b"a" * 1000, b"b" * 1000, b"c"])
    came = []

    for number, part in enumerate(multipart.parts(pieces(data, range(0, 2200, 100)), BOUNDARY)):
        chunks = iter(part)
        came.append(bytes(next(chunks))[:1] if number < 2 else b"".join(chunks))
        if number == 0:
            chunks.close()  # type: ignore[attr-defined]  # as the interpreter does with a loop that is left

    assert came == [b"a", b"b", b"c"]


def test_an_old_part_gives_nothing_of_the_next() -> None:
    reading = multipart.parts([encoded([b"a" * 10, b"b" * 10])], BOUNDARY)

    first = iter(next(reading))
    next(reading)

    assert list(first) == []


@pytest.mark.parametrize("length", [b"2", b"4"])
def test_a_part_of_another_length_than_it_says_is_not_believed(length: bytes) -> None:
    body = b"--bOuNdArY-7\r\nContent-Length: " + length + b"\r\n\r\nabc\r\n--bOuNdArY-7--" + b" " * 40

    with pytest.raises(BadAnswer):
        read([body])


def test_a_length_is_only_believed_if_a_whole_delimiter_follows() -> None:
    body = b"--bOuNdArY-7\r\nContent-Length: 3\r\n\r\nabc\r\n--bOuNdArY-77\r\n--bOuNdArY-7--"

    with pytest.raises(BadAnswer):
        read([body])


def test_a_length_that_is_none_is_passed_over() -> None:
    body = b"--bOuNdArY-7\r\nContent-Length: -3\r\n\r\nabc\r\n--bOuNdArY-7--"

    assert read([body]) == [b"abc"]


def test_headers_without_end_are_refused_before_they_fill_the_memory() -> None:
    def endless() -> Iterator[bytes]:
        yield b"--bOuNdArY-7\r\nA: "
        for _ in range(1000):
            yield b"x" * 1000
        pytest.fail("it read on and on")

    with pytest.raises(BadAnswer):
        read(endless())


def test_parts_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "MOST_PARTS", 3)

    with pytest.raises(BadAnswer):
        read([encoded([b""] * 4)])
    assert len(read([encoded([b""] * 3)])) == 3


@pytest.mark.parametrize("boundary", ["", "x" * 71, "a\nb", "ä"])
def test_an_answer_without_a_boundary_is_refused(boundary: str) -> None:
    with pytest.raises(BadAnswer):
        next(multipart.parts([b""], boundary))


def test_bytes_are_handed_on_without_being_copied() -> None:
    data = encoded([b"p" * 100_000])
    chunk = data[1000:50_000]

    reading = multipart.parts([data[:1000], chunk, data[50_000:]], BOUNDARY)
    assert any(view.obj is chunk for part in reading for view in part)
