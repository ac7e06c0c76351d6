"""A store is made whole or not at all, and opens by each of its ways and by nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import ClassVar, NoReturn

import pytest

from workstation.config import Places, load
from workstation.security import KeyringNoEntry, KeyringUnavailable, SecretRefused, SlotsRefused, keyrings
from workstation.store import Options, Store, StoreMissing
from workstation.workflow import (
    KeySource,
    WrongStore,
    create_store,
    keyring_trouble,
    keys,
    looks_like_recovery_key,
    opens_with_keyring,
    own_folder,
    store_exists,
)

WORDS = "correct horse battery staple"
DEMO = KeySource.demo()


class Wallet:
    """A keyring that works; what it holds outlives it, as the system's does."""

    priority = 5.0
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.held[service, username]


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Let a fake be the only backend on the list, and return what it holds."""
    module = ModuleType("a_wallet")
    vars(module)["Keyring"] = Wallet
    monkeypatch.setitem(sys.modules, "a_wallet", module)
    monkeypatch.setattr(keyrings, "ALLOWED", (("a_wallet", "Keyring"),))
    Wallet.held.clear()
    return Wallet.held


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyrings, "ALLOWED", ())


def opened(folder: Path, key: KeySource) -> None:
    keys.open_store(folder=folder, key=key, options=Options(reserve=1 << 16)).close()


# ---- ways in


@pytest.mark.usefixtures("wallet")
def test_a_passphrase_and_a_recovery_key_open_the_store_and_no_other_words_do(folder: Path) -> None:
    made = create_store(folder=folder, key=KeySource.passphrase(WORDS), with_recovery=True)
    opened(folder, KeySource.passphrase(WORDS))
    opened(folder, KeySource.recovery(made.recovery_key))

    with pytest.raises(SecretRefused):
        opened(folder, KeySource.passphrase(WORDS + "s"))
    with pytest.raises(SecretRefused):
        opened(folder, KeySource.recovery(WORDS))
    with pytest.raises(SlotsRefused):
        opened(folder, KeySource.keyring())
    assert looks_like_recovery_key(made.recovery_key)
    assert not looks_like_recovery_key(WORDS)
    assert not opens_with_keyring(folder)
    assert WORDS not in repr(KeySource.passphrase(WORDS))
    assert made.recovery_key not in repr(made)


@pytest.mark.usefixtures("wallet")
def test_the_keyring_opens_the_store_until_its_entry_is_gone(
    folder: Path, wallet: dict[tuple[str, str], str]
) -> None:
    create_store(folder=folder, key=KeySource.keyring())
    opened(folder, KeySource.keyring())
    assert opens_with_keyring(folder)
    assert len(wallet) == 1
    assert keyring_trouble() == ""

    wallet.clear()
    with pytest.raises(KeyringNoEntry):
        opened(folder, KeySource.keyring())


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_no_store_is_made_and_no_folder(folder: Path) -> None:
    with pytest.raises(KeyringUnavailable):
        create_store(folder=folder, key=KeySource.keyring())

    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []
    assert "no keyring" in keyring_trouble()


@pytest.mark.parametrize(
    ("key", "kind"),
    [(KeySource.passphrase("short"), SecretRefused), (KeySource.recovery("7HQ2-M4XP"), WrongStore)],
)
def test_a_key_that_cannot_make_a_store_leaves_nothing(
    folder: Path, key: KeySource, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        create_store(folder=folder, key=key)
    assert list(folder.parent.iterdir()) == []


def test_where_there_is_no_store_nothing_is_opened_or_made(folder: Path) -> None:
    with pytest.raises(StoreMissing):
        opened(folder, KeySource.passphrase(WORDS))
    assert not folder.exists()


def test_the_demonstration_s_store_is_not_opened_as_one_s_own(folder: Path) -> None:
    create_store(folder=folder, key=DEMO)
    opened(folder, DEMO)

    with pytest.raises(WrongStore, match="demonstration"):
        opened(folder, KeySource.passphrase(WORDS))


# ---- the making


def test_an_empty_folder_that_is_there_becomes_the_store(folder: Path) -> None:
    folder.mkdir()
    create_store(folder=folder, key=DEMO)

    opened(folder, DEMO)
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}


def test_a_folder_that_is_a_disk_of_its_own_becomes_the_store(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be replaced by a rename, and what lies beside it is another disk."""
    folder.mkdir()
    before = folder.stat().st_ino
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == folder)
    create_store(folder=folder, key=DEMO)

    opened(folder, DEMO)
    assert folder.stat().st_ino == before
    assert not any(path.name.startswith(".") for path in folder.iterdir())


def test_a_folder_whose_parent_may_not_be_written_becomes_the_store(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != folder.parent)
    create_store(folder=folder, key=DEMO)

    opened(folder, DEMO)


def test_a_folder_is_told_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    create_store(folder=Path(), key=DEMO)

    opened(tmp_path, DEMO)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "blobs"])
def test_other_files_in_the_folder_are_left_alone(folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / name).write_text("somebody's")

    with pytest.raises(WrongStore, match="Other files"):
        create_store(folder=folder, key=DEMO)
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "somebody's")]


def test_a_store_is_never_made_over_another(folder: Path) -> None:
    create_store(folder=folder, key=DEMO)
    before = (folder / "demo.key").read_bytes()

    with pytest.raises(WrongStore, match="already"):
        create_store(folder=folder, key=DEMO)
    assert (folder / "demo.key").read_bytes() == before


def test_a_place_that_is_a_file_is_told(folder: Path) -> None:
    folder.write_text("a file")

    with pytest.raises(WrongStore, match="cannot be made") as told:
        create_store(folder=folder, key=DEMO)
    assert told.value.where == str(folder)


@pytest.mark.parametrize("trouble", [RuntimeError("crash"), KeyboardInterrupt()])
@pytest.mark.parametrize("is_prepared", [False, True])
def test_a_making_that_was_broken_off_leaves_nothing(
    folder: Path,
    trouble: BaseException,
    is_prepared: bool,  # noqa: FBT001  a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> NoReturn:
        raise trouble

    if is_prepared:
        folder.mkdir()
    monkeypatch.setattr(Store, "create", fail)
    with pytest.raises(type(trouble)):
        create_store(folder=folder, key=DEMO)

    assert not store_exists(folder)
    assert [path for path in folder.parent.rglob("*") if path != folder] == []


@pytest.mark.parametrize("step", range(8))
def test_a_power_cut_while_it_is_put_into_a_disk_leaves_no_store_without_its_parts(
    folder: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == folder)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)  # there is nobody to tidy up
    monkeypatch.setattr(keys, "_put_in_place", breaking_off(step, keys._put_in_place, monkeypatch))
    try:
        create_store(folder=folder, key=DEMO)
    except PowerCutError:
        assert not store_exists(folder)
    else:
        opened(folder, DEMO)


class PowerCutError(BaseException):
    """The lights are out."""


def breaking_off(
    step: int, put: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path, Path], None]:
    done: list[Path] = []
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        if len(done) == step:
            raise PowerCutError
        done.append(path)
        return rename(path, target)

    def broken_off(building: Path, folder: Path) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", renamed)
            put(building, folder)

    return broken_off


def test_what_an_interrupted_making_left_is_no_hindrance(folder: Path) -> None:
    left = folder.with_name(f".{folder.name}.new")
    left.mkdir()
    (left / "work.db").write_bytes(b"half")
    create_store(folder=folder, key=DEMO)

    opened(folder, DEMO)
    assert not left.exists()


# ---- the place


def test_the_site_s_folder_is_taken_with_a_person_s_home_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    places = Places.below(tmp_path)
    assert own_folder(load(places.policy, places.settings), places) == tmp_path / "store"

    places.policy.write_text('[store]\nfolder = "~/studies"\n')
    assert own_folder(load(places.policy, places.settings), places) == tmp_path / "studies"
