"""``workstation version``: what runs here, for a report to IT."""

from __future__ import annotations

import json
import platform
from importlib import metadata

import click

from workstation.workflow import sandbox_of_this_machine


@click.command("version")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, as_json: bool) -> None:
    """Print the program's version and what it stands on."""
    facts = {
        "workstation": metadata.version("lumen-workstation"),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        **{
            name: metadata.version(name)
            for name in ("pydicom", "PySide6-Essentials", "imagecodecs", "cryptography")
        },
        "sandbox": sandbox_of_this_machine(),
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        click.echo(f"{name:20} {value}")
