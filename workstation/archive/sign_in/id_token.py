"""Checking an ID token: that this service said it, to this program, now, about the sign-in that we began.

Time is the service's own, from the answer that brought the token: a computer whose clock is wrong can
still be signed in, and a token says nothing about the certificate's dates, which are checked elsewhere.

Units:   seconds.
Errors:  NotTrusted with the check that failed; never the token or what stands in it.
Source:  OpenID Connect Core 1.0 sections 3.1.3.7 and 12.2; RFC 8725 (which algorithms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jwt import JWTClaimsRegistry

from workstation.archive.errors import NotTrusted

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What a token may be signed with: a private key of the service. Neither none nor a shared secret."""

LEEWAY_SECONDS: Final = 60

_KINDS: Final[Mapping[str, str]] = {"R": "RSA", "P": "RSA", "E": "EC"}


class UnknownKey(NotTrusted):
    """The key that signed is not among those that the service publishes; it may have published new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say."""

    issuer: str
    client_id: str
    now: datetime
    nonce: str = ""  # "": it answers no request through the browser
    subject: str = ""  # "": nobody is known yet


def checked_claims(token: str, keys: Mapping[str, object], expected: Expected) -> Mapping[str, object]:
    """Return what the token says, once every check has passed."""
    try:
        claims = _signed(token, keys)
        _registry(expected).validate(claims)
    except (JoseError, ValueError) as error:
        raise _refused(type(error).__name__) from None
    audience = claims["aud"]
    party = claims.get("azp", expected.client_id if not _is_several(audience) else "")
    if party != expected.client_id:
        raise _refused("authorized party")
    return claims


def _registry(expected: Expected) -> JWTClaimsRegistry:
    registry = JWTClaimsRegistry(
        now=int(expected.now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    if expected.nonce:
        registry.options["nonce"] = {"essential": True, "value": expected.nonce}
    if expected.subject:
        registry.options["sub"] = {"essential": True, "value": expected.subject}
    return registry


def _signed(token: str, keys: Mapping[str, object]) -> dict[str, object]:
    """Return the claims of a token that one of the keys has signed."""
    registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    header = _header(token)
    fitting = _fitting(keys, header)
    for key in fitting:
        try:
            return dict(jwt.decode(token, key, registry=registry).claims)
        except JoseError:
            if key is fitting[-1]:
                raise
    raise UnknownKey(
        "The sign-in service's answer is signed with a key that it does not publish", remedy=_AGAIN
    )


def _header(token: str) -> Mapping[str, object]:
    header = jws.extract_compact(token.encode()).headers()
    if header.get("alg") not in ALGORITHMS:
        raise _refused("algorithm")
    return header


def _fitting(keys: Mapping[str, object], header: Mapping[str, object]) -> list[Key]:
    """Return the keys that may have signed: of the right kind, and of the name that the token gives."""
    kind = _KINDS[str(header["alg"])[0]]
    listed = keys.get("keys")
    offered = [
        key
        for key in (listed if isinstance(listed, list) else [])
        if isinstance(key, dict)
        and key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and header.get("kid", key.get("kid")) == key.get("kid")
    ]
    try:
        return KeySet.import_key_set({"keys": offered}).keys if offered else []
    except (JoseError, ValueError):
        raise _refused("keys") from None


def _is_several(audience: object) -> bool:
    return isinstance(audience, list) and len(audience) > 1


_AGAIN: Final = "Sign in again. If it happens again, tell your IT."


def _refused(check: str) -> NotTrusted:
    return NotTrusted("The sign-in service's answer can't be trusted", where=check, remedy=_AGAIN)
