"""Requests to one archive's base URL, and answers or the error that says how far it came.

The libraries follow redirects, take passwords from a file in the home folder and keep cookies; none of that
happens here, since the adapter is used without a session. The system's proxies are heeded for TLS alone,
which leads through them as it is; a loopback host is always reached directly.

Whether a request was sent decides the error: ``Unreachable`` if its connection never stood, ``Interrupted``
if it did and the answer failed to come. What a library says of it may quote the request, and with it a
patient: such texts end here.

Threads: one transport serves many at once. After ``close`` it serves none.
Errors:  those of ``statuses`` for an answer's status; NotTrusted for plain HTTP to another machine.
"""

from __future__ import annotations

import http.client
import ipaddress
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, cast
from urllib.parse import SplitResult, urljoin, urlsplit

from requests import Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout, RequestException
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError

from workstation.archive.errors import ArchiveError, Interrupted, NotTrusted, Unreachable
from workstation.archive.tls_trouble import told
from workstation.archive.web.lines import Lines
from workstation.archive.web.reply import Patience, Reply
from workstation.archive.web.statuses import bad_answer, error_of

__all__ = ["ANONYMOUS", "DICOM_JSON", "Ask", "Authenticator", "Body", "Patience", "Reply", "Transport"]

DICOM_JSON: Final = "application/dicom+json"

_SUCCESS: Final = frozenset({200, 204})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 3
_PORTS: Final = {"http": 80, "https": 443}
_USER_AGENT: Final = "Lumen"


class Authenticator(Protocol):
    """Proves who is asking. Several threads use it at once."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers for a request; may ask for new ones first. NotAllowed, Unreachable."""
        ...

    def refused(self, sent: Mapping[str, str]) -> bool:
        """Learn that these were answered by 401; say whether another try with new ones is worth it."""
        ...


class _Anonymous:
    def headers(self) -> Mapping[str, str]:
        return {}

    def refused(self, sent: Mapping[str, str]) -> bool:
        del sent
        return False


ANONYMOUS: Final[Authenticator] = _Anonymous()
"""Proves nothing."""


class Body(Protocol):
    """What is sent along: its length is known, and it can be sent anew."""

    def __len__(self) -> int:
        """Return how many bytes it has."""
        ...

    def __iter__(self) -> Iterator[bytes | memoryview]:
        """Yield them, in pieces that a slow line takes within the idle time."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, below the base URL; path and query are written as they are to be sent."""

    path: str
    query: str = ""
    method: str = "GET"
    accept: str = DICOM_JSON
    packed: bool = True  # whether gzip may come; for pixels it costs eight times the time
    body: Body | bytes | None = None
    content_type: str = ""
    part: str = ""  # of the body, as Range writes it: "bytes=0-99"
    accepts: Collection[int] = field(default=_SUCCESS)  # statuses that the caller understands

    @property
    def headers(self) -> dict[str, str]:
        """Return its headers, without those that prove who asks."""
        made = {
            "Accept": self.accept,
            "Accept-Encoding": "gzip" if self.packed else "identity",
            "User-Agent": _USER_AGENT,
        }
        further = {"Content-Type": self.content_type, "Range": self.part}
        return made | {name: value for name, value in further.items() if value}


class Transport:
    """Sends to one base URL."""

    def __init__(
        self,
        base: str,
        *,
        authenticator: Authenticator = ANONYMOUS,
        adapter: HTTPAdapter | None = None,
        patience: Patience = Patience(),  # noqa: B008  it is frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base.rstrip("/")
        self._parts = _checked(self._base)
        self.where = self._parts.netloc
        self._authenticator = authenticator
        self._adapter = adapter or HTTPAdapter()
        self._patience = patience
        self._clock = clock
        self._lines = Lines(patience.idle)
        self._lines.watch(self._adapter.poolmanager)

    @property
    def base(self) -> str:
        """Return the base URL, without a slash at its end."""
        return self._base

    @property
    def host(self) -> str:
        """Return the host's name, in lower case."""
        return self._parts.hostname or ""

    def send(self, ask: Ask) -> Reply:
        """Return an answer whose status the caller understands; it has to be closed."""
        url = f"{self._base}/{ask.path}" + (f"?{ask.query}" if ask.query else "")
        for _ in range(1 + _MOST_REDIRECTS):
            reply = self._authorised(ask, url)
            if reply.status in ask.accepts:
                return reply
            retry_after, location = reply.headers.get("Retry-After", ""), reply.headers.get("Location", "")
            reply.discard()
            if reply.status not in _REDIRECTS or ask.method != "GET":
                raise error_of(reply.status, self.where, retry_after)
            url = self._within(url, location)
        raise bad_answer("The archive leads in circles", self.where)

    def json(self, ask: Ask) -> object:
        """Return the JSON that answers, None for an empty answer."""
        with self.send(ask) as reply:
            return reply.json()

    def close(self) -> None:
        """Drop every connection at once; who waits on one gets Interrupted, who asks anew Unreachable."""
        self._lines.drop()
        self._adapter.close()

    def _authorised(self, ask: Ask, url: str) -> Reply:
        """Send it as someone; once more if the proof was too old."""
        proof = self._authenticator.headers()
        reply = self._sent(ask, url, proof)
        if reply.status != 401 or not self._authenticator.refused(proof):
            return reply
        reply.discard()
        return self._sent(ask, url, self._authenticator.headers())

    def _sent(self, ask: Ask, url: str, proof: Mapping[str, str]) -> Reply:
        """Send it; a second time if the connection was an old one that the server had closed meanwhile."""
        try:
            return self._sent_once(ask, url, proof)
        except _Stale as stale:
            if ask.method != "GET":
                raise stale.meaning from None
        try:
            return self._sent_once(ask, url, proof)
        except _Stale as stale:
            raise stale.meaning from None

    def _sent_once(self, ask: Ask, url: str, proof: Mapping[str, str]) -> Reply:
        if self._lines.closed:
            raise Unreachable("The connection to the archive is closed here", where=self.where)
        self._lines.begin()
        try:
            body = cast("Iterable[bytes] | None", ask.body)  # the library sends views as well as bytes
            request = Request(ask.method, url, headers={**ask.headers, **proof}, data=body).prepare()
            response = self._adapter.send(
                request,
                stream=True,
                timeout=(self._patience.connect, self._patience.idle),
                proxies=self._proxies(url),
            )
        except ArchiveError:
            raise
        except (RequestException, HTTPError, OSError) as error:
            raise self._failed(error) from None
        return self._reply(response)

    def _reply(self, response: Response) -> Reply:
        return Reply(response, self._lines, self._patience, self.where, self._clock)

    def _failed(self, error: Exception) -> Exception:
        """Return what a request without an answer comes to."""
        trouble = told(error, self.where)
        if trouble is not None:
            return trouble
        if not self._lines.sent:
            return Unreachable("The archive can't be reached", where=self.where)
        if self._lines.closed:
            return Interrupted("The connection to the archive was closed here", where=self.where)
        if isinstance(error, ReadTimeout):
            return Interrupted("The archive did not answer in time", where=self.where)
        if _is_no_http(error):
            return bad_answer("Something answered that speaks no HTTP", self.where)
        return _Stale(Interrupted("The connection broke off before the archive answered", where=self.where))

    def _proxies(self, url: str) -> dict[str, str]:
        if self._parts.scheme != "https" or _is_loopback(self.host):
            return {}
        proxy = select_proxy(url, get_environ_proxies(url))
        if not proxy:
            return {}
        self._lines.watch(self._adapter.proxy_manager_for(proxy))
        return {"https": proxy}

    def _within(self, url: str, location: str) -> str:
        """Return where a redirect leads, if that is the same origin."""
        try:
            target = urljoin(url, location)
            is_within = _origin(urlsplit(target)) == _origin(self._parts)
        except ValueError:
            is_within = False
        if not location or not is_within:
            raise bad_answer("The archive leads to another place, which isn't followed", self.where)
        return target


class _Stale(Exception):
    """A connection ended before the first byte of an answer; ``meaning`` is what to raise in the end."""

    def __init__(self, meaning: Interrupted) -> None:
        super().__init__(meaning)
        self.meaning = meaning


def _is_no_http(error: BaseException) -> bool:
    """Say whether something came where an answer's first lines should have been."""
    if isinstance(error, http.client.HTTPException):
        return not isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead)
    return any(_is_no_http(one) for one in error.args if isinstance(one, BaseException))


def _checked(base: str) -> SplitResult:
    try:
        parts = urlsplit(base)
        _origin(parts)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if (
        parts.scheme not in _PORTS
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise Unreachable(
            "The archive's address can't be used", remedy="It looks like https://host/dicom-web."
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise NotTrusted(
            "The archive's address is without TLS", where=parts.netloc, remedy="Use an https address."
        )
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
