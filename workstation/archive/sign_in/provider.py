"""What a sign-in service says of itself: where to send what, and with which keys it signs.

Source:  OpenID Connect Discovery 1.0 sections 3 and 4; RFC 8414; RFC 9207 (``iss`` in the answer).
Errors:  NotTrusted for a service that calls itself otherwise than the settings do, or leaves out what makes
         the way through the browser safe; Unreachable if it can't be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from workstation.archive.errors import NotTrusted, Unreachable
from workstation.archive.sign_in.asking import Asking, require_https


@dataclass(frozen=True, slots=True)
class Provider:
    """A sign-in service, as its discovery document describes it."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str  # "": it has none
    revocation: str  # "": it has none
    secret_in_header: bool  # how a client's secret is shown: else in the form
    names_itself: bool  # every answer through the browser carries the issuer


def discover(asking: Asking, issuer: str) -> Provider:
    """Return what the service at an address says of itself."""
    document = asking.get(f"{require_https(issuer).rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise NotTrusted(
            "The sign-in service calls itself otherwise than the archive's settings do",
            where=urlsplit(issuer).netloc,
            remedy="Write the issuer exactly as the service does, the slash at its end included.",
        )
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise NotTrusted(
            "The sign-in service does not offer PKCE with S256, without which a code could be stolen",
            where=urlsplit(issuer).netloc,
            remedy="Ask its administrator to switch it on.",
        )
    shown = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        issuer=issuer,
        authorization=_endpoint(document, "authorization_endpoint", issuer),
        token=_endpoint(document, "token_endpoint", issuer),
        keys=_endpoint(document, "jwks_uri", issuer),
        userinfo=_endpoint(document, "userinfo_endpoint"),
        revocation=_endpoint(document, "revocation_endpoint"),
        secret_in_header=not isinstance(shown, list) or "client_secret_basic" in shown,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(document: Mapping[str, object], name: str, required_by: str = "") -> str:
    """Return an endpoint, which has to be https; one that isn't required may be missing."""
    url = document.get(name)
    if isinstance(url, str) and url:
        return require_https(url)
    if required_by:
        raise Unreachable(
            "The sign-in service does not say all that is needed to sign in",
            where=urlsplit(required_by).netloc,
            remedy="Check the issuer in the archive's settings.",
        )
    return ""
