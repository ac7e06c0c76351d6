"""Each wall between the packages, proved by breaking it in a copy of the sources."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
PACKAGES = {path.parent.name for path in (ROOT / "workstation").glob("*/__init__.py")}

BREAKS = [
    ("ladder", "clock", "import workstation.config"),
    ("ladder", "geometry", "import workstation.workers"),
    ("ladder", "security", "import workstation.dicom"),
    ("ladder", "store", "import workstation.rendering"),
    ("ladder", "workflow", "import workstation.ui"),
    ("ladder", "cli", "import workstation.ui"),
    ("no cycles", "store", "import workstation.store.a_cycle"),
    ("one door", "ui", "import workstation.store"),
    ("one door", "ui", "import workstation.security"),
    ("one door", "cli", "import workstation.store"),
    ("qt stays in the window", "workflow", "import PySide6.QtCore"),
    ("qt stays in the window", "viewing", "import pyqtgraph"),
    ("vtk stays in rendering", "ui", "import vtkmodules.all"),
    ("the network stays in archive", "workflow", "import requests"),
    ("the network stays in archive", "ui", "import pynetdicom"),
    ("sql stays in store", "workflow", "import sqlcipher3"),
    ("sql stays in store", "cli", "import sqlite3"),
    ("secrets stay in security", "store", "import cryptography"),
    ("secrets stay in security", "app", "import keyring"),
    ("the microphone stays in dictation", "ui", "import sounddevice"),
    ("settings are handed down", "ui", "import workstation.config"),
    ("settings are handed down", "store", "import workstation.config"),
]


def _check(sources: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    wanted = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(  # noqa: S603  our own linter on our own copy
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as main; main()",
            "--no-cache",
            *wanted,
        ],
        cwd=sources,
        env=os.environ | {"PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "workstation", tmp_path / "workstation", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_wall_stands(sources: Path) -> None:
    result = _check(sources)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("contract", "package", "line"), BREAKS, ids=lambda value: str(value).replace(" ", "-")
)
def test_a_broken_wall_is_noticed(sources: Path, contract: str, package: str, line: str) -> None:
    (sources / "workstation" / package / "a_breach.py").write_text(f'"""A breach."""\n\n{line}\n')
    cycle = "import workstation.store.a_breach"
    (sources / "workstation" / "store" / "a_cycle.py").write_text(f'"""The way back."""\n\n{cycle}\n')
    result = _check(sources)

    assert f"{contract} BROKEN" in result.stdout


def test_a_package_outside_the_list_is_noticed(sources: Path) -> None:
    drawer = sources / "workstation" / "utils"
    drawer.mkdir()
    (drawer / "__init__.py").write_text('"""A drawer."""\n')

    assert "ladder" in _check(sources).stdout
    assert _check(sources).returncode != 0


@pytest.mark.parametrize(("contract"), [name for name, _, _ in BREAKS])
def test_each_break_names_a_wall_that_exists(contract: str) -> None:
    assert contract in {entry["name"] for entry in CONTRACTS}


def test_each_wall_is_broken_once() -> None:
    assert {entry["name"] for entry in CONTRACTS} == {name for name, _, _ in BREAKS}


@pytest.mark.parametrize(
    "entry", [entry for entry in CONTRACTS if entry["type"] == "forbidden"], ids=lambda entry: entry["name"]
)
def test_a_wall_names_every_package_or_leaves_it_out_on_purpose(entry: dict[str, object]) -> None:
    """A new package must not slip past the older walls: it is named, or it is let through here."""
    let_through = {
        "one door": PACKAGES - {"ui", "cli"},
        "qt stays in the window": {"ui", "app"},
        "vtk stays in rendering": {"rendering"},
        "the network stays in archive": {"archive"},
        "sql stays in store": {"store"},
        "secrets stay in security": {"security"},
        "settings are handed down": {"config", "app", "workflow", "cli"},
    }
    sources = entry["source_modules"]
    assert isinstance(sources, list)
    named = {str(source).removeprefix("workstation.") for source in sources}

    assert named == PACKAGES - let_through.get(str(entry["name"]), set())
