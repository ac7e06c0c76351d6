"""The command as a whole: help, endings, and nothing that frightens."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.testing import Result

from workstation.cli import build, studies
from workstation.errors import LumenError
from workstation.security import KeyringUnavailable
from workstation.store import StoreBusy

Run = Callable[..., Result]

NAME = "ZQXNAME^SECRET"
COMMANDS = (
    "demo", "archive", "sync", "import", "studies", "series", "render", "export", "send", "outbox", "check",
    "doctor", "audit", "version",
)  # fmt: skip


def commands() -> dict[str, click.Command]:
    return dict(build(lambda _session, *, demo: int(demo)).commands)


def test_the_commands_are_those_that_are_promised() -> None:
    assert tuple(commands()) == COMMANDS


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)], ids=" ".join)
@pytest.mark.parametrize("asking", ["--help", "-h"])
def test_help_tells_of_every_option_and_what_it_does(run: Run, words: tuple[str, ...], asking: str) -> None:
    told = run(*words, asking)
    group = build(lambda _session, *, demo: int(demo))
    command: click.Command = group.commands[words[0]] if words else group

    assert (told.exit_code, told.stderr) == (0, "")
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert any(name in told.output for name in parameter.opts), parameter.name
            assert parameter.help or parameter.metavar, parameter.name
        else:
            assert (parameter.metavar or "?") in told.output
    assert all(len(line) <= 100 for line in told.output.splitlines())


def test_on_a_narrow_terminal_no_command_s_line_is_cut_short(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in run("--help").output.partition("Commands:")[2]


def test_without_a_command_the_window_opens_and_its_code_is_ours(run: Run, tmp_path: Path) -> None:
    assert run().exit_code == 7
    assert run("demo").exit_code == 8
    assert run("--store", tmp_path).exit_code == 9


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("import",),
        ("import", "/no/such/path"),
        ("series",),
        ("export", "--study", "1.2"),
        ("audit", "--last", "0"),
        ("render", "--study", "1.2", "--output", "a.png", "--size", "10x10"),
        ("render", "--study", "1.2", "--output", "a.png", "--size", "٣٢x٣٢"),
        ("render", "--study", "1.2", "--output", "a.png", "--index", "-1"),
        ("render", "--study", "1.2", "--output", "a.png", "--window", "40", "0"),
        ("render", "--study", "1.2", "--output", "a.png", "--window", "nan", "400"),
        ("--passphrase-file", "/no/such/file", "studies"),
        ("--store", "x", "demo"),
        ("--store", __file__, "studies"),
    ],
    ids=lambda words: " ".join(words).replace(__file__, "FILE"),
)
def test_wrong_usage_is_told_and_ends_with_2(run: Run, at_desk: list[object], words: tuple[str, ...]) -> None:
    told = run(*words)

    assert told.exit_code == 2
    assert told.stderr.startswith("Usage: workstation")
    assert "Traceback" not in told.output
    assert at_desk == []


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(studies, "list_studies", fail)


@pytest.mark.usefixtures("at_desk")
def test_an_error_of_ours_ends_in_one_line_and_its_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, StoreBusy("It is open elsewhere", where="a\x1b[2Jb", remedy="Close that one."))
    told = run("studies")

    assert (told.exit_code, told.stdout) == (StoreBusy.exit_code, "")
    assert told.stderr == "workstation: It is open elsewhere (a [2Jb). Close that one.\n"


@pytest.mark.usefixtures("at_desk")
def test_without_a_keyring_the_line_says_how_to_give_the_passphrase(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, KeyringUnavailable("This computer has no keyring that can be used"))
    told = run("studies")

    assert told.exit_code == KeyringUnavailable.exit_code
    assert "--passphrase-file" in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.usefixtures("at_desk")
def test_an_error_of_nobody_s_ends_in_one_line_and_is_in_the_log(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, ValueError(NAME))
    told = run("studies")

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.count("\n") == 1
    assert "ValueError" in told.stderr
    assert NAME not in told.stderr
    log = (home / "lumen.log").read_text()
    assert "ZQX" not in log
    assert any("fail" in place for place in json.loads(log)["error"])


@pytest.mark.usefixtures("at_desk")
def test_ctrl_c_ends_as_a_shell_expects(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    told = run("studies")

    assert told.exit_code == 130
    assert told.stderr == "workstation: Stopped. What was finished until then stays.\n"


@pytest.mark.usefixtures("at_desk")
def test_a_reader_of_our_output_that_has_enough_is_no_error(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, BrokenPipeError(errno.EPIPE, "Broken pipe"))
    assert run("studies").stderr == ""


@pytest.mark.usefixtures("at_desk")
def test_what_the_system_refuses_is_told_in_its_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, OSError(errno.ENOSPC, "No space left on device", NAME))
    told = run("studies")

    assert (told.exit_code, told.stderr) == (1, "workstation: No space left on device.\n")


@pytest.mark.usefixtures("at_desk")
def test_a_setting_that_cannot_be_is_told_once_and_work_goes_on(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text('[workers]\ncount = "many"\n')
    told = run("studies")

    assert told.exit_code == 0
    assert told.stderr.count("workers.count cannot be") == 1


def test_each_error_s_own_code_is_none_of_the_shell_s() -> None:
    assert LumenError.exit_code == 1
    assert {LumenError.exit_code, 2, 3, 130} & {StoreBusy.exit_code} == set()
