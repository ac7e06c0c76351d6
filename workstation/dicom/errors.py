"""What this package refuses, and how a stranger's exception becomes one calm sentence.

A reader must learn which file was left out and why; a traceback from a parser tells neither. So
everything that a hostile or broken file can raise ends as a ``DicomRefused``.

Errors:  exit codes 20–24. No text holds a value from the file, only tags, counts and offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workstation.errors import LumenError

OTHER_COPY = "Ask for another copy of the file."


class DicomRefused(LumenError):
    """A DICOM object that can't be read, or can't be read safely."""

    exit_code = 20


class NotDicom(DicomRefused):
    """A file of some other kind: nothing is wrong with it, it just isn't an image of ours."""

    exit_code = 21


class DiscDirectory(NotDicom):
    """The list of what is on a disc; makers call it DIRFILE as well as DICOMDIR."""


class Unsupported(DicomRefused):
    """A DICOM object that is whole, in a form that this program doesn't show."""

    exit_code = 22


class PixelsRefused(DicomRefused):
    """A frame that can't be decoded, or whose codestream contradicts its header."""

    exit_code = 23


class MediaRefused(DicomRefused):
    """A folder, zip or disc that can't be searched, or not safely."""

    exit_code = 24


def truncated(what: str, *, where: str) -> DicomRefused:
    """Return the error for a file that was cut off."""
    return DicomRefused(f"The file is cut off inside {what}", where=where, remedy=OTHER_COPY)


def malformed(what: str, *, where: str) -> DicomRefused:
    """Return the error for a file that breaks the encoding rules of PS3.5."""
    return DicomRefused(what, where=where, remedy=OTHER_COPY)


def over_limit(what: str, *, where: str = "") -> DicomRefused:
    """Return the error for a file that would cost more than any real one."""
    return DicomRefused(what, where=where, remedy="It was left out for safety.")


@contextmanager
def refusing(what: str, kind: type[DicomRefused] = DicomRefused) -> Iterator[None]:
    """Turn whatever a parser or codec raises into a refusal.

    Broken input makes pydicom and codecs raise nearly anything (zlib.error, struct.error,
    AttributeError, RecursionError …), so all of it is caught here, and only here. MemoryError
    passes: the worker pool has its own answer to it.
    """
    try:
        yield
    except (LumenError, MemoryError):
        raise
    except Exception as error:
        raise kind(what, where=type(error).__name__, remedy=OTHER_COPY) from error


def tag_text(tag: int) -> str:
    """Return a tag as the standard prints it: (7FE0,0010)."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
