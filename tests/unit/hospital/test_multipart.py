from __future__ import annotations

import email.parser
import email.policy

import pytest
from hospital_visitor import multipart
from hypothesis import given
from hypothesis import strategies as st

from workstation.hospital.exchange import Refused
from workstation.hospital.multipart import read, written


def test_what_is_written_is_what_python_s_mail_reader_reads() -> None:
    parts = [("application/dicom", f"http://here/{number}", bytes([number]) * 9) for number in range(3)]
    answer = written(parts, "application/dicom")
    body = b"".join(piece for piece in answer.body if isinstance(piece, bytes))
    head = f"Content-Type: {answer.media_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)

    assert message.get_content_type() == "multipart/related"
    assert message.get_param("type") == "application/dicom"
    assert body.endswith(b"--\r\n")
    assert not message.defects
    assert [part.get_payload(decode=True) for part in message.walk() if part is not message] == [
        data for *_, data in parts
    ]


@given(
    st.lists(st.binary(max_size=50).filter(lambda data: b"--b0undary" not in data), min_size=1, max_size=4)
)
def test_parts_come_back_byte_for_byte(files: list[bytes]) -> None:
    parts = read(multipart(*files), "b0undary")

    assert [bytes(part.body) for part in parts] == files
    assert {part.headers.get_content_type() for part in parts} == {"application/dicom"}


def test_what_stands_before_the_first_part_is_passed_over() -> None:
    [part] = read(b"for people\r\n" + multipart(b"file"), "b0undary")

    assert bytes(part.body) == b"file"


def test_a_part_may_have_no_header() -> None:
    [part] = read(b"--b\r\n\r\nfile\r\n--b--", "b")

    assert (bytes(part.body), part.headers.get("Content-Type")) == (b"file", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no delimiter at all",
        b"x--b\r\n\r\nnot at the beginning of a line\r\n--b--",
        multipart(b"file").removesuffix(b"--b0undary--\r\n"),
        multipart(b"file")[:-4],
        b"--b0undary\r\nwithout an end of its header\r\n--b0undary--",
        b"--b0undaryX\r\n\r\nfile\r\n--b0undary--",
    ],
)
def test_a_body_that_is_not_whole_or_not_in_form_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(body, "b0undary")

    assert refused.value.status == 400


def test_a_body_without_a_boundary_is_refused() -> None:
    with pytest.raises(Refused):
        read(b"--\r\n\r\nfile\r\n----", "")
