"""What went wrong while a secure connection was set up, in words that say whose matter it is.

The reason that OpenSSL, Windows or macOS give lies somewhere inside the wrappings of urllib3 and requests;
it is looked for, and only what is known for certain is said.

Errors:  NotTrusted where the other side (or ours) did not prove itself, BadAnswer where something answered
         that speaks no TLS at all. What only broke off is neither: ``told`` answers None then.
Source:  RFC 8446 section 6 (alerts); OpenSSL x509_vfy.h, Windows winerror.h and macOS SecBase.h (numbers).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from workstation.archive.errors import ArchiveError, BadAnswer, NotTrusted


class PinMismatch(ssl.SSLCertVerificationError):
    """Whoever answered is vouched for, but holds none of the keys that the site expects."""


class _Words(NamedTuple):
    what: str
    remedy: str


_ASK_IT: Final = "Tell your IT; nothing was sent."
_DATE: Final = "Check this computer's date. If it is right, tell your IT; nothing was sent."

_EXPIRED: Final = _Words("The server's certificate has expired", _DATE)
_NOT_YET: Final = _Words("The server's certificate is not valid yet", _DATE)
_OTHER_HOST: Final = _Words(
    "The certificate that was shown is another server's",
    "Check the archive's address. In a hotel or a hospital's guest network, sign in to that network first.",
)
_UNKNOWN_AUTHORITY: Final = _Words(
    "No authority that this computer knows vouches for the certificate that was shown",
    "If the site has an authority of its own, its file belongs in the archive's settings. "
    "In a hotel or a hospital's guest network, sign in to that network first.",
)
_REVOKED: Final = _Words("The server's certificate was revoked", _ASK_IT)
_OTHER_KEY: Final = _Words(
    "The certificate that was shown holds none of the keys that are expected here", _ASK_IT
)
_TOO_OLD: Final = _Words(
    "The server speaks no version of TLS that is allowed here",
    "It needs TLS 1.3. A site may allow 1.2 in its policy.",
)
_NO_COMMON: Final = _Words(
    "The server and this computer found no encryption that both allow, or it wants a certificate of ours",
    _ASK_IT,
)
_OURS: Final = _Words(
    "The server did not accept this computer's certificate, or wants one and got none",
    "Check the client certificate in the archive's settings.",
)
_UNCERTAIN: Final = _Words("The server could not prove who it is", _ASK_IT)
_NO_TLS: Final = _Words(
    "Something answered that speaks no TLS",
    "Check the archive's address. In a hotel or a hospital's guest network, sign in to that network first.",
)

_BY_CODE: Final[Mapping[int, _Words]] = {
    9: _NOT_YET,
    10: _EXPIRED,
    18: _UNKNOWN_AUTHORITY,  # the certificate vouches for itself
    19: _UNKNOWN_AUTHORITY,  # its root does, and is unknown
    20: _UNKNOWN_AUTHORITY,
    21: _UNKNOWN_AUTHORITY,
    23: _REVOKED,
    62: _OTHER_HOST,
    64: _OTHER_HOST,  # the address, not the name
    0x800B0101: _EXPIRED,  # CERT_E_EXPIRED
    0x800B0109: _UNKNOWN_AUTHORITY,  # CERT_E_UNTRUSTEDROOT
    0x800B010A: _UNKNOWN_AUTHORITY,  # CERT_E_CHAINING
    0x800B010C: _REVOKED,  # CERT_E_REVOKED
    0x800B010F: _OTHER_HOST,  # CERT_E_CN_NO_MATCH
    -67602: _OTHER_HOST,  # errSecHostNameMismatch
    -67818: _EXPIRED,  # errSecCertificateExpired
    -67819: _NOT_YET,  # errSecCertificateNotValidYet
    -67820: _REVOKED,  # errSecCertificateRevoked
    -67843: _UNKNOWN_AUTHORITY,  # errSecNotTrusted
}

_BY_REASON: Final[Mapping[str, _Words]] = {
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "VERSION_TOO_LOW": _TOO_OLD,
    "NO_PROTOCOLS_AVAILABLE": _TOO_OLD,
    "WRONG_SSL_VERSION": _TOO_OLD,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _NO_COMMON,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": _NO_COMMON,
    "DH_KEY_TOO_SMALL": _NO_COMMON,
    "EE_KEY_TOO_SMALL": _NO_COMMON,
    "CA_KEY_TOO_SMALL": _NO_COMMON,
    "CA_MD_TOO_WEAK": _NO_COMMON,
    "TLSV1_UNRECOGNIZED_NAME": _OTHER_HOST,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _OURS,
    "SSLV3_ALERT_BAD_CERTIFICATE": _OURS,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _OURS,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _OURS,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _OURS,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _OURS,
    "TLSV1_ALERT_UNKNOWN_CA": _OURS,
    "TLSV1_ALERT_ACCESS_DENIED": _OURS,
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "HTTPS_PROXY_REQUEST": _NO_TLS,
    "UNKNOWN_PROTOCOL": _NO_TLS,
    "PACKET_LENGTH_TOO_LONG": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
}


def told(error: BaseException, where: str = "") -> ArchiveError | None:
    """Return what a failed handshake means, None if no proof failed but the line."""
    for inner in _within(error):
        words = _words(inner)
        if words is not None:
            kind = BadAnswer if words is _NO_TLS else NotTrusted
            return kind(words.what, where=where, remedy=words.remedy)
    return None


def _words(error: ssl.SSLError) -> _Words | None:
    if isinstance(error, PinMismatch):
        return _OTHER_KEY
    if isinstance(error, ssl.SSLCertVerificationError):
        code = getattr(error, "verify_code", 0)
        return _BY_CODE.get(code) or _BY_CODE.get(code & 0xFFFFFFFF, _UNCERTAIN)  # Windows' may come signed
    return _BY_REASON.get(getattr(error, "reason", None) or "")


def _within(error: BaseException) -> Iterator[ssl.SSLError]:
    """Yield the errors of the TLS library that lie inside another one."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, ssl.SSLError):
            yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
