"""Asking the sign-in service: small JSON answers over TLS, and calm words when they don't come.

A captive portal, a proxy's page or a service that is down are all the same to the person: sign-in is not to
be had at the moment, and the password is not what is wrong.

Units:   seconds; the service's own time is aware, in UTC.
Errors:  Unreachable for everything that isn't an answer of such a service; NotTrusted as in ``tls``. No
         message holds what was sent or answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import requests

from workstation.archive.errors import BadAnswer, NotTrusted, Unreachable
from workstation.archive.model import TlsRules
from workstation.archive.moments import http_moment
from workstation.archive.session import session_to
from workstation.clock import Clock

CONNECT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 15.0
WHOLE_SECONDS: Final = 30.0
ANSWER_BYTES: Final = 1_000_000

_OFFLINE: Final = "Check the network. What is on this computer can be read all the same."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered."""

    status: int
    fields: Mapping[str, object] = field(repr=False)
    at: datetime | None  # by its own clock


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks by the archive's TLS rules: a pin has to be listed there for the sign-in service, too."""

    rules: TlsRules
    clock: Clock

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, object]:
        """Return the JSON object that lies there."""
        answer = self._ask("GET", url, headers or {}, None)
        if answer.status != 200:
            raise _no_answer(url)
        return answer.fields

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send a form; answer what came back, be it what was asked for or the service's own refusal."""
        answer = self._ask("POST", url, headers, form)
        is_refusal = answer.status in {400, 401, 403} and isinstance(answer.fields.get("error"), str)
        if answer.status != 200 and not is_refusal:
            raise _no_answer(url)
        return answer

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Answer:
        with (
            _told(url),
            session_to(require_https(url), self.rules) as session,
            session.request(
                method,
                url,
                data=form,
                headers={"Accept": "application/json", **headers},
                timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = self._body(response)
            return Answer(
                response.status_code, _object(body, url), http_moment(response.headers.get("Date", ""))
            )

    def _body(self, response: requests.Response) -> bytes:
        """Return the body, unless it is endless or comes drop by drop."""
        ends = self.clock.monotonic() + WHOLE_SECONDS
        body = bytearray()
        for chunk in response.iter_content(16_384):
            body += chunk
            if len(body) > ANSWER_BYTES or self.clock.monotonic() > ends:
                raise _no_answer(response.url)
        return bytes(body)


def require_https(url: str) -> str:
    """Return an address to which a secret may be sent."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NotTrusted(
            "The sign-in service's address does not begin with https",
            where=parts.hostname or "",
            remedy="Correct the address in the archive's settings.",
        )
    return url


@contextmanager
def _told(url: str) -> Iterator[None]:
    where = urlsplit(url).netloc
    try:
        yield
    except (BadAnswer, ValueError, RecursionError):
        raise _no_answer(url) from None
    except requests.RequestException as error:
        raise Unreachable("The sign-in service can't be reached", where=where, remedy=_OFFLINE) from error


def _object(body: bytes, url: str) -> Mapping[str, object]:
    value = json.loads(body) if body else {}
    if not isinstance(value, dict):
        raise _no_answer(url)
    return value


def _no_answer(url: str) -> Unreachable:
    return Unreachable(
        "Something other than the sign-in service answered, or it is out of order",
        where=urlsplit(url).netloc,
        remedy="In a hotel or a hospital's guest network, sign in to that first. Otherwise try again later.",
    )
