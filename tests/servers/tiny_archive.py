"""A second archive that nobody here wrote: tiny_pacs (MIT), with its DICOMweb, on ports of its own.

It lives in an environment of its own beside ours, made when a test needs it first and kept for the next. What
it has lies in its memory and is gone with it.

Units:   seconds.
Errors:  TinyMissing where it can't be installed, TinyFailed with the end of its log.
Source:  tiny_pacs 0.4.1, tiny_pacs_dicomweb 0.1.0; what it needs is locked in the folder ``tiny_pacs``.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).parent / "tiny_pacs" / "requirements.txt"
_HOST: Final = "127.0.0.1"
_INSTALL: Final = 300.0
_START: Final = 60.0


class TinyMissing(Exception):
    """It isn't installed, and can't be."""


class TinyFailed(Exception):
    """It didn't start."""


@dataclass(frozen=True)
class TinyArchive:
    """A running one."""

    dicomweb: str  # without a slash at the end
    host: str
    dicom_port: int
    ae_title: str


def installed() -> Path:
    """Return the Python of the environment in which it lies."""
    name = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    folder = Path(sys.prefix) / "tiny-pacs" / name
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        try:
            venv.create(folder, with_pip=True)
            # names and hashes of ours
            subprocess.run(command, capture_output=True, timeout=_INSTALL, check=True)  # noqa: S603
        except subprocess.SubprocessError as error:
            raise TinyMissing("tiny_pacs could not be installed") from error
        (folder / "whole").touch()
    return python


@contextlib.contextmanager
def running_tiny_archive(folder: Path) -> Iterator[TinyArchive]:
    """Run one that writes its log into a folder, until the block ends."""
    python = installed()
    web, dicom = _free_port(), _free_port()
    settings, log = folder / "settings.yaml", folder / "log"
    settings.write_text(json.dumps(_settings(web, dicom)), encoding="utf-8")  # JSON is YAML
    with log.open("wb") as writing:
        process = subprocess.Popen(  # noqa: S603  installed above
            [python, "-m", "tiny_pacs", "run", "-c", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            cwd=folder,
        )
        try:
            if not _answers(process, web):
                raise TinyFailed(log.read_text(errors="replace")[-2000:])
            yield TinyArchive(f"http://{_HOST}:{web}/dicomweb", _HOST, dicom, "TINY")
        finally:
            process.kill()
            process.wait()


def _settings(web: int, dicom: int) -> dict[str, object]:
    return {
        "ae": {"ae_title": ["TINY"], "port": dicom, "dump_ds": False},
        "log": {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}},
        "components": {
            "HttpServer": {"on": True, "host": _HOST, "port": web},
            "DICOMWeb": {"on": True},
        },
    }


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait for its first answer; False if it ended instead."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(_HOST, port, timeout=_START)
            try:
                connection.request("GET", "/dicomweb/studies?limit=1")
                return connection.getresponse().status in (200, 204)
            finally:
                connection.close()
        time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as one:
        return int(one.getsockname()[1])
