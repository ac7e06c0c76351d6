"""Reading the site's policy and the person's settings, and saving the latter.

Both files are TOML, one table for each first word of a name (``[store]`` holds
``quota_gigabytes``). The policy may also name, under ``locked``, settings that nobody else may
change. A line that cannot be right is refused with its name and what would be right; the rest of
the file still holds, so one typing error doesn't keep a radiologist from the list.

Errors:  ``BadSetting`` objects are collected, not raised: the window shows them as lines.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workstation.config.declared import BY_NAME, SETTINGS, Setting, Value
from workstation.config.writing import write_whole
from workstation.errors import LumenError


class BadSetting(LumenError):
    """A setting that does not exist or cannot have that value."""

    exit_code = 10


@dataclass(frozen=True)
class Settings:
    """Values in force, and what was wrong in the files."""

    values: Mapping[str, Value]
    locked: frozenset[str] = frozenset()
    problems: tuple[BadSetting, ...] = ()
    own: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a setting of words."""
        return str(self.values[name])

    def number(self, name: str) -> float:
        """Return a setting of numbers."""
        value = self.values[name]
        if isinstance(value, str):
            raise TypeError(f"{name} holds words")
        return float(value)


def load(policy: Path, person: Path) -> Settings:
    """Return the settings in force: default < person, and site policy over what it locks."""
    problems: list[BadSetting] = []
    site, locked = _read_policy(policy, problems)
    own = {
        name: value
        for name, value in _read(person, problems).items()
        if _may_change(name, locked, person, problems)
    }
    values = {setting.name: setting.default for setting in SETTINGS} | site | own
    return Settings(values, locked, tuple(problems), own)


def save(person: Path, own: Mapping[str, Value]) -> None:
    """Write the person's own values, whole or not at all."""
    write_whole(person, _as_toml(own))


def _read_policy(path: Path, problems: list[BadSetting]) -> tuple[dict[str, Value], frozenset[str]]:
    document = _settings(path, problems)
    names = document.pop("locked", [])
    values = dict(_checked(document, path, problems))
    site_only = {setting.name for setting in SETTINGS if setting.changer == "site"} & values.keys()
    named = {str(name) for name in names} if isinstance(names, list) else set()
    problems += [
        BadSetting(f"There is no setting {name!r} to lock", where=str(path))
        for name in named - BY_NAME.keys()
    ]
    return values, frozenset(site_only | (named & BY_NAME.keys()))


def _read(path: Path, problems: list[BadSetting]) -> dict[str, Value]:
    return dict(_checked(_settings(path, problems), path, problems))


def _settings(path: Path, problems: list[BadSetting]) -> dict[str, object]:
    return parse_toml(path, "The settings", "The defaults are used.", problems)


def parse_toml(path: Path, what: str, remedy: str, problems: list[BadSetting]) -> dict[str, object]:
    """Return what a file says, {} where there is none; one that can't be read is told under ``what``."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problems.append(BadSetting(f"{what} can't be read: {reason}", where=str(path), remedy=remedy))
        return {}


def _checked(
    document: Mapping[str, object], path: Path, problems: list[BadSetting]
) -> Iterator[tuple[str, Value]]:
    for name, value in _flat(document):
        try:
            yield name, check(name, value)
        except BadSetting as error:
            problems.append(BadSetting(error.what, where=str(path), remedy=error.remedy))


def _flat(document: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for first, value in document.items():
        if isinstance(value, Mapping):
            yield from ((f"{first}.{rest}", inner) for rest, inner in value.items())
        else:
            yield first, value


def _may_change(name: str, locked: frozenset[str], path: Path, problems: list[BadSetting]) -> bool:
    if name in locked:
        problems.append(
            BadSetting(f"{name} is set by the site", where=str(path), remedy="The site's value is used.")
        )
    return name not in locked


def check(name: str, value: object) -> Value:
    """Return the value as the setting's type, or raise BadSetting with what would be right."""
    setting = BY_NAME.get(name)
    if setting is None:
        raise BadSetting(f"There is no setting {name!r}", remedy="It is ignored.")
    fitting = _fitting(setting, value)
    if fitting is None or not _within(setting, fitting):
        raise BadSetting(
            f"{name} cannot be {json.dumps(value, default=str)}",
            remedy=f"It takes {_range(setting)}; {setting.default!r} is used.",
        )
    return fitting


def _fitting(setting: Setting, value: object) -> Value | None:
    if isinstance(setting.default, bool) or isinstance(value, bool):
        return value if isinstance(value, bool) and isinstance(setting.default, bool) else None
    if isinstance(setting.default, float) and isinstance(value, int | float):
        return float(value)
    if isinstance(value, type(setting.default)):
        return value
    return None


def _within(setting: Setting, value: Value) -> bool:
    if setting.choices:
        return value in setting.choices
    if isinstance(value, str) or setting.low is None or setting.high is None:
        return True
    return setting.low <= value <= setting.high  # written so that NaN is refused


def _range(setting: Setting) -> str:
    if setting.choices:
        return "one of " + ", ".join(setting.choices)
    if setting.low is not None:
        return f"{setting.low:g} to {setting.high:g}"
    return {bool: "true or false", str: "a text"}.get(type(setting.default), "a number")


def _as_toml(own: Mapping[str, Value]) -> str:
    tables: dict[str, list[str]] = {}
    for name, value in sorted(own.items()):
        first, _, rest = name.partition(".")
        tables.setdefault(first, []).append(f"{rest} = {_literal(value)}")
    return "\n\n".join(f"[{first}]\n" + "\n".join(lines) for first, lines in tables.items()) + "\n"


def _literal(value: Value) -> str:
    """Return a TOML literal: JSON's, but for astral characters and DEL, which TOML wants otherwise."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
