"""Getting a token from the sign-in service, for a code, for a refresh token, or for the program's own secret.

Units:   seconds; ``asked_at`` is a monotonic reading taken before asking, so that a lifetime counts from a
         moment that no wall clock can move.
Errors:  GrantEnded for a code or refresh token that is good no more, NotAllowed for any other refusal,
         Unreachable. No message and no repr holds a token.
Source:  RFC 6749 sections 4.1.3, 4.4, 5 and 6; section 2.3.1 (how a client shows its secret).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from workstation.archive.errors import NotAllowed, Unreachable
from workstation.archive.sign_in.asking import Asking
from workstation.archive.sign_in.provider import Provider

UNSAID_LIFETIME: Final = 300.0  # for a service that doesn't say how long its tokens last


class GrantEnded(NotAllowed):
    """What was shown for a token (a code, a refresh token) is good no more."""


@dataclass(frozen=True, slots=True)
class Client:
    """This program, as the sign-in service knows it."""

    identifier: str
    secret: str = field(default="", repr=False)  # "": a public client, which has none


@dataclass(frozen=True, slots=True)
class Granted:
    """What the service gave."""

    access: str = field(repr=False)
    lifetime: float
    asked_at: float
    refresh: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    service_time: datetime | None = None


def ask_grant(asking: Asking, provider: Provider, client: Client, form: Mapping[str, str]) -> Granted:
    """Ask for a token; ``form`` says for what."""
    shown, headers = _shown(provider, client)
    asked_at = asking.clock.monotonic()
    answer = asking.post(provider.token, {**form, **shown}, headers)
    if answer.status != 200:
        raise _refusal(str(answer.fields.get("error")), provider)
    access, kind = answer.fields.get("access_token"), answer.fields.get("token_type")
    if not isinstance(access, str) or not access or str(kind).lower() != "bearer":
        raise Unreachable("The sign-in service gave no token of a kind known here", where=_host(provider))
    return Granted(
        access=access,
        lifetime=_lifetime(answer.fields.get("expires_in")),
        asked_at=asked_at,
        refresh=_text(answer.fields.get("refresh_token")),
        id_token=_text(answer.fields.get("id_token")),
        service_time=answer.at,
    )


def revoke(asking: Asking, provider: Provider, client: Client, token: str) -> None:
    """Tell the service that a token is not needed any more (RFC 7009); nothing where it can't be told."""
    if provider.revocation:
        shown, headers = _shown(provider, client)
        asking.post(provider.revocation, {"token": token, **shown}, headers)


def _shown(provider: Provider, client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """Return what tells the service which program asks, in the form and in the headers."""
    if not client.secret:
        return {"client_id": client.identifier}, {}
    if provider.secret_in_header:
        pair = f"{quote(client.identifier, safe='')}:{quote(client.secret, safe='')}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {"client_id": client.identifier, "client_secret": client.secret}, {}


def _refusal(code: str, provider: Provider) -> NotAllowed:
    if code == "invalid_grant":
        return GrantEnded("The sign-in has ended", where=_host(provider), remedy="Sign in again.")
    if code in {"invalid_client", "unauthorized_client"}:
        return NotAllowed(
            "The sign-in service does not know this program, or refuses its secret",
            where=_host(provider),
            remedy="Ask your IT to check the client in the archive's settings.",
        )
    return NotAllowed(
        "The sign-in service refused",
        where=_host(provider),
        remedy="Sign in again. If it happens again, tell your IT.",
    )


def _lifetime(value: object) -> float:
    try:
        return max(0.0, float(str(value))) if value is not None else UNSAID_LIFETIME
    except ValueError:
        return UNSAID_LIFETIME


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _host(provider: Provider) -> str:
    return urlsplit(provider.token).netloc
