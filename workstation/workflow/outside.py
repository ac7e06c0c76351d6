"""Files that leave the store: whole or not at all, and never in place of a file that was there unasked.

A file that was cut off by a full disk looks like a file; somebody sends it on. So each is written under
another name and gets its own when all of it is there.

Errors:  FileInTheWay; WorkflowError with the system's reason.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from workstation.workflow.errors import FileInTheWay, WorkflowError

UNFINISHED: Final = ".part"


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """Write a file; ``replace`` one of that name if it was asked for."""
    if path.exists() and not replace:
        raise in_the_way(path)
    part = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        with part.open("xb") as file, _gone_if_it_fails(part):
            yield file
        part.replace(path)
    except OSError as error:
        raise WorkflowError(
            f"The file cannot be written: {error.strerror}", where=str(path), remedy="Choose another place."
        ) from error


def in_the_way(path: Path) -> FileInTheWay:
    """Return the error for a name that is taken."""
    return FileInTheWay(
        "A file of that name is there already", where=str(path), remedy="Choose another place."
    )


@contextlib.contextmanager
def _gone_if_it_fails(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
