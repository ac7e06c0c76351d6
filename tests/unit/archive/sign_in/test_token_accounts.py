"""Signing in and staying so, at a service that does what no good one ever does."""

from __future__ import annotations

import base64
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pretend_browser import PretendBrowser
from scripted_provider import Form, Said
from sign_in_desk import Desk

from workstation.archive import NotAllowed, NotTrusted, Unreachable
from workstation.archive.sign_in import Browser, Person
from workstation.archive.sign_in.tokens import RETRY_SECONDS
from workstation.errors import Cancelled, LumenError
from workstation.security import KeyringLocked, SessionVault

SESSION = "archive/home/session"
HOUR = 3_600


def refreshes(desk: Desk) -> list[str]:
    """Return the refresh tokens that were shown, in order."""
    return [form["refresh_token"] for form in desk.provider.forms if form["grant_type"] == "refresh_token"]


def test_who_signed_in_is_told_with_name_and_roles(desk: Desk) -> None:
    desk.provider.claims = {
        "preferred_username": "reader@home.example",
        "realm_access": {"roles": ["radiologist"]},
        "groups": ["night", "radiologist"],
    }
    account = desk.account()

    assert desk.sign_in(account) == Person(
        "reader", "Dr. Reader", "reader@home.example", ("radiologist", "night")
    )
    assert account.headers() == {"Authorization": "Bearer access-1"}


def test_another_persons_userinfo_is_not_believed(desk: Desk) -> None:
    desk.provider.person = {"sub": "someone else", "name": "Somebody Else"}

    assert desk.sign_in(desk.account()).name == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": ["another client", "a third"]},
        {"aud": ["lumen", "another client"]},
        {"aud": ["lumen", "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_an_id_token_that_says_something_else_lets_nobody_in(claims: dict[str, object], desk: Desk) -> None:
    desk.provider.claims = claims
    account = desk.account()

    with pytest.raises(NotTrusted):
        desk.sign_in(account)
    assert desk.vault.read(SESSION) is None
    with pytest.raises(NotAllowed):
        account.headers()


def test_one_of_several_audiences_is_enough_if_we_are_the_party(desk: Desk) -> None:
    desk.provider.claims = {"aud": ["lumen", "archive"], "azp": "lumen"}

    assert desk.sign_in(desk.account()).subject == "reader"


def unsigned(algorithm: str, claims: dict[str, object]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b""))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_that_nobody_signed_lets_nobody_in(algorithm: str, desk: Desk) -> None:
    desk.provider.sign = lambda claims: unsigned(algorithm, claims)

    with pytest.raises(NotTrusted, match="algorithm"):
        desk.sign_in(desk.account())


def test_a_token_signed_with_the_public_key_as_a_shared_secret_lets_nobody_in(desk: Desk) -> None:
    """RFC 8725 section 2.1: whoever lets the token choose the algorithm can be had by this."""
    public = json.dumps(desk.provider.published[0])
    secret = OctKey.import_key(public)
    desk.provider.sign = lambda claims: jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])

    with pytest.raises(NotTrusted, match="algorithm"):
        desk.sign_in(desk.account())


def test_a_key_that_is_not_published_lets_nobody_in(desk: Desk) -> None:
    other = ECKey.generate_key("P-256")
    for header in ({"alg": "ES256", "kid": "first"}, {"alg": "ES256", "kid": "second"}, {"alg": "ES256"}):
        desk.provider.sign = lambda claims, header=header: jwt.encode(header, claims, other)  # type: ignore[misc]
        with pytest.raises(NotTrusted):
            desk.sign_in(desk.account())


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800", "e30.e30.", 7, None])
def test_what_is_no_token_lets_nobody_in(token: object, desk: Desk) -> None:
    desk.provider.grant = {"id_token": token}

    with pytest.raises(NotTrusted):
        desk.sign_in(desk.account())


def test_keys_that_changed_since_are_fetched_again(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.provider.key = ECKey.generate_key("P-256", {"kid": "second"})
    desk.provider.published = [desk.provider.key.as_dict(private=False)]
    desk.provider.header = {"alg": "ES256", "kid": "second"}
    desk.clock.wait(HOUR)

    assert account.headers()["Authorization"] == "Bearer access-2"
    desk.clock.wait(HOUR)
    account.headers()
    assert desk.provider.paths.count("/keys") == 2


@pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(hours=3)])
def test_a_computer_whose_clock_is_wrong_can_sign_in(ahead: timedelta, desk: Desk) -> None:
    """The token is young by the service's clock, which came with it."""
    desk.provider.ahead = ahead

    assert desk.sign_in(desk.account()).subject == "reader"


@pytest.mark.parametrize(
    "redirect",
    [{"iss": "https://elsewhere.example"}, {"iss": None}],
)
def test_an_answer_of_another_service_is_refused(redirect: dict[str, str | None], desk: Desk) -> None:
    """RFC 9207: the mix-up of two services."""
    desk.provider.redirect = redirect

    with pytest.raises(NotTrusted, match="Another service"):
        desk.sign_in(desk.account())
    assert desk.provider.forms == []


@pytest.mark.parametrize(
    ("error", "word"), [("access_denied", "given up"), ("invalid_scope", "scopes"), ("<b>", "scopes")]
)
def test_a_refusal_in_the_browser_is_told(error: str, word: str, desk: Desk) -> None:
    desk.provider.redirect = {"code": None, "error": error}

    with pytest.raises(NotAllowed, match=word):
        desk.sign_in(desk.account())


def test_another_pages_answer_is_passed_over_and_the_time_runs_out(desk: Desk) -> None:
    desk.provider.redirect = {"state": "guessed"}
    with (
        PretendBrowser(desk.authorities) as browser,
        pytest.raises(Cancelled),
    ):
        desk.account().sign_in(Browser(browser, lambda: browser.is_done))
    assert "of no use" in browser.pages[0]


def test_a_browser_that_does_not_open_is_told(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="browser"):
        desk.account().sign_in(Browser(lambda _: False))


@pytest.mark.parametrize("grant", [{"token_type": "mac"}, {"access_token": None}, {"access_token": ""}])
def test_a_token_of_an_unknown_kind_is_no_token(grant: dict[str, object], desk: Desk) -> None:
    desk.provider.grant = grant

    with pytest.raises(Unreachable):
        desk.sign_in(desk.account())


def test_nobody_is_asked_for_consent_where_something_lasting_comes_without(desk: Desk) -> None:
    with PretendBrowser(desk.authorities) as browser:
        desk.account().sign_in(Browser(browser, lambda: browser.is_done))

    assert len(browser.opened) == 1
    assert "prompt" not in browser.opened[0]


def test_a_sign_in_that_does_not_last_takes_the_place_of_another_persons(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.provider.claims = {"sub": "second reader"}
    desk.provider.grant = {"refresh_token": None}
    desk.scopes = ("openid",)
    second = desk.account()
    desk.sign_in(second)

    assert second.headers() == {"Authorization": "Bearer access-2"}
    desk.clock.wait(HOUR)
    with pytest.raises(NotAllowed, match="Sign in"):
        second.headers()


# --- renewal ------------------------------------------------------------------------------------------


def test_a_token_is_renewed_a_minute_before_it_ends(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR - 61)
    assert account.headers() == {"Authorization": "Bearer access-1"}
    desk.clock.wait(1.5)

    assert account.headers() == {"Authorization": "Bearer access-2"}


def test_a_wall_clock_that_jumps_starts_no_storm(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    for seconds in (10 * 365 * 86_400, -20 * 365 * 86_400, HOUR):
        desk.clock.jump(seconds)
        for _ in range(10):
            account.headers()

    assert len(desk.provider.forms) == 1


def test_a_token_that_lasts_no_minute_starts_no_storm(desk: Desk) -> None:
    desk.provider.grant = {"expires_in": 30}
    account = desk.account()
    desk.sign_in(account)
    for _ in range(20):
        account.headers()

    assert len(desk.provider.forms) == 1


@pytest.mark.parametrize("lifetime", ["3600", 3600.0, None, "soon"])
def test_a_lifetime_may_be_said_in_odd_ways_or_not_at_all(lifetime: object, desk: Desk) -> None:
    desk.provider.grant = {"expires_in": lifetime}
    account = desk.account()
    desk.sign_in(account)
    account.headers()

    assert len(desk.provider.forms) == 1


def test_each_refresh_token_is_shown_once_and_the_next_start_has_the_last(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    for _ in range(3):
        desk.clock.wait(HOUR)
        account.headers()
    desk.account().headers()

    assert refreshes(desk) == ["refresh-1", "refresh-2", "refresh-3", "refresh-4"]


def test_fifty_threads_renew_once(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR)
    together, slow = Barrier(50), Event()

    def hold(_: Form) -> None:
        slow.wait(5)

    desk.provider.refusal = hold

    def ask(_: int) -> str:
        together.wait()
        return account.headers()["Authorization"]

    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(ask, index) for index in range(50)]
        slow.set()
        found = {one.result() for one in asked}

    assert found == {"Bearer access-2"}
    assert refreshes(desk) == ["refresh-1"]


def test_fifty_threads_share_one_refusal(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR)
    together = Barrier(50)
    desk.provider.refusal = lambda _: (503, b"")

    def ask(_: int) -> type[BaseException] | None:
        together.wait()
        try:
            account.headers()
        except LumenError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {Unreachable}
    assert len(refreshes(desk)) < 50


def test_a_refused_renewal_ends_the_sign_in_and_is_not_tried_again(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR)
    desk.provider.refusal = lambda _: (400, {"error": "invalid_grant", "error_description": "reader"})
    with pytest.raises(NotAllowed, match="Sign in again") as raised:
        account.headers()
    assert "reader" not in str(raised.value)
    for _ in range(3):
        with pytest.raises(NotAllowed, match="Sign in"):
            account.headers()

    assert len(refreshes(desk)) == 1
    assert desk.vault.read(SESSION) is None


@pytest.mark.parametrize(
    "said",
    [
        (500, b""),
        (502, b"<html>Bad gateway</html>"),
        (503, b"{}"),
        (429, b'{"error": "slow_down"}'),
        (200, b"<html>Welcome to the hotel</html>"),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (200, b'"' + b"x" * 2_000_000 + b'"'),
        (302, b""),
        (307, b""),
        (400, b"<html>"),
        (404, b"{}"),
    ],
    ids=lambda said: f"{said[0]} {said[1][:10]!r}",
)
def test_a_service_that_is_out_of_order_is_never_a_wrong_password(said: Said, desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR)
    desk.provider.refusal = lambda _: said
    with pytest.raises(Unreachable):
        account.headers()
    assert "/elsewhere" not in desk.provider.paths
    desk.provider.refusal = lambda _: None

    assert account.headers() == {"Authorization": "Bearer access-2"}


def test_while_the_token_holds_a_service_that_is_away_is_asked_now_and_then(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR - 50)
    desk.provider.refusal = lambda _: (503, b"")
    for _ in range(5):
        assert account.headers() == {"Authorization": "Bearer access-1"}
    desk.clock.wait(RETRY_SECONDS)
    account.headers()

    assert len(refreshes(desk)) == 2


def test_another_run_of_the_program_may_have_turned_the_token_over(desk: Desk) -> None:
    account, other = desk.account(), desk.account()
    desk.sign_in(account)
    ended: set[str] = set()

    def strict(form: Form) -> Said | None:
        shown = form.get("refresh_token", "")
        if shown == "refresh-1" and not ended:
            ended.add(shown)
            other.headers()  # it comes first, with the same token
            return 400, {"error": "invalid_grant"}
        return None

    desk.provider.refusal = strict
    desk.clock.wait(HOUR)

    assert account.headers()["Authorization"].startswith("Bearer ")
    assert refreshes(desk) == ["refresh-1", "refresh-1", "refresh-2"]


def test_a_renewed_token_about_another_person_is_refused(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.provider.claims = {"sub": "second reader"}
    desk.clock.wait(HOUR)

    with pytest.raises(NotTrusted):
        account.headers()


def test_a_sign_in_is_shown_to_no_other_service_and_for_no_other_client(desk: Desk) -> None:
    desk.sign_in(desk.account())
    desk.client = "another client"
    with pytest.raises(NotAllowed, match="Sign in"):
        desk.account().headers()

    assert refreshes(desk) == []


def test_an_archives_401_renews_once_and_then_gives_up(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    first = account.headers()
    assert account.refused(first)
    second = account.headers()
    assert second != first
    assert account.refused(first)  # another thread's, sent before
    assert not account.refused(second)
    assert len(refreshes(desk)) == 1

    desk.clock.wait(61)
    assert account.refused(second)
    assert len(refreshes(desk)) == 2


def test_a_401_while_the_service_is_away_is_not_called_a_wrong_password(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.provider.refusal = lambda _: (503, b"")

    with pytest.raises(Unreachable):
        account.refused(account.headers())


def test_signing_out_during_a_renewal_stays_signed_out(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    desk.clock.wait(HOUR)

    def meanwhile(_: Form) -> None:
        desk.provider.refusal = lambda _: None
        account.sign_out()

    desk.provider.refusal = meanwhile
    account.headers()

    assert desk.vault.read(SESSION) is None
    with pytest.raises(NotAllowed, match="Sign in"):
        account.headers()


# --- the keyring ----------------------------------------------------------------------------------------


class Locking(SessionVault):
    """A keyring that can be locked."""

    is_locked = False

    def read(self, entry: str) -> str | None:
        """Return the secret, unless it is locked."""
        self._ask()
        return super().read(entry)

    def write(self, entry: str, secret: str) -> None:
        """Keep a secret, unless it is locked."""
        self._ask()
        super().write(entry, secret)

    def _ask(self) -> None:
        if self.is_locked:
            raise KeyringLocked("The keyring is locked", remedy="Unlock it.")


def test_a_locked_keyring_is_told_before_anybody_types_anything(desk: Desk) -> None:
    desk.vault = vault = Locking()
    vault.is_locked = True

    with PretendBrowser(desk.authorities) as browser, pytest.raises(NotAllowed, match="locked"):
        desk.account().sign_in(Browser(browser, lambda: browser.is_done))
    assert browser.opened == []


def test_a_keyring_that_locks_meanwhile_loses_no_sign_in(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.vault = vault = Locking()
    account = desk.account()
    desk.sign_in(account)

    def lock(_: Form) -> None:
        vault.is_locked = True

    desk.provider.refusal = lock
    desk.clock.wait(HOUR)
    with caplog.at_level(logging.WARNING):
        assert account.headers() == {"Authorization": "Bearer access-2"}
    assert "memory alone" in caplog.text
    assert "refresh-" not in caplog.text
    vault.is_locked = False
    desk.provider.refusal = lambda _: None
    desk.clock.wait(HOUR)
    account.headers()

    assert refreshes(desk) == ["refresh-1", "refresh-2"]
    assert '"refresh-3"' in str(vault.read(SESSION))


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"issuer": 1}'])
def test_a_damaged_entry_asks_to_sign_in(text: str, desk: Desk) -> None:
    desk.vault.write(SESSION, text)

    with pytest.raises(NotAllowed, match="Sign in"):
        desk.account().headers()


def test_no_secret_stands_in_a_repr(desk: Desk) -> None:
    account = desk.account()
    desk.sign_in(account)
    shown = repr(account) + repr(vars(account)) + repr(vars(vars(account)["_tokens"]))

    assert "access-" not in shown
    assert "refresh-" not in shown


# --- the program's own account ----------------------------------------------------------------------------


def test_a_program_asks_with_its_secret_and_for_no_persons_scopes(desk: Desk) -> None:
    desk = replace(desk, kind="client", scopes=("openid", "profile", "offline_access", "archive.read"))
    account = desk.account()
    with pytest.raises(NotAllowed, match="Sign in"):
        account.headers()
    account.keep("a secret")

    assert account.sign_in(Browser(lambda _: False)) == Person("lumen", name="lumen")
    assert desk.provider.forms == [{"grant_type": "client_credentials", "scope": "archive.read"}]
    desk.clock.wait(HOUR)
    account.headers()
    assert len(desk.provider.forms) == 2
    account.sign_out()
    with pytest.raises(NotAllowed, match="Sign in"):
        account.headers()


def test_a_secret_goes_into_the_form_where_the_service_takes_it_only_there(desk: Desk) -> None:
    desk = replace(desk, kind="client", scopes=())
    desk.provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    account = desk.account()
    account.keep("a secret")
    account.headers()

    assert desk.provider.forms == [
        {"grant_type": "client_credentials", "client_id": "lumen", "client_secret": "a secret"}
    ]
