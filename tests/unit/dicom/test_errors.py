import pickle
import zlib

import pytest

from workstation.dicom import errors
from workstation.errors import LumenError

CLASSES = (
    errors.DicomRefused,
    errors.NotDicom,
    errors.Unsupported,
    errors.PixelsRefused,
    errors.MediaRefused,
)


def test_every_class_has_an_exit_code_of_its_own_in_the_range_of_the_package() -> None:
    assert sorted(kind.exit_code for kind in CLASSES) == list(range(20, 25))


@pytest.mark.parametrize("kind", CLASSES)
def test_a_refusal_survives_the_way_from_a_worker(kind: type[LumenError]) -> None:
    there = pickle.loads(pickle.dumps(kind("It is broken", where="byte 3", remedy="Ask again.")))  # noqa: S301

    assert type(there) is kind
    assert str(there) == "It is broken (byte 3). Ask again."


@pytest.mark.parametrize(
    "stranger", [zlib.error("x"), AttributeError("x"), RecursionError(), KeyError("PatientName=DOE")]
)
def test_whatever_a_parser_raises_becomes_one_sentence_without_its_text(stranger: Exception) -> None:
    with pytest.raises(errors.PixelsRefused) as caught, errors.refusing("No luck", errors.PixelsRefused):
        raise stranger

    assert str(caught.value).startswith(f"No luck ({type(stranger).__name__})")
    assert "DOE" not in str(caught.value)


def test_a_refusal_passes_as_it_is_and_so_does_the_lack_of_memory() -> None:
    with pytest.raises(errors.NotDicom, match="other"), errors.refusing("No luck"):
        raise errors.NotDicom("other")
    with pytest.raises(MemoryError), errors.refusing("No luck"):
        raise MemoryError


def test_a_tag_is_written_as_the_standard_prints_it() -> None:
    assert errors.tag_text(0x7FE0_0010) == "(7FE0,0010)"
