"""The log helps to mend the program; the terminal stays calm; neither names a patient."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workstation.workflow import catch_the_uncaught, start_log

NAME = "ZQXNAME^SECRET"
UID = "1.2.840.99.1.2.3"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Put everything back that a log changes for the whole process."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.raiseExceptions)
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    yield
    for handler in [one for one in root.handlers if one not in before[1]]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[0])
    logging.raiseExceptions = before[2]
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def fail() -> None:
    raise ValueError(f"{NAME} {UID}")


def test_there_is_no_log_before_there_is_something_to_tell(tmp_path: Path) -> None:
    start_log(tmp_path / "logs" / "lumen.log", "warning")
    logging.getLogger("workstation.test").info("not told")
    assert list(tmp_path.iterdir()) == []

    logging.getLogger("workstation.test").warning("told")
    assert [line["message"] for line in lines(tmp_path / "logs" / "lumen.log")] == ["told"]


def test_an_error_is_told_by_its_way_through_the_code_and_not_by_its_words(tmp_path: Path) -> None:
    start_log(tmp_path / "lumen.log", "warning")
    try:
        fail()
    except ValueError as error:
        logging.getLogger("workstation.test").critical("unexpected %s", "ValueError", exc_info=error)
    (line,) = lines(tmp_path / "lumen.log")

    assert any("fail" in place for place in line["error"])
    text = (tmp_path / "lumen.log").read_text()
    assert "ZQX" not in text
    assert UID not in text


def test_a_second_start_moves_the_log_and_no_line_is_written_twice(tmp_path: Path) -> None:
    start_log(tmp_path / "a.log", "warning")
    start_log(tmp_path / "b.log", "warning")
    logging.getLogger("workstation.test").warning("told")

    assert not (tmp_path / "a.log").exists()
    assert len(lines(tmp_path / "b.log")) == 1


def test_a_log_that_cannot_be_written_is_done_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    start_log(tmp_path / "file" / "lumen.log", "warning")
    logging.getLogger("workstation.test").error("nobody hears")

    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("always")
def test_warnings_of_libraries_go_to_the_log_without_their_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log(tmp_path / "lumen.log", "warning")
    warnings.warn(f"Invalid value for VR PN: {NAME}", UserWarning, stacklevel=1)

    assert "ZQX" not in (tmp_path / "lumen.log").read_text()
    assert capsys.readouterr() == ("", "")


def test_what_nobody_catches_on_a_thread_is_in_the_log_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log(tmp_path / "lumen.log", "warning")
    catch_the_uncaught()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert [line["message"] for line in lines(tmp_path / "lumen.log")] == ["uncaught ValueError"]
    assert capsys.readouterr() == ("", "")


def test_what_nobody_catches_on_the_main_thread_is_one_calm_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log(tmp_path / "lumen.log", "warning")
    catch_the_uncaught()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "ValueError" in told.err
    assert "ZQX" not in told.err
    assert len(lines(tmp_path / "lumen.log")) == 1


@pytest.mark.parametrize("ending", [SystemExit(), KeyboardInterrupt()])
def test_an_end_that_somebody_wanted_is_no_fault(tmp_path: Path, ending: BaseException) -> None:
    start_log(tmp_path / "lumen.log", "warning")
    catch_the_uncaught()

    def end() -> None:
        raise ending

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    assert not (tmp_path / "lumen.log").exists()
