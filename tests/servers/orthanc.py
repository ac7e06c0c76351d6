"""Debian's Orthanc with DICOMweb and worklists, on ports of its own, for as long as a test needs it.

Its storage stays in the folder it was given, so a killed one comes back with what it had: ``kill`` leaves
no time for anything (SIGKILL), ``stop`` asks (and takes a second and a half), ``start`` begins again on the
same ports. ``freeze`` leaves the ports open and answers nobody, as a machine does that hangs.

The DICOM port speaks TLS where ``dicom_tls`` says so. HTTPS is nobody's here: Debian 12's Orthanc dies of a
segmentation fault at the first connection, with any certificate.

Units:   seconds.
Errors:  OrthancMissing where Debian's package isn't installed, OrthancFailed with the end of its log.
Source:  Orthanc 1.10.1, DICOMweb 1.7; what they do otherwise than the standard says is in the tests.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tls_certificates import Issued

PLUGINS: Final = Path("/usr/share/orthanc/plugins")
DICOMWEB: Final = PLUGINS / "libOrthancDicomWeb.so"
WORKLISTS: Final = PLUGINS / "libModalityWorklists.so"

_PATIENCE: Final = 60.0  # it starts in 0.1 s; a stalled machine takes longer
_ATTEMPTS: Final = 8  # to find ports that nobody takes meanwhile, or to get the old ones back
_HOST: Final = "127.0.0.1"


class OrthancMissing(Exception):
    """Orthanc, or a plugin of it, isn't installed."""


class OrthancFailed(Exception):
    """It didn't start, or answered a request of a test's set-up with an error."""


@dataclass(frozen=True)
class Modality:
    """A DICOM application that Orthanc may call: where C-MOVE and commitment reports go."""

    ae_title: str
    port: int
    tls: bool = False


@dataclass(frozen=True)
class Setup:
    """How an Orthanc is to behave; what isn't said is as Debian ships it, without limits on who may ask."""

    ae_title: str = "ORTHANC"
    users: Mapping[str, str] = field(default_factory=dict)  # HTTP Basic: passwords by name
    dicom_tls: Issued | None = None
    trusted: Path | None = None  # with dicom_tls: whom it trusts; peers must show a certificate of it
    overwrite: bool = False  # OverwriteInstances
    worklists: Path | None = None  # a folder with .wl files
    modalities: Mapping[str, Modality] = field(default_factory=dict)
    plugins: tuple[Path, ...] = (DICOMWEB, WORKLISTS)
    more: Mapping[str, object] = field(default_factory=dict)  # further keys of its configuration


def missing() -> str:
    """Return what isn't installed, or an empty text."""
    if shutil.which("Orthanc") is None:
        return "Orthanc is not installed (Debian: orthanc)"
    if not DICOMWEB.exists():
        return "Orthanc's DICOMweb plugin is not installed (Debian: orthanc-dicomweb)"
    return ""


@contextlib.contextmanager
def running_orthanc(folder: Path, setup: Setup | None = None) -> Iterator[Orthanc]:
    """Run one that keeps its files in a folder, until the block ends."""
    orthanc = Orthanc(folder, setup or Setup())
    try:
        orthanc.start()
        yield orthanc
    finally:
        orthanc.kill()


class Orthanc:
    """An Orthanc that can be started, killed and asked. Only one thread may do so at a time."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        if why := missing():
            raise OrthancMissing(why)
        self.folder = folder
        self.setup = setup
        self.port = self.dicom_port = 0  # until the first start
        self._modalities = dict(setup.modalities)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """Return the address it listens at."""
        return _HOST

    @property
    def ae_title(self) -> str:
        """Return what it is called in DICOM."""
        return self.setup.ae_title

    @property
    def url(self) -> str:
        """Return the base URL of its own REST interface, without a slash at the end."""
        return f"http://{_HOST}:{self.port}"

    @property
    def dicomweb(self) -> str:
        """Return the base URL of DICOMweb, without a slash at the end."""
        return f"{self.url}/dicom-web"

    @property
    def log(self) -> str:
        """Return what it has logged since the folder was made."""
        file = self._log_file
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    @property
    def is_running(self) -> bool:
        """Say whether its process lives."""
        return self._process is not None and self._process.poll() is None

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it answers; the second time, on the same ports."""
        if self.is_running:
            raise OrthancFailed("it is running already")
        chosen = self.port != 0
        for _ in range(_ATTEMPTS):
            if not chosen:
                self.port, self.dicom_port = _free_ports()
            self._spawn()
            if self._answers():
                return
            self._reap()
            time.sleep(0.05)
        raise OrthancFailed(f"it doesn't start:\n{self.log[-2000:]}")

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._reap()

    def stop(self) -> None:
        """Ask it to end in order, and wait."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
            self.kill()

    def freeze(self) -> None:
        """Let it hang: connections are taken by the kernel, and nobody answers."""
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)  # until the last of its threads stands still

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    # --- what tests need beside DICOMweb -----------------------------------------------------------

    def rest(
        self, method: str, path: str, body: bytes | str | None = None, content_type: str = "application/json"
    ) -> bytes:
        """Ask its REST interface and return the answer's body."""
        status, answer = self._ask(method, path, body, content_type)
        if status >= 400:
            raise OrthancFailed(f"{method} {path}: {status} {answer[:300].decode(errors='replace')}")
        return answer

    def register(self, name: str, modality: Modality) -> None:
        """Let it call one more DICOM application, now and after each start to come."""
        self._modalities[name] = modality
        self.rest("PUT", f"/modalities/{name}", json.dumps(_modality(modality)))

    def upload(self, instances: Iterable[bytes]) -> int:
        """Give it these Part 10 files, and return how many it took as new."""
        connection = self._connection()
        new = 0
        try:
            for data in instances:
                connection.request("POST", "/instances", data, self._headers("application/dicom"))
                response = connection.getresponse()
                answer = response.read()
                if response.status != 200:
                    raise OrthancFailed(f"it refuses an upload: {response.status}")
                new += json.loads(answer)["Status"] == "Success"
        finally:
            connection.close()
        return new

    def upload_folder(self, folder: Path) -> int:
        """Give it every file below a folder, and return how many it took as new."""
        return self.upload(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())

    def upload_zip(self, archive: Path) -> int:
        """Give it every file of a ZIP, and return how many it took as new."""
        with zipfile.ZipFile(archive) as opened:
            return self.upload(opened.read(entry) for entry in opened.infolist() if not entry.is_dir())

    def copies(self, sop_instance_uid: str) -> list[bytes]:
        """Return all that it has under a SOP Instance UID, as files: more than one, if in several series."""
        found = json.loads(self.rest("POST", "/tools/lookup", sop_instance_uid, "text/plain"))
        paths = [entry["Path"] for entry in found if entry["Type"] == "Instance"]
        return [self.rest("GET", f"{path}/file") for path in paths]

    def count(self) -> int:
        """Return how many instances it has."""
        return int(json.loads(self.rest("GET", "/statistics"))["CountInstances"])

    def clear(self) -> None:
        """Delete everything that it has."""
        for patient in json.loads(self.rest("GET", "/patients")):
            self.rest("DELETE", f"/patients/{patient}")

    # --- inside -------------------------------------------------------------------------------------

    @property
    def _log_file(self) -> Path:
        return self.folder / "orthanc.log"

    def _spawn(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "orthanc.json"
        file.write_text(json.dumps(self._configuration(), indent=1), encoding="utf-8")
        with self._log_file.open("ab") as log:
            # a path of our own and a program of Debian's
            self._process = subprocess.Popen(  # noqa: S603
                [shutil.which("Orthanc") or "Orthanc", str(file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        """Wait for its first answer; False if it ended instead, as it does when a port is taken."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if not self.is_running:
                return False
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                status, answer = self._ask("GET", "/system")
                if status == 200 and json.loads(answer).get("Name") == self._name and self._heeds_signals():
                    return True
            time.sleep(0.01)
        self.kill()
        raise OrthancFailed(f"it doesn't answer:\n{self.log[-2000:]}")

    def _heeds_signals(self) -> bool:
        """Say whether it has come so far that it ends in order when asked; it answers a moment earlier."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    @property
    def _name(self) -> str:
        return f"{self.folder}:{self.dicom_port}"  # tells it from whoever else may listen there

    def _ask(
        self, method: str, path: str, body: bytes | str | None = None, content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.request(method, path, body, self._headers(content_type))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(_HOST, self.port, timeout=_PATIENCE)

    def _headers(self, content_type: str) -> dict[str, str]:
        headers = {"Content-Type": content_type}
        for name, password in self.setup.users.items():
            token = base64.b64encode(f"{name}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        return headers

    def _configuration(self) -> dict[str, Any]:
        setup = self.setup
        storage = str(self.folder / "storage")
        return {
            "Name": self._name,
            "StorageDirectory": storage,
            "IndexDirectory": storage,
            "Plugins": [str(plugin) for plugin in setup.plugins if plugin.exists()],
            "HttpPort": self.port,
            "DicomPort": self.dicom_port,
            "DicomAet": setup.ae_title,
            "AuthenticationEnabled": bool(setup.users),
            "RegisteredUsers": dict(setup.users),
            "OverwriteInstances": setup.overwrite,
            "DicomModalities": {name: _modality(one) for name, one in self._modalities.items()},
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            "Worklists": {"Enable": setup.worklists is not None, "Database": str(setup.worklists or "")},
            "StableAge": 1,
            "ConcurrentJobs": 4,
            "SaveJobs": False,
            **{f"DicomAlwaysAllow{what}": True for what in ("Find", "FindWorklist", "Get", "Move")},
            **self._dicom_tls(),
            **setup.more,
        }

    def _dicom_tls(self) -> dict[str, Any]:
        issued, trusted = self.setup.dicom_tls, self.setup.trusted
        if issued is None:
            return {}
        settings = {
            "DicomTlsEnabled": True,
            "DicomTlsCertificate": str(issued.certificate),
            "DicomTlsPrivateKey": str(issued.key),
            "DicomTlsRemoteCertificateRequired": trusted is not None,
        }
        return settings | ({} if trusted is None else {"DicomTlsTrustedCertificates": str(trusted)})


def _modality(one: Modality) -> dict[str, Any]:
    return {"AET": one.ae_title, "Host": _HOST, "Port": one.port, "UseDicomTls": one.tls}


def _free_ports() -> tuple[int, int]:
    with socket.create_server((_HOST, 0)) as one, socket.create_server((_HOST, 0)) as other:
        return int(one.getsockname()[1]), int(other.getsockname()[1])
