"""Accounts that a sign-in service vouches for: a person's, and the program's own.

A person's refresh token lies in the keyring together with whom it is for, and by which service for which
client it was given: it is shown to no other, should the settings be changed. Where the service gives a new
one with each renewal, the new one is in the keyring before the access token is used. Another run of the
program may have been faster: then the keyring holds a newer one, which is tried before anybody has to sign
in again.

Errors:  as in ``accounts``.
Source:  OpenID Connect Core 1.0 sections 5.3, 11 and 12; RFC 6749 section 4.4; RFC 9700 section 4.14.2.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from workstation.archive.errors import ArchiveError, NotAllowed, NotTrusted, Unreachable
from workstation.archive.model import Address
from workstation.archive.sign_in.accounts import bearer, entry_of, keyring_told, secret_in
from workstation.archive.sign_in.asking import Asking
from workstation.archive.sign_in.code_flow import Browser, granted_by_person
from workstation.archive.sign_in.grants import Client, Granted, GrantEnded, ask_grant, revoke
from workstation.archive.sign_in.id_token import Expected, UnknownKey, checked_claims
from workstation.archive.sign_in.person import Person, person_of
from workstation.archive.sign_in.provider import Provider, discover
from workstation.archive.sign_in.tokens import AccessTokens
from workstation.clock import Clock
from workstation.security import Vault

PERSONS_SCOPES: Final = frozenset({"openid", "profile", "email", "offline_access"})
"""What only a person can be asked for; a program's own account leaves them out."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What lies in the keyring of a person's sign-in."""

    issuer: str
    client: str
    subject: str
    refresh: str = field(repr=False)

    def text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> _Kept | None:
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None


class _TokenAccount:
    """What both kinds have in common: a service, known once asked, and a token in force."""

    def __init__(self, address: Address, vault: Vault, clock: Clock) -> None:
        self._settings = address.sign_in
        self._vault = vault
        self._asking = Asking(address.tls, clock)
        self._secret_entry = entry_of(address, "client-secret")
        self._known: Provider | None = None
        self._tokens = AccessTokens(self._renewed, clock)

    def headers(self) -> Mapping[str, str]:
        """Return the header with the token in force."""
        return {"Authorization": bearer(self._tokens.current())}

    def refused(self, sent: Mapping[str, str]) -> bool:
        """Renew once, unless that was just done; say whether there is another token."""
        return self._tokens.refused(sent.get("Authorization", "").removeprefix("Bearer "))

    def keep(self, secret: str) -> None:
        """Keep the program's own secret."""
        with keyring_told():
            self._vault.write(self._secret_entry, secret)

    def _renew(self) -> Granted:
        raise NotImplementedError

    def _renewed(self) -> Granted:
        try:
            return self._renew()
        except Unreachable:
            self._known = None  # it may have moved
            raise

    def _provider(self) -> Provider:
        if self._known is None:
            self._known = discover(self._asking, self._settings.issuer)
        return self._known


class ProgramAccount(_TokenAccount):
    """The program's own account, by its own secret (client credentials)."""

    def sign_in(self, browser: Browser) -> Person:
        """Make sure that the service knows us."""
        del browser
        self._tokens.put(self._renew())
        return Person(self._settings.client_id, name=self._settings.client_id)

    def sign_out(self) -> None:
        """Forget the secret."""
        self._tokens.drop()
        with keyring_told():
            self._vault.forget(self._secret_entry)

    def _renew(self) -> Granted:
        client = Client(self._settings.client_id, secret_in(self._vault, self._secret_entry))
        scopes = [scope for scope in self._settings.scopes if scope not in PERSONS_SCOPES]
        form = {"grant_type": "client_credentials", **({"scope": " ".join(scopes)} if scopes else {})}
        return ask_grant(self._asking, self._provider(), client, form)


class PersonAccount(_TokenAccount):
    """A person's account, by the system's browser (authorization code with PKCE)."""

    def __init__(self, address: Address, vault: Vault, clock: Clock) -> None:
        super().__init__(address, vault, clock)
        self._entry = entry_of(address, "session")
        self._keys: Mapping[str, object] | None = None
        self._turning = threading.Lock()  # held while what is kept changes
        self._unkept: _Kept | None = None  # newer than what the keyring took

    def sign_in(self, browser: Browser) -> Person:
        """Let the person sign in; the keyring is tried first, before anybody types anything."""
        with keyring_told():
            self._vault.read(self._entry)
        granted, nonce = self._by_person(browser)
        claims = self._checked(granted, nonce=nonce)
        subject = str(claims["sub"])
        with self._turning, keyring_told():
            self._unkept = None
            if granted.refresh:
                self._vault.write(self._entry, self._session_of(subject, granted.refresh).text())
            else:
                self._vault.forget(self._entry)  # it may be another person's
        self._tokens.put(granted)
        return person_of({**self._userinfo(granted, subject), **claims}, self._settings.client_id)

    def sign_out(self) -> None:
        """Forget the sign-in; tell the service, if it can be reached."""
        with self._turning:
            self._tokens.drop()
            kept = self._session()
            self._unkept = None
            with keyring_told():
                self._vault.forget(self._entry)
        if kept is not None:
            with contextlib.suppress(ArchiveError):
                revoke(self._asking, self._provider(), self._client(), kept.refresh)

    def _by_person(self, browser: Browser) -> tuple[Granted, str]:
        """Return what was granted; ask for consent only where nothing lasting is granted without it.

        The standard asks for consent each time. Some services then show every person a page that only an
        administrator can answer, and give a refresh token without it.
        """
        arguments = (self._asking, self._provider(), self._client(), self._settings, browser)
        granted, nonce = granted_by_person(*arguments)
        if granted.refresh or "offline_access" not in self._settings.scopes:
            return granted, nonce
        return granted_by_person(*arguments, prompt="consent")

    def _renew(self) -> Granted:
        kept = self._session()
        if kept is None:
            raise NotAllowed("Nobody has signed in to this archive here", remedy="Sign in.")
        try:
            granted = self._refreshed(kept)
        except GrantEnded:
            newer = self._session()
            if newer is None or newer == kept:
                self._end(kept)
                raise
            kept, granted = newer, self._refreshed(newer)
        if granted.refresh and granted.refresh != kept.refresh:
            self._turn_over(kept, granted.refresh)
        if granted.id_token:
            self._checked(granted, subject=kept.subject)
        return granted

    def _refreshed(self, kept: _Kept) -> Granted:
        form = {"grant_type": "refresh_token", "refresh_token": kept.refresh}
        return ask_grant(self._asking, self._provider(), self._client(), form)

    def _session(self) -> _Kept | None:
        """Return who signed in, if it was by the service and for the client of the settings."""
        if self._unkept is not None:
            return self._unkept
        with keyring_told():
            text = self._vault.read(self._entry)
        kept = _Kept.read(text) if text is not None else None
        ours = (self._settings.issuer, self._settings.client_id)
        return kept if kept is not None and (kept.issuer, kept.client) == ours else None

    def _session_of(self, subject: str, refresh: str) -> _Kept:
        return _Kept(self._settings.issuer, self._settings.client_id, subject, refresh)

    def _turn_over(self, kept: _Kept, refresh: str) -> None:
        """Keep the refresh token that came in place of one, unless somebody has signed in or out since."""
        fresh = self._session_of(kept.subject, refresh)
        with self._turning:
            try:
                if self._session() != kept:
                    return
                with keyring_told():
                    self._vault.write(self._entry, fresh.text())
                self._unkept = None
            except NotAllowed as error:
                self._unkept = fresh
                _log.warning("a sign-in is kept in memory alone: %s", error)

    def _end(self, kept: _Kept) -> None:
        """Forget a sign-in that the service has ended, so that it isn't asked over and over."""
        with self._turning, contextlib.suppress(NotAllowed):
            if self._session() == kept:
                self._unkept = None
                with keyring_told():
                    self._vault.forget(self._entry)

    def _client(self) -> Client:
        with keyring_told():
            return Client(self._settings.client_id, self._vault.read(self._secret_entry) or "")

    def _checked(self, granted: Granted, *, nonce: str = "", subject: str = "") -> Mapping[str, object]:
        """Return the claims of the ID token; keys that are not known are asked for once more."""
        now = granted.service_time or self._asking.clock.utc()
        expected = Expected(self._settings.issuer, self._settings.client_id, now, nonce, subject)
        if not granted.id_token:
            raise NotTrusted(
                "The sign-in service does not say who signed in", remedy="Ask for the scope openid."
            )
        if self._keys is not None:
            with contextlib.suppress(UnknownKey):
                return checked_claims(granted.id_token, self._keys, expected)
        self._keys = self._asking.get(self._provider().keys)
        return checked_claims(granted.id_token, self._keys, expected)

    def _userinfo(self, granted: Granted, subject: str) -> Mapping[str, object]:
        """Return what else the service tells of the person; some put names only there."""
        url = self._provider().userinfo
        if not url:
            return {}
        with contextlib.suppress(ArchiveError):
            told = self._asking.get(url, {"Authorization": bearer(granted.access)})
            return told if told.get("sub") == subject else {}
        return {}
