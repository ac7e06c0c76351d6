"""What a worker cannot do, tried from inside one; and that none outlives its parent.

The attempts are the program's own (``workers.probe``), so that the diagnostics page shows what is
proved here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import workstation
from workstation.workers import SandboxCheck, sandbox_check
from workstation.workers.landlock import abi
from workstation.workers.probe import ATTEMPTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is the Linux kernel's")

LANDLOCK = abi()
SYSTEM_PYTHON = "/usr/bin/python3"  # our own may lie in a folder that only root can enter
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture(scope="module")
def check() -> SandboxCheck:
    return sandbox_check()


@pytest.mark.parametrize("name", list(ATTEMPTS))
def test_a_worker_cannot(name: str, check: SandboxCheck) -> None:
    assert check.refused[name]


@pytest.mark.skipif(LANDLOCK < 6, reason="this kernel's Landlock knows less")
def test_every_door_is_closed_on_this_kernel(check: SandboxCheck) -> None:
    assert check.report.complete
    assert check.report.landlock == LANDLOCK
    assert check.tight


def test_without_the_sandbox_the_same_attempts_succeed() -> None:
    """The control: what is refused inside is refused by the sandbox and by nothing else.

    Nobody listens on the port, so connecting is refused by the other side, which is not a
    missing permission.
    """
    open_doors = {}
    for name, attempt in ATTEMPTS.items():
        try:
            attempt()
        except PermissionError:
            open_doors[name] = False
        except ConnectionRefusedError:
            open_doors[name] = True
        else:
            open_doors[name] = True

    assert all(open_doors.values()), open_doors


@pytest.mark.parametrize("missing", ["landlock", "seccomp"])
def test_either_wall_alone_keeps_files_shut_and_is_reported(missing: str) -> None:
    """Run with one wall taken away, as on an older kernel."""
    code = f"""
        import sys
        from workstation.workers import Limits, landlock, probe, sandbox, seccomp

        probe.warm_up()
        if {missing!r} == "landlock":
            landlock.abi = lambda: 0
        else:
            seccomp.available = lambda: False
        report = sandbox.close_sandbox(Limits())
        refused = probe.TASKS["try"]({{}}, None, None)
        assert report.files is ({missing!r} != "landlock"), report
        assert report.calls is ({missing!r} != "seccomp"), report
        assert not report.complete
        for name in ("read a file", "write a file", "list a folder", "connect"):
            assert refused[name], refused
    """
    _python(code)


def test_an_ordinary_user_is_held_just_so_and_watched() -> None:
    """Undumpable, the child's /proc folder belongs to root; the watchdog must still see its memory."""
    code = """
        import os, sys
        from workstation.workers import Job, WorkerPool, sandbox_check
        from workstation.workers.worker import resident_bytes

        assert os.getuid() != 0
        assert sandbox_check().tight
        with WorkerPool("workstation.workers.probe", 1) as pool:
            assert all(pool.submit(Job("try")).result(20).values())
            assert resident_bytes(pool._dispatcher._workers[0].process.pid) > 1 << 20
    """
    if os.getuid() != 0:
        _python(code)
    elif _usable_by_nobody():
        _python(code, *AS_NOBODY, SYSTEM_PYTHON)
    else:
        pytest.skip("run as root, and the system's own Python cannot stand in for an ordinary user's")


def test_no_worker_outlives_a_killed_parent() -> None:
    """A parent killed by -9, with one worker idle and one deep in a job."""
    code = """
        import sys, time
        from workstation.workers import Job, WorkerPool

        pool = WorkerPool("spin_tasks", 2)
        pool.submit(Job("spin", seconds=600))
        pool.submit(Job("nothing")).result(20)
        print(*(worker.process.pid for worker in pool._dispatcher._workers), flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen(  # noqa: S603  our own code
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )
    with parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        assert len(children) == 2
        assert all(map(_alive, children))
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 2
    while any(map(_alive, children)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _usable_by_nobody() -> bool:
    if shutil.which(AS_NOBODY[0]) is None or not Path(SYSTEM_PYTHON).exists():
        return False
    code = "import sys; assert sys.version_info >= (3, 11); import workstation.workers"
    return _run(code, *AS_NOBODY, SYSTEM_PYTHON).returncode == 0


def _python(code: str, *interpreter: str) -> None:
    done = _run(code, *(interpreter or (sys.executable,)))
    assert done.returncode == 0, done.stderr


def _run(code: str, *interpreter: str) -> subprocess.CompletedProcess[str]:
    package = Path(workstation.__file__).parent.parent
    paths = [str(package), str(Path(__file__).parent)]
    return subprocess.run(  # noqa: S603  our own code
        [*interpreter, "-c", textwrap.dedent(code)],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(paths), "PATH": os.environ["PATH"]},
    )
