"""Signing in through the system's browser: the password is typed there and never comes near this program.

The browser goes out with the hash of a secret that stays here (PKCE), a random state and a random nonce,
and comes back to a door on this computer with a code; code and secret together fetch the tokens.

Units:   seconds.
Errors:  NotAllowed for a sign-in that was refused or given up, NotTrusted for an answer of another service,
         Unreachable, Cancelled.
Source:  RFC 7636 (PKCE), RFC 8252 (native programs), RFC 9207 (issuer in the answer), OpenID Connect Core
         1.0 sections 3.1 and 11 (``offline_access``).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from workstation.archive.errors import NotAllowed, NotTrusted
from workstation.archive.model import SignIn
from workstation.archive.sign_in.asking import Asking
from workstation.archive.sign_in.grants import Client, Granted, ask_grant
from workstation.archive.sign_in.loopback import Loopback
from workstation.archive.sign_in.provider import Provider

WAIT_SECONDS: Final = 300.0  # time enough for a second factor

OpenBrowser = Callable[[str], object]
"""Opens an address in the system's browser; answers False where it couldn't."""


@dataclass(frozen=True, slots=True)
class Browser:
    """How the person is led to the sign-in service, and how they can give up."""

    open: OpenBrowser
    cancelled: Callable[[], bool] = lambda: False
    seconds: float = WAIT_SECONDS


def granted_by_person(
    asking: Asking, provider: Provider, client: Client, sign_in: SignIn, browser: Browser, *, prompt: str = ""
) -> tuple[Granted, str]:
    """Lead a person through the sign-in; return what was granted, and the nonce its ID token has to carry."""
    verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
    with Loopback(state) as door:
        asked = {
            "response_type": "code",
            "client_id": client.identifier,
            "redirect_uri": door.redirect_uri,
            "scope": " ".join(sign_in.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            **({"login_hint": sign_in.user} if sign_in.user else {}),
            **({"prompt": prompt} if prompt else {}),
        }
        _open(browser, f"{provider.authorization}{_joint(provider.authorization)}{urlencode(asked)}")
        answer = door.answer(asking.clock, browser.seconds, browser.cancelled)
        form = {
            "grant_type": "authorization_code",
            "code": _code(answer, provider),
            "redirect_uri": door.redirect_uri,
            "code_verifier": verifier,
        }
    return ask_grant(asking, provider, client, form), nonce


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _joint(url: str) -> str:
    return "&" if urlsplit(url).query else "?"


def _open(browser: Browser, url: str) -> None:
    if browser.open(url) is False:
        raise NotAllowed("No browser could be opened for the sign-in", remedy="Set a standard browser.")


def _code(answer: Mapping[str, str], provider: Provider) -> str:
    """Return the code that the browser brought, if this service sent it."""
    if answer.get("iss", "" if provider.names_itself else provider.issuer) != provider.issuer:
        raise NotTrusted("Another service answered the sign-in", where="issuer", remedy="Sign in again.")
    code = answer.get("code", "")
    if code:
        return code
    if answer.get("error") in {"access_denied", "interaction_required", "login_required"}:
        raise NotAllowed("The sign-in was refused or given up", remedy="Sign in again.")
    raise NotAllowed(
        "The sign-in service did not accept what this program asked for",
        where=urlsplit(provider.authorization).netloc,
        remedy="Ask your IT to check the client and the scopes in the archive's settings.",
    )
