"""``workstation version``: what runs here, for a report to IT."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Final

import click

from workstation.cli.telling import say, say_json
from workstation.workflow import sandbox_of_this_machine

_FROM_SOURCES: Final = "from sources"
_LIBRARIES: Final = ("pydicom", "PySide6-Essentials", "imagecodecs", "cryptography")


@click.command("version")
@click.option("--json", "as_json", is_flag=True, help="As JSON: one object.")
def command(*, as_json: bool) -> None:
    """Print the program's version and what it stands on."""
    facts = {
        "workstation": _version("lumen-workstation", otherwise=_FROM_SOURCES),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        **{name: _version(name, otherwise="missing") for name in _LIBRARIES},
        "sandbox": sandbox_of_this_machine(),
    }
    if as_json:
        say_json(facts)
        return
    for name, value in facts.items():
        say(f"{name:20} {value}")


def _version(distribution: str, *, otherwise: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return otherwise
