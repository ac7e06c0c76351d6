"""How the other side has to prove itself before a byte of a request leaves, and how we prove ourselves to it.

Everything is decided in the handshake: version, authority, host, pins. A context made here serves HTTP
and DIMSE alike, so a rule can't hold for one and be forgotten for the other. Whoever trusts a site's own
authority trusts that one alone: what the environment or a library's own bundle would add is left out.

Pins are held against the chain that was verified, never against one that was merely sent: anybody can
send a well-known certificate along. Windows and macOS verify by themselves and don't tell the chain: with
their authorities a pin has to be the server's own; with an authority file any of the chain will do.

Errors:  what goes wrong in a handshake is an ``ssl.SSLError``, in the libraries' wrappings; ``told`` says it
         in words, as NotTrusted, or BadAnswer where no TLS is spoken at all. NotTrusted for rules that can't
         be kept, such as a file that isn't there.
Source:  RFC 8446 (TLS 1.3), RFC 9325 (which suites of 1.2), RFC 9525 (host names), RFC 7469 2.4 (pins).
"""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import truststore
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from workstation.archive.errors import NotTrusted
from workstation.archive.model import TlsRules
from workstation.archive.tls_trouble import PinMismatch, told
from workstation.security import public_key_pin

SYSTEM_VERIFIES: Final = sys.platform in {"win32", "darwin"}
"""Whether the system verifies certificates by itself, by what IT has put into it."""

VERSIONS: Final[Mapping[str, ssl.TLSVersion]] = {
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
"""The oldest version that rules may name, and what it is called here."""

_SUITES_OF_1_2: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"  # those of RFC 9325 section 4.2; 1.3 has its own

LINUX_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian and its kin
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older ones of these
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine
)
"""Where the system's authorities lie, for a Python that was built elsewhere than it runs."""


def context_of(rules: TlsRules) -> ssl.SSLContext:
    """Return what sets up connections by these rules.

    One for each endpoint: on Windows and macOS the handshakes of one context wait for each other.
    """
    context = _trusting(rules)
    try:
        context.minimum_version = VERSIONS[rules.minimum]
    except KeyError:
        raise _bad_rules(f"No TLS version {rules.minimum!r} is known", "Say 1.3, or 1.2.") from None
    if rules.minimum == "1.2":
        context.set_ciphers(_SUITES_OF_1_2)
    if rules.certificate:
        _show(context, rules)
    if rules.pins:
        _pin(context, rules)
    return context


def adapter_of(rules: TlsRules, *, connections: int = 10) -> HTTPAdapter:
    """Return a transport for requests that keeps to the rules, whatever a session or a call asks for.

    It raises NotTrusted and BadAnswer by itself. ConnectTimeout, and a ConnectionError by urllib3's
    NewConnectionError, mean that no byte of the request was sent, the handshake included.
    """
    return _RuledAdapter(context_of(rules), connections)


def verified_chain(channel: ssl.SSLSocket | ssl.SSLObject, rules: TlsRules) -> tuple[bytes, ...]:
    """Return the certificates (DER) by which the other side was verified, its own first.

    Only its own where Windows or macOS verified them.
    """
    if SYSTEM_VERIFIES and not rules.authorities:
        own = channel.getpeercert(binary_form=True)
        return (own,) if own else ()
    if sys.version_info >= (3, 13):
        return tuple(channel.get_verified_chain())
    inner = getattr(channel, "_sslobj")  # noqa: B009  what it offers is public from Python 3.13 on
    return tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in inner.get_verified_chain() or ())


class _RuledAdapter(HTTPAdapter):
    """Takes neither "don't verify" nor other authorities from a session, a call or the environment."""

    def __init__(self, context: ssl.SSLContext, connections: int) -> None:
        self._context = context
        super().__init__(pool_connections=connections, pool_maxsize=connections)

    def init_poolmanager(
        self,
        connections: int,
        maxsize: int,
        block: bool = False,  # noqa: FBT001, FBT002  the library's signature
        **pool_kwargs: Any,  # noqa: ANN401  the library's signature
    ) -> None:
        """Let every connection be set up by our context."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:  # noqa: ANN401  the library's signature
        """Let connections through a proxy's tunnel be set up by it, too."""
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **proxy_kwargs)
        if is_new:
            manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: object, cert: object) -> None:  # noqa: ANN401  the library's
        """Verify by the context alone: the library would add its own bundle of authorities to it."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"

    def send(self, request: PreparedRequest, **asked: Any) -> Response:  # type: ignore[override]  # noqa: ANN401  as in the library
        """Send; whatever keeps the connection from being trusted is raised in words."""
        try:
            return super().send(request, **{**asked, "verify": True, "cert": None})
        except RequestException as error:
            trouble = told(error, urlsplit(request.url or "").netloc)
            if trouble is None:
                raise
            raise trouble from error


class _Connection(HTTPSConnection):
    """Tells a handshake that broke off from a request that did: urllib3 by itself calls both alike."""

    def connect(self) -> None:
        """Set up the connection; nothing was sent if this fails."""
        try:
            super().connect()
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the handshake took too long") from error
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as error:
            raise NewConnectionError(self, "the handshake broke off") from error


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


_POOLS: Final = {"http": HTTPConnectionPool, "https": _Pool}


def _trusting(rules: TlsRules) -> ssl.SSLContext:
    """Return a context that verifies names and certificates, by the site's authorities or the system's."""
    if rules.authorities:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # An intermediate alone may be what a site trusts.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        _load_authorities(context, rules.authorities)
        return context
    if SYSTEM_VERIFIES:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # truststore would let one handshake that hangs hold up all others of its context.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    if not _has_usual_authorities():
        for bundle in filter(os.path.exists, LINUX_BUNDLES):
            context.load_verify_locations(bundle)
            break
    return context


def _has_usual_authorities() -> bool:
    places = ssl.get_default_verify_paths()
    return bool(places.cafile) or any(any(Path(folder).iterdir()) for folder in filter(None, [places.capath]))


def _load_authorities(context: ssl.SSLContext, file: str) -> None:
    try:
        context.load_verify_locations(file)
    except (OSError, ValueError):
        raise _bad_rules("The site's authorities can't be read from their file", "Give a PEM file.") from None


def _show(context: ssl.SSLContext, rules: TlsRules) -> None:
    """Let the context show our certificate when it is asked for one."""
    try:
        context.load_cert_chain(rules.certificate, rules.key or None, password=lambda: "")
    except (OSError, ValueError):
        raise _bad_rules(
            "Our own certificate or its key can't be used",
            "Give both as PEM files, the key without a passphrase.",
        ) from None


def _bad_rules(what: str, remedy: str) -> NotTrusted:
    return NotTrusted(what, where="the archive's TLS settings", remedy=remedy)


def _pin(context: ssl.SSLContext, rules: TlsRules) -> None:
    """Let every handshake of the context end in a look at the pins."""
    inner: Any = getattr(context, "_ctx", context)  # what truststore wraps
    inner.sslsocket_class = _pinned(inner.sslsocket_class, rules)
    inner.sslobject_class = _pinned(inner.sslobject_class, rules)


def _pinned(base: Any, rules: TlsRules) -> type:  # noqa: ANN401  truststore has classes of its own
    pins = frozenset(rules.pins)

    class Pinned(base):  # type: ignore[misc]  # see above
        def do_handshake(self, *blocking: bool) -> None:
            super().do_handshake(*blocking)
            if pins.isdisjoint(map(public_key_pin, verified_chain(self, rules))):
                if isinstance(self, ssl.SSLSocket):
                    self.close()
                raise PinMismatch("none of the verified certificates has a pinned key")

    return Pinned
