"""Setting up archives: a secret is kept or nothing is, and nothing that stands in a file gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from group_archive import GroupArchive, settings_with

from workstation.archive import NotAllowed, Unreachable
from workstation.config import BadSetting, Places
from workstation.security import KeyringUnavailable, SessionVault
from workstation.sync import NoSuchArchive
from workstation.workflow import (
    Verdict,
    WorkflowError,
    add_archive,
    archives_of,
    check_archive,
    figures_of,
    remove_archive,
    secrets_trouble,
    setting_up,
    try_archive,
)
from workstation.workflow.archives import Way

WAYS = {"ways": {"fibre": "https://archive.example/dicom-web", "hotspot": "https://vpn2.example/dicom-web"}}
WORD = "open sesame"
PORT = """"listener.port" = 11112\n"listener.callers" = '"""
BASIC = {**WAYS, "sign_in": "basic", "user": "r1"}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places.below(tmp_path / "home")
    made.archives.parent.mkdir()
    return made


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> SessionVault:
    """Return what stands in for the keyring."""
    made = SessionVault()
    monkeypatch.setattr(setting_up, "system_keyring", lambda: None)
    monkeypatch.setattr(setting_up, "KeyringVault", lambda _: made)
    monkeypatch.setattr(setting_up, "vault_of_this_computer", lambda: made)
    return made


def no_keyring() -> None:
    raise KeyringUnavailable("This computer has no keyring")


def identifiers(places: Places) -> list[str]:
    return [one.identifier for one in archives_of(places).entries]


def test_an_archive_is_set_up_with_its_secret_and_forgotten_with_it(
    places: Places, vault: SessionVault
) -> None:
    entry = add_archive(places, identifier="harbor", fields=dict(BASIC), secret=WORD)
    assert (entry.name, identifiers(places)) == ("harbor", ["harbor"])
    assert vault.read("archive/harbor/secret") == WORD or vault.read("archive/harbor/password") == WORD
    assert WORD not in places.archives.read_text()
    remove_archive(places, identifier="harbor")
    assert identifiers(places) == []
    assert vault.read("archive/harbor/password") is None


def test_without_a_keyring_nothing_is_set_up_that_needs_a_secret(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_up, "system_keyring", no_keyring)
    with pytest.raises(KeyringUnavailable):
        add_archive(places, identifier="harbor", fields=dict(BASIC), secret=WORD)
    assert identifiers(places) == []
    add_archive(places, identifier="open", fields=dict(WAYS))
    remove_archive(places, identifier="open")


def test_a_secret_for_an_archive_that_asks_for_none_is_refused(places: Places, vault: SessionVault) -> None:
    with pytest.raises(NotAllowed):
        add_archive(places, identifier="open", fields=dict(WAYS), secret=WORD)
    assert (identifiers(places), vault.read("archive/open/secret")) == ([], None)


def test_a_name_that_is_taken_stays_what_it_is(places: Places) -> None:
    add_archive(places, identifier="harbor", fields=dict(WAYS))
    with pytest.raises(WorkflowError, match="set up already"):
        add_archive(places, identifier="harbor", fields={"ways": {"x": "https://other.example"}})


def test_the_site_s_own_can_t_be_removed(places: Places) -> None:
    places.site_archives.write_text('[harbor.ways]\nfibre = "https://archive.example"\n')
    with pytest.raises(WorkflowError, match="The site has set this archive up"):
        remove_archive(places, identifier="harbor")


def test_what_is_not_there_can_t_be_removed_or_tried(places: Places) -> None:
    for ask in (remove_archive, try_archive):
        with pytest.raises(NoSuchArchive):
            ask(places, identifier="harbor")


@pytest.mark.parametrize(
    "wrong", ['[harbor]\nspeech = "morse"\n', '[harbor]\nname = "Mine', '[city.ways]\nx = "https://mine"\n']
)
def test_a_file_with_something_wrong_is_not_written_anew(places: Places, wrong: str) -> None:
    """A bad entry, a file that is no TOML, one that the site's own hides: each would be gone."""
    places.site_archives.write_text('[city.ways]\nfibre = "https://city.example"\n')
    places.archives.write_text(f'[own.ways]\nx = "https://own.example"\n{wrong}')
    for change in (
        lambda: add_archive(places, identifier="new", fields=dict(WAYS)),
        lambda: remove_archive(places, identifier="own"),
    ):
        if wrong.endswith("Mine") and "own" not in identifiers(places):
            continue
        with pytest.raises(BadSetting, match="wrong"):
            change()
    assert places.archives.read_text().endswith(wrong)


@pytest.mark.usefixtures("vault")
def test_every_way_is_tried_and_one_that_fails_keeps_no_other_from_its_turn(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(what: str) -> None:
        if what.startswith("fibre"):
            raise Unreachable("No connection", remedy="Look at the cable.")

    archive = GroupArchive(fault=fault)
    add_archive(places, identifier="harbor", fields=dict(BASIC), secret=WORD)
    monkeypatch.setattr(Way, "connect", lambda _, endpoint, idle: archive.connect(endpoint, idle))
    steps = try_archive(places, identifier="harbor")
    assert [(one.name, one.verdict) for one in steps] == [
        ("fibre", Verdict.BAD), ("hotspot", Verdict.GOOD),
    ]  # fmt: skip
    assert steps[0].advice == "Look at the cable."


@pytest.mark.usefixtures("vault")
def test_settings_that_can_t_be_kept_to_are_a_finding_not_an_end(places: Places) -> None:
    add_archive(places, identifier="harbor", fields={**WAYS, "authorities": str(places.log)})
    assert [one.verdict for one in try_archive(places, identifier="harbor")] == [Verdict.BAD, Verdict.BAD]
    report = check_archive(places, identifier="harbor", figures=figures_of(settings_with()))
    assert (report.verdict, report.steps[0].name) == (Verdict.BAD, "Settings")


@pytest.mark.usefixtures("vault")
def test_trouble_with_secrets_is_told_only_where_one_is_needed(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_up, "keyring_trouble", lambda: "There is no keyring.")
    open_one = add_archive(places, identifier="open", fields=dict(WAYS))
    basic = add_archive(places, identifier="harbor", fields=dict(BASIC), secret=WORD)
    assert secrets_trouble([open_one]) == ""
    assert secrets_trouble([open_one, basic]) == "There is no keyring."


@pytest.mark.parametrize(
    ("listener", "verdict", "advice"),
    [
        ("", Verdict.BAD, "Set listener.port and listener.callers."),
        (f"{PORT}CT1@10.0.0.1'", Verdict.BAD, "Add PACS@ADDRESS to listener.callers."),
        (f"{PORT}PACS@10.0.0.1'", Verdict.GOOD, ""),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("vault")
def test_an_archive_that_brings_images_is_told_from_one_that_nothing_listens_for(
    places: Places, monkeypatch: pytest.MonkeyPatch, listener: str, verdict: Verdict, advice: str
) -> None:
    archive = GroupArchive()
    monkeypatch.setattr(Way, "connect", lambda _, endpoint, idle: archive.connect(endpoint, idle))
    places.policy.write_text(listener)
    dimse = {"ways": {"fibre": "127.0.0.1:104"}, "speech": "dimse", "encryption": "none", "called": "PACS"}
    add_archive(places, identifier="plain", fields=dict(dimse))
    add_archive(places, identifier="moves", fields={**dimse, "capabilities": {"retrieve": "move"}})

    assert [one.name for one in try_archive(places, identifier="plain")] == ["fibre"]
    _, found = try_archive(places, identifier="moves")
    assert (found.name, found.verdict, found.advice) == ("listener", verdict, advice)
