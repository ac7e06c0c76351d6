"""Where a study's files lie: ``blobs/ab/<study tag>/<instance tag>-<version>``.

Tags are HMACs of UIDs under a key of the store: no identity stands in a path, and a hostile UID cannot
climb out of the folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.security import derive, tag
from workstation.security.ciphers import Key

STUDY_KEY: Final = "study.key"

_BLOB_NAME: Final = re.compile(r"([a-z2-7]{52})-([1-9][0-9]{0,8})")
_STUDY_TAG: Final = re.compile(r"[a-z2-7]{52}")


@dataclass(frozen=True, slots=True)
class Place:
    """Which blob: the study, the instance, and which of the contents that came under its UID."""

    study_tag: str
    instance_tag: str
    version: int

    @property
    def name(self) -> str:
        """Return the file's name in its study's folder."""
        return f"{self.instance_tag}-{self.version}"

    @property
    def bound(self) -> bytes:
        """Return what a blob is bound to, so that no other file passes for it."""
        return f"{self.study_tag}/{self.name}".encode()


class Names:
    """Makes tags, and paths from tags."""

    def __init__(self, kek: Key, root: Path) -> None:
        self._key = derive(kek, b"lumen/names/v1")
        self.root = root

    def study_tag(self, uid: str) -> str:
        """Return the tag of a study."""
        return tag(self._key, f"study {uid}")

    def instance_tag(self, uid: str) -> str:
        """Return the tag of an instance."""
        return tag(self._key, f"instance {uid}")

    def folder(self, study_tag: str) -> Path:
        """Return the folder of a study."""
        return self.root / study_tag[:2] / study_tag

    def path(self, place: Place) -> Path:
        """Return where a blob lies."""
        return self.folder(place.study_tag) / place.name


def is_study_tag(name: str) -> bool:
    """Say whether a folder can be a study's."""
    return _STUDY_TAG.fullmatch(name) is not None


def parse_name(study_tag: str, name: str) -> Place | None:
    """Return which blob a file's name means, if it is a blob's."""
    match = _BLOB_NAME.fullmatch(name)
    return Place(study_tag, match[1], int(match[2])) if match else None
