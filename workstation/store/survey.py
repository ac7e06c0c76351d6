"""What lies in a study's folder, and what the index says of it: looked at, nothing touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workstation.store.files import TEMPORARY, Files, translated
from workstation.store.index import Index
from workstation.store.names import Names, Place, is_study_tag, parse_name
from workstation.store.study_keys import StudyKeys


@dataclass(frozen=True, slots=True)
class StudySurvey:
    """One study, on the disk and in the index."""

    tag: str
    folder: Path
    places: frozenset[Place]
    listed: dict[Place, int]  # the index's row of each
    temporary: tuple[Path, ...]
    key_in_row: bytes | None
    key_in_file: bytes | None
    good_keys: tuple[bytes, ...]  # of these two those that open, the row's first

    @property
    def orphans(self) -> list[Place]:
        """Return the files that no row knows."""
        return sorted(self.places - set(self.listed), key=lambda place: place.name)

    @property
    def missing(self) -> list[Place]:
        """Return what is listed and has no file."""
        return sorted(set(self.listed) - self.places, key=lambda place: place.name)

    @property
    def has_key_twice(self) -> bool:
        """Say whether both copies of the key are whole and the same."""
        return bool(self.good_keys) and self.key_in_row == self.key_in_file


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Looks at studies."""

    files: Files
    names: Names
    keys: StudyKeys
    index: Index

    def studies(self) -> Iterator[StudySurvey]:
        """Look at every study that has a folder or a row."""
        tags = set(self._folders()) | {tag for (tag,) in self.index.rows("SELECT tag FROM studies")}
        for tag in sorted(tags):
            with translated(str(self.names.folder(tag))):
                yield self._study(tag)

    def _folders(self) -> Iterator[str]:
        for first in self.files.names(self.names.root):
            yield from filter(is_study_tag, self.files.names(self.names.root / first))

    def _study(self, tag: str) -> StudySurvey:
        folder = self.names.folder(tag)
        names = self.files.names(folder)
        row = self.index.row("SELECT sealed_key FROM studies WHERE tag = ?", tag)
        in_row, in_file = bytes(row[0]) if row else None, self.keys.read(tag)
        return StudySurvey(
            tag,
            folder,
            frozenset(place for name in names if (place := parse_name(tag, name))),
            self._listed(tag),
            tuple(folder / name for name in names if name.endswith(TEMPORARY)),
            in_row,
            in_file,
            tuple(key for key in (in_row, in_file) if key and self.keys.opens(tag, key)),
        )

    def _listed(self, tag: str) -> dict[Place, int]:
        rows = self.index.rows(
            "SELECT i.tag, i.version, i.id FROM instances i JOIN studies s ON s.id = i.study WHERE s.tag = ?",
            tag,
        )
        return {Place(tag, instance, version): row for instance, version, row in rows}
