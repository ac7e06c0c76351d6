from __future__ import annotations

import socket

import pytest
from pretend_browser import PretendBrowser
from sign_in_desk import Desk

from workstation.archive import ArchiveError, NotTrusted, SignIn, TlsRules, Unreachable
from workstation.archive.sign_in import Browser
from workstation.archive.sign_in.asking import WHOLE_SECONDS, Asking
from workstation.archive.sign_in.provider import discover
from workstation.clock import ManualClock


def asking(desk: Desk) -> Asking:
    return Asking(TlsRules(authorities=desk.authorities), desk.clock)


def test_a_service_describes_itself(desk: Desk) -> None:
    found = discover(asking(desk), desk.provider.url)

    assert found.issuer == desk.provider.url
    assert found.token == f"{desk.provider.url}/token"
    assert found.revocation == ""
    assert found.secret_in_header
    assert found.names_itself


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"issuer": "https://elsewhere.example"}, NotTrusted),
        ({"issuer": None}, NotTrusted),
        ({"code_challenge_methods_supported": ["plain"]}, NotTrusted),
        ({"code_challenge_methods_supported": "S256"}, NotTrusted),
        ({"token_endpoint": "http://127.0.0.1/token"}, NotTrusted),
        ({"jwks_uri": "file:///etc/passwd"}, NotTrusted),
        ({"userinfo_endpoint": "http://127.0.0.1/me"}, NotTrusted),
        ({"token_endpoint": None}, Unreachable),
        ({"authorization_endpoint": 7}, Unreachable),
    ],
    ids=str,
)
def test_a_service_that_describes_itself_badly_gets_nothing(
    document: dict[str, object], kind: type[ArchiveError], desk: Desk
) -> None:
    desk.provider.document = document
    with PretendBrowser(desk.authorities) as browser, pytest.raises(kind):
        desk.account().sign_in(Browser(browser))
    assert browser.opened == []


def test_a_slash_more_is_another_issuer(desk: Desk) -> None:
    """OpenID Connect Discovery 4.3: identical, letter for letter."""
    with pytest.raises(NotTrusted, match="the slash"):
        discover(asking(desk), f"{desk.provider.url}/")


@pytest.mark.parametrize("issuer", ["", "http://127.0.0.1:1", "elsewhere.example", "https://"])
def test_a_service_without_https_is_not_asked(issuer: str, desk: Desk) -> None:
    with pytest.raises(NotTrusted, match="https"):
        discover(asking(desk), issuer)


def test_a_service_whose_certificate_nobody_knows_is_not_asked(desk: Desk) -> None:
    with pytest.raises(NotTrusted, match="No authority"):
        discover(Asking(TlsRules(), desk.clock), desk.provider.url)
    assert desk.provider.paths == []


def test_where_nobody_listens_the_service_is_unreachable(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as raised:
        discover(asking(desk), f"https://127.0.0.1:{port}")
    assert raised.value.where == f"127.0.0.1:{port}"


def test_an_answer_that_comes_drop_by_drop_is_given_up(desk: Desk) -> None:
    class Hurrying(ManualClock):
        def monotonic(self) -> float:
            self.wait(WHOLE_SECONDS + 1)
            return super().monotonic()

    with pytest.raises(Unreachable):
        discover(Asking(TlsRules(authorities=desk.authorities), Hurrying()), desk.provider.url)


def test_settings_hold_no_secret() -> None:
    """Whatever is added to them lands in a file."""
    assert set(SignIn.__slots__) == {"kind", "user", "issuer", "client_id", "scopes"}
