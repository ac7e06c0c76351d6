from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive.web.media_types import media_type


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("application/dicom", "application/dicom", {}),
        ("APPLICATION/Dicom ; Transfer-Syntax=1.2", "application/dicom", {"transfer-syntax": "1.2"}),
        (
            'multipart/related; type="application/dicom"; boundary=x-y',
            "multipart/related",
            {"type": "application/dicom", "boundary": "x-y"},
        ),
        (
            'multipart/related;boundary="a b;c=d";type=application/dicom',
            "multipart/related",
            {"type": "application/dicom", "boundary": "a b;c=d"},
        ),
        (  # as Orthanc writes it
            'multipart/related; type="application/octet-stream; transfer-syntax=1.2.4"; boundary=b',
            "multipart/related",
            {"type": "application/octet-stream", "transfer-syntax": "1.2.4", "boundary": "b"},
        ),
        (r'x/y; a="\"q\\"', "x/y", {"a": '"q\\'}),
        ("", "", {}),
        (";;=;a", "", {}),
        ('x/y; a="open', "x/y", {"a": '"open'}),
    ],
)
def test_a_content_type_is_read_with_its_parameters(text: str, name: str, parameters: dict[str, str]) -> None:
    found = media_type(text)

    assert (found.name, found.parameters) == (name, parameters)


@given(st.text(alphabet='ab;="\\ /-', max_size=60))
def test_no_content_type_makes_the_reader_fail(text: str) -> None:
    media_type(text)
