"""Which store, with which key: what a command asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from workstation.security import new_recovery_key
from workstation.workflow import KeySource

Run = Callable[..., Result]
Asked = list[dict[str, Any]]

WORDS = "correct horse\u2028battery Straße"


@pytest.mark.parametrize(
    "content",
    [
        WORDS.encode(),
        f"{WORDS}\n".encode(),
        f"{WORDS}\r\nsecond line\r\n".encode(),
        b"\xef\xbb\xbf" + f"{WORDS}\n".encode(),
    ],
    ids=["bare", "a line", "lines of Windows", "a mark before"],
)
def test_the_first_line_is_the_passphrase_whoever_wrote_the_file(
    run: Run, at_desk: Asked, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "words").write_bytes(content)
    run("--passphrase-file", tmp_path / "words", "studies")

    assert at_desk[0]["key"] == KeySource.passphrase(WORDS)


@pytest.mark.parametrize("content", [b"", b"\n", b"\nsecond", b"\xff\xfe\x00"])
def test_a_file_without_a_passphrase_is_wrong_usage(
    run: Run, at_desk: Asked, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "words").write_bytes(content)
    told = run("--passphrase-file", tmp_path / "words", "studies")

    assert told.exit_code == 2
    assert "--passphrase-file" in told.stderr
    assert at_desk == []


@pytest.mark.parametrize("content", [b"", b"\nsecond", b"\xff\xfe\x00"])
def test_a_file_without_a_secret_sets_no_archive_up(
    run: Run, home: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "secret").write_bytes(content)
    told = run(
        "archive", "add", "harbor", "--way", "https://archive.example/x", "--sign-in", "bearer",
        "--secret-file", tmp_path / "secret",
    )  # fmt: skip

    assert told.exit_code == 2
    assert "--secret-file" in told.stderr
    assert not (home / "archives.toml").exists()


def test_a_recovery_key_in_the_file_is_taken_for_one(run: Run, at_desk: Asked, tmp_path: Path) -> None:
    key = new_recovery_key()
    (tmp_path / "words").write_text(f"{key.lower()}\n")
    run("--passphrase-file", tmp_path / "words", "studies")

    assert at_desk[0]["key"] == KeySource.recovery(key.lower())


def test_without_a_file_the_keyring_is_asked_and_the_usual_folder_taken(run: Run, at_desk: Asked) -> None:
    run("studies")

    assert at_desk[0]["key"] == KeySource.keyring()
    assert at_desk[0]["folder"] is None


def test_a_store_is_made_by_an_import_and_by_nothing_else(
    run: Run, at_desk: Asked, disc: Path, tmp_path: Path
) -> None:
    for words in (
        ("studies",),
        ("series", "--study", "1.2"),
        ("check",),
        ("audit",),
        ("export", "--study", "1.2", tmp_path / "out"),
        ("render", "--study", "1.2", "--output", tmp_path / "a.png"),
        ("import", disc),
    ):
        run("--store", tmp_path / "own", *words)

    assert [how["create"] for how in at_desk] == [False] * 6 + [True]
    assert {how["folder"] for how in at_desk} == {tmp_path / "own"}
