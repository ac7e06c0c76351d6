"""The command in this process, at a desk that opens at once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "soak"))  # for the desk and the objects

import pytest
from click.testing import CliRunner, Result
from dicom_objects import ct, part10
from quick_desk import SharedPool, quick_desk

from workstation.cli import build, session
from workstation.cli.session import Session
from workstation.workflow import Desk

WINDOW_CODE = 7

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def pool() -> Iterator[SharedPool]:
    made = SharedPool()
    yield made
    made.end()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let everything of the person lie in one folder."""
    made = tmp_path / "home"
    made.mkdir()
    monkeypatch.setenv("LUMEN_HOME", str(made))
    return made


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Put everything back that a log changes for the whole process."""
    root = logging.getLogger()
    level, handlers, raised = root.level, list(root.handlers), logging.raiseExceptions
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raised
    logging.captureWarnings(capture=False)


@pytest.fixture
def at_desk(home: Path, pool: SharedPool, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Let commands open a quick desk; return how they asked for it."""
    asked: list[dict[str, Any]] = []

    def open_desk(**how: Any) -> Desk:  # noqa: ANN401  whatever the verb takes
        asked.append(how)
        return quick_desk(home / "store", pool)

    monkeypatch.setattr(session, "open_desk", open_desk)
    monkeypatch.setattr(session, "keep_memory_private", lambda: None)  # this process is the tests'
    return asked


@pytest.fixture
def run(home: Path) -> Run:
    """Return what runs the command with these words."""
    assert home.exists()

    def window(session: Session, *, demo: bool) -> int:
        return WINDOW_CODE + demo + (session.store is not None) * 2

    def run(*words: object) -> Result:
        return CliRunner().invoke(build(window), [str(word) for word in words], prog_name="workstation")

    return run


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Return a folder with three slices."""
    made = tmp_path / "disc"
    made.mkdir()
    for n in range(3):
        dataset = ct(SOPInstanceUID=f"1.2.3.1.{n}", InstanceNumber=n, ImagePositionPatient=[0, 0, n])
        (made / f"{n}.dcm").write_bytes(part10(dataset))
    return made
