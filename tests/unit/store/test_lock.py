import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.store import lock
from workstation.store.errors import StoreBusy
from workstation.store.lock import StoreLock, require_free

HOLD = "import sys, pathlib; from workstation.store.lock import StoreLock as L; L(pathlib.Path(sys.argv[1]));"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file system be one that knows no locks."""
    monkeypatch.setattr(lock, "_lock", lambda _descriptor: None)


def test_a_second_holder_is_refused_and_told_who_has_it(path: Path) -> None:
    first = StoreLock(path)

    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        StoreLock(path)

    first.release()
    StoreLock(path).release()


def test_another_process_is_refused_too(path: Path) -> None:
    held = StoreLock(path)

    answer = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", HOLD, str(path)], capture_output=True, text=True, check=False
    )

    held.release()
    assert "StoreBusy" in answer.stderr


def test_a_lock_falls_with_the_process_that_held_it(path: Path) -> None:
    killed = [sys.executable, "-c", HOLD + "import os; os.kill(os.getpid(), 9)", str(path)]
    subprocess.run(killed, check=False)  # noqa: S603 - ourselves

    held = StoreLock(path)

    assert held.was_left_behind
    held.release()


def test_a_lock_that_was_released_leaves_nothing_behind(path: Path) -> None:
    StoreLock(path).release()
    held = StoreLock(path)

    assert not held.was_left_behind
    held.release()
    held.release()


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_running_holder_is_respected(path: Path) -> None:
    held = StoreLock(path)

    with pytest.raises(StoreBusy):
        StoreLock(path)
    held.release()


@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize(
    "line",
    [f"{os.getpid()} 1\n", "999999999 5\n", "nonsense\n", ""],
    ids=["another process now", "gone", "nonsense", "empty"],
)
def test_without_locks_a_holder_that_is_gone_or_another_process_now_is_not(path: Path, line: str) -> None:
    path.write_text(line)

    StoreLock(path).release()


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_told_from_a_lock_that_is_taken(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(code, "")

    monkeypatch.setattr(fcntl, "flock", refuse)

    StoreLock(path).release()


def test_a_look_at_the_lock_tells_who_has_it_and_changes_nothing(path: Path) -> None:
    require_free(path.parent)
    assert not path.exists()
    held = StoreLock(path)
    line = path.read_bytes()

    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        require_free(path.parent)
    assert path.read_bytes() == line

    held.release()
    path.write_bytes(line)  # as after a crash
    require_free(path.parent)
    assert StoreLock(path).was_left_behind
