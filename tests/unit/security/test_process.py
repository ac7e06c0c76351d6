from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.security import process

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's /proc what came of it")

SCRIPT = """
import ctypes, json, pathlib
from workstation.security.process import harden_process
done = harden_process()
limits = next(l for l in pathlib.Path("/proc/self/limits").read_text().splitlines() if "core" in l)
print(json.dumps([done.no_core_dump, done.no_debugger, limits.split()[4:6], ctypes.CDLL(None).prctl(3)]))
"""


@LINUX
def test_a_hardened_process_neither_dumps_nor_is_debugged() -> None:
    """prctl(2): PR_GET_DUMPABLE (3) answers 0; proc(5): both core limits read 0."""
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  ours

    assert json.loads(done.stdout) == [True, True, ["0", "0"], 0]


@LINUX
def test_the_boot_has_the_kernels_name() -> None:
    kernel = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()

    assert process.boot_id() == kernel


def test_where_no_kernel_tells_a_run_stands_for_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "_BOOT_ID", tmp_path / "none")
    process.boot_id.cache_clear()
    first = process.boot_id()

    assert process.boot_id() == first
    process.boot_id.cache_clear()
    assert process.boot_id() != first
    process.boot_id.cache_clear()
