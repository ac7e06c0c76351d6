"""A DICOM application that answers as a test tells it to: pynetdicom's own SCP with handlers.

It keeps what it was asked and how often somebody connected. ``raw_peer`` speaks no DICOM by itself: it sends
given bytes to whoever connects, so that a test can answer what no library would.

Units:   seconds.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any, Final, Self

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.transport import ThreadedAssociationServer

from workstation.archive import Outgoing
from workstation.archive.dimse.association import Patience, Route

HOST: Final = "127.0.0.1"
TITLE: Final = "PEER"
PLAIN: Final = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")

FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
WORKLIST: Final = "1.2.840.10008.5.1.4.31"
VERIFICATION: Final = "1.2.840.10008.1.1"
COMMITMENT: Final = "1.2.840.10008.1.20.1"
CT: Final = "1.2.840.10008.5.1.4.1.1.2"
MR: Final = "1.2.840.10008.5.1.4.1.1.4"

_POLL: Final = 0.01  # the library's own half second is waited for at each end

HASTY: Final = Patience(connect=5.0, negotiate=5.0, silence=20.0, release=5.0, report=20.0)

Handler = Callable[[Event], Any]


class DimsePeer:
    """Listens while its block runs."""

    def __init__(
        self,
        contexts: Sequence[str | tuple[str, Sequence[str]]] = (VERIFICATION, FIND),
        *,
        find: Handler | None = None,
        get: Handler | None = None,
        move: Handler | None = None,
        store: Handler | None = None,
        action: Handler | None = None,
        tls: ssl.SSLContext | None = None,
        roles: bool = True,  # it takes what it is offered in either role
    ) -> None:
        self.associations: list[Any] = []
        self.asked: list[Dataset] = []
        self._sockets: list[socket.socket] = []
        self._tls = tls
        self._entity = AE(ae_title=TITLE)
        for one in contexts:
            uid, syntaxes = (one, PLAIN) if isinstance(one, str) else one
            self._entity.add_supported_context(
                uid, list(syntaxes), scu_role=roles or None, scp_role=roles or None
            )
        self._find = find
        self._handlers: list[Any] = [
            (evt.EVT_CONN_OPEN, lambda event: self._sockets.append(event.assoc.dul.socket.socket)),
            (evt.EVT_ESTABLISHED, lambda event: self.associations.append(event.assoc)),
            (evt.EVT_C_FIND, self._found),
        ]
        given = (
            (evt.EVT_C_GET, get),
            (evt.EVT_C_MOVE, move),
            (evt.EVT_C_STORE, store),
            (evt.EVT_N_ACTION, action),
        )
        self._handlers += [(event, handler) for event, handler in given if handler is not None]
        self._server: Any = None

    def __enter__(self) -> Self:
        self._server = self._entity.make_server(
            (HOST, 0),
            evt_handlers=self._handlers,
            ssl_context=self._tls,
            server_class=ThreadedAssociationServer,
        )
        self._entity._servers.append(self._server)  # so that its own shutdown ends it
        threading.Thread(target=self._server.serve_forever, args=(_POLL,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entity.shutdown()
        for one in self.associations:
            one.dul.join(10.0)
        for sock in self._sockets:  # the library leaves those open that were reset
            sock.close()

    @property
    def port(self) -> int:
        """Return where it listens."""
        return int(self._server.server_address[1])

    @property
    def route(self) -> Route:
        """Return the way to it."""
        return Route("the archive", HOST, self.port, TITLE, "LUMEN", patience=HASTY)

    def cut(self) -> None:
        """Reset the connections that stand."""
        for one in self.associations:
            with contextlib.suppress(OSError, AttributeError):
                one.dul.socket.socket.shutdown(socket.SHUT_RDWR)

    def abort(self) -> None:
        """Abort the associations that stand, as the standard has it."""
        for one in self.associations:
            one.abort()

    def _found(self, event: Event) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        if self._find is not None:
            yield from self._find(event)


@contextlib.contextmanager
def raw_peer(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run ``serve`` for the first connection; yield the port."""
    with socket.create_server((HOST, 0)) as listening:

        def run() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as connection:
                serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(20.0)


def uid_of(event: Event) -> str:
    """Return the SOP Instance UID of what an event brought."""
    request: Any = event.request
    return str(request.AffectedSOPInstanceUID)


def hang_up(event: Event) -> None:
    """End the connection on which an event came, without a word."""
    line: Any = event.assoc.dul.socket
    line._shutdown_socket()


def once(event: threading.Event, act: Callable[[], object]) -> threading.Thread:
    """Return a running thread that acts when an event has come."""

    def run() -> None:
        event.wait(20.0)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def hanging(
    asked: threading.Event, done: threading.Event
) -> Callable[[Event], Iterator[tuple[int, Dataset | None]]]:
    """Return what answers a search when ``done`` has come; ``asked`` says that it was asked."""

    def answer(_event: Event) -> Iterator[tuple[int, Dataset | None]]:
        asked.set()
        done.wait(20)
        yield 0x0000, None

    return answer


def outgoing(dataset: Dataset, syntax: str = PLAIN[0]) -> Outgoing:
    """Return it as something to be stored."""
    return Outgoing(
        str(dataset.SOPInstanceUID),
        str(dataset.SOPClassUID),
        str(dataset.StudyInstanceUID),
        str(dataset.SeriesInstanceUID),
        syntax,
        memoryview(as_file(dataset, syntax)),
    )


def instance(number: int = 1, *, sop_class: str = CT, study: str = "1.2.3", size: int = 512) -> Dataset:
    """Return a small object with a pixel element of so many bytes."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, f"{study}.{number}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, f"{study}.0"
    dataset.PatientName, dataset.PatientID = "DOE^JANE", "4711"
    dataset.InstanceNumber = number
    dataset.Rows, dataset.Columns, dataset.BitsAllocated = 1, min(size // 2, 65535), 16
    dataset.add_new(0x7FE00010, "OW", bytes(number % 256 for _ in range(size)))
    return dataset


def as_file(dataset: Dataset, syntax: str = PLAIN[0]) -> bytes:
    """Return it as a Part 10 file, written by pydicom."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(syntax)
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
        dataset.SOPClassUID,
        dataset.SOPInstanceUID,
    )
    dataset.file_meta = meta
    written = BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    return written.getvalue()
