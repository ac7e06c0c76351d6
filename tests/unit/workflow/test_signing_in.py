"""Signing in lets go what waited for it; signing out forgets."""

from __future__ import annotations

import pytest
from group_archive import GroupArchive, connect_to, service_of

from workstation.archive import NotAllowed
from workstation.sync import NoSuchArchive, Status
from workstation.workflow import Desk, sign_in, sign_out

WORD = "open sesame"


@pytest.fixture
def basic(desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch) -> Desk:
    connect_to(desk, {"harbor": group}, monkeypatch, sign_in="basic", user="r1")
    return desk


def status(desk: Desk) -> Status:
    return service_of(desk).engine.lines["harbor"].state.status


def test_a_secret_is_kept_and_what_was_refused_is_tried_again(basic: Desk, group: GroupArchive) -> None:
    def refuse(_: str) -> None:
        raise NotAllowed("Not without a password")

    group.fault = refuse
    service_of(basic).watching.refresh("harbor")
    assert status(basic) is Status.SIGNED_OUT
    sign_in(basic, archive="harbor", secret=WORD, open_browser=lambda _: True)

    assert status(basic) is Status.UNKNOWN
    assert basic.ways["harbor"].account.headers()["Authorization"].startswith("Basic ")
    sign_out(basic, archive="harbor")
    with pytest.raises(NotAllowed):
        basic.ways["harbor"].account.headers()


def test_without_a_secret_nobody_is_signed_in(basic: Desk) -> None:
    with pytest.raises(NotAllowed):
        sign_in(basic, archive="harbor", open_browser=lambda _: True)


def test_an_archive_that_is_not_set_up_is_told(desk: Desk) -> None:
    with pytest.raises(NoSuchArchive):
        sign_in(desk, archive="harbor", open_browser=lambda _: True)
    with pytest.raises(NoSuchArchive):
        sign_out(desk, archive="harbor")
