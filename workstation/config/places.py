"""Where things lie: settings, policy, stores, logs, and the files that ship with the program.

A person's data never lie beside the program, so that an update or an uninstall cannot touch them.
``LUMEN_HOME`` moves everything that is the person's into one folder (tests, a second profile).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

import workstation

_NAME = "lumen"


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one installation for one person."""

    settings: Path
    policy: Path
    archives: Path
    site_archives: Path
    forwards: Path
    site_forwards: Path
    store: Path
    demo: Path
    log: Path
    cache: Path

    @property
    def hospital(self) -> Path:
        """Return the folder in which the demonstration's hospital keeps its pictures while it is open."""
        return self.cache / "hospital"

    @classmethod
    def usual(cls) -> Places:
        """Return the system's customary folders, or those below ``LUMEN_HOME``."""
        home = os.environ.get("LUMEN_HOME")
        if home:
            return cls.below(Path(home))
        data = Path(platformdirs.user_data_dir(_NAME, appauthor=False, roaming=False))
        own = Path(platformdirs.user_config_dir(_NAME, appauthor=False))
        return cls(
            settings=own / "settings.toml",
            policy=_site() / "policy.toml",
            archives=own / "archives.toml",
            site_archives=_site() / "archives.toml",
            forwards=own / "forward.toml",
            site_forwards=_site() / "forward.toml",
            store=data / "store",
            demo=data / "demo",
            log=Path(platformdirs.user_log_dir(_NAME, appauthor=False)) / "lumen.log",
            cache=Path(platformdirs.user_cache_dir(_NAME, appauthor=False)),
        )

    @classmethod
    def below(cls, home: Path) -> Places:
        """Return places that all lie in one folder."""
        return cls(
            settings=home / "settings.toml",
            policy=home / "policy.toml",
            archives=home / "archives.toml",
            site_archives=home / "site-archives.toml",
            forwards=home / "forward.toml",
            site_forwards=home / "site-forward.toml",
            store=home / "store",
            demo=home / "demo",
            log=home / "lumen.log",
            cache=home / "cache",
        )


def resource(*parts: str) -> Path:
    """Return a file or folder that ships with the program.

    In a wheel, resources lie inside the package; in a checkout, beside it.
    """
    package = Path(workstation.__file__).parent
    shipped = package / "resources"
    return (shipped if shipped.is_dir() else package.parent / "resources").joinpath(*parts)


def _site() -> Path:
    """Return the folder in which a site lays down what holds for everybody on this machine."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Lumen"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Lumen")
    return Path("/etc/lumen")
