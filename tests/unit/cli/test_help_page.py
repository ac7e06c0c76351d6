"""The help page knows every command, every option and every way to end."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import click
import pytest

import workstation
from workstation.cli import build
from workstation.config import resource
from workstation.errors import LumenError

PAGE = resource("help", "command-line.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+) \|$", PAGE, re.MULTILINE)
NOT_ERRORS = {0, 2, 3}
GROUP = build(lambda _session, *, demo: int(demo))


def kinds(kind: type[LumenError] = LumenError) -> Iterator[type[LumenError]]:
    yield kind
    for sub in kind.__subclasses__():
        yield from kinds(sub)


def every_kind() -> list[type[LumenError]]:
    for module in pkgutil.walk_packages(workstation.__path__, "workstation."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [kind for kind in kinds() if kind.__module__.startswith("workstation.")]


def test_each_exit_code_stands_there_once_in_order_with_its_meaning() -> None:
    codes = [int(code) for code, _ in ROWS]
    errors = {kind.exit_code for kind in every_kind()}

    assert set(codes) == errors | NOT_ERRORS
    assert len(codes) == len(set(codes))
    listed = codes[codes.index(130) + 1 :]
    assert listed == sorted(listed)
    assert all(len(meaning.split()) >= 3 for code, meaning in ROWS if code not in ("0", "2"))


@pytest.mark.parametrize("name", GROUP.commands)
def test_each_command_stands_there_with_its_options(name: str) -> None:
    (row,) = re.findall(rf"^\| `({name}(?: [^`]*)?)` \| (.+) \|$", PAGE.partition("## JSON")[0], re.MULTILINE)
    usage, what = row

    for parameter in GROUP.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in usage
            assert (f"[{parameter.opts[0]}" not in usage) is parameter.required
        else:
            assert (parameter.metavar or "?") in usage
    assert len(what.split()) >= 2


def test_each_command_of_a_group_stands_there_with_its_options() -> None:
    section = PAGE.partition("## Archives")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `([a-z-]+ [a-z-]+)([^`]*)` \|", section, re.MULTILINE))
    groups = [one for one in GROUP.commands.values() if isinstance(one, click.Group)]
    there = {f"{group.name} {name}": one for group in groups for name, one in group.commands.items()}

    assert set(listed) == set(there)
    for name, command in there.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in listed[name]
                assert (f"[{parameter.opts[0]}" not in listed[name]) is parameter.required
            else:
                assert (parameter.metavar or parameter.name or "?").upper() in listed[name]


def test_the_options_of_all_commands_stand_there() -> None:
    for parameter in GROUP.params:
        assert f"`{parameter.opts[0]}" in PAGE
