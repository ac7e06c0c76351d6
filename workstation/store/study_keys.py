"""A data key for each study: delete it, and the study is gone wherever copies of its files may lie.

It is sealed under the store's key and kept twice, as a row of the index and as ``study.key`` beside the
blobs: either can be lost and is made again from the other.

Errors:  StoreDamaged when neither copy opens.
"""

from __future__ import annotations

import threading
from typing import Final

from workstation.security import SealBroken, new_data_key, unwrap_data_key, wrap_data_key
from workstation.security.ciphers import KEY_BYTES, SEAL_OVERHEAD, Key
from workstation.store.errors import StoreDamaged
from workstation.store.files import Files, read_file, write_file
from workstation.store.names import STUDY_KEY, Names

_SEALED_BYTES: Final = KEY_BYTES + SEAL_OVERHEAD


class StudyKeys:
    """Makes data keys, opens them, and remembers those that were opened."""

    def __init__(self, files: Files, names: Names, kek: Key) -> None:
        self._files = files
        self._names = names
        self._kek = kek
        self._opened: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def new(self, study_tag: str) -> bytes:
        """Return a new data key, sealed."""
        return wrap_data_key(self._kek, new_data_key(), study_tag)

    def open(self, study_tag: str, sealed: bytes) -> bytes:
        """Return a data key, from its row or, if that doesn't open, from its file."""
        with self._lock:
            known = self._opened.get(study_tag)
        if known is None:
            known = self._any_unsealed(study_tag, sealed)
            with self._lock:
                self._opened[study_tag] = known
        return known

    def opens(self, study_tag: str, sealed: bytes | None) -> bool:
        """Say whether a sealed data key is whole and is this study's."""
        try:
            self.unsealed(study_tag, sealed or b"")
        except SealBroken:
            return False
        return True

    def read(self, study_tag: str) -> bytes | None:
        """Return the sealed data key that lies beside the blobs, if there is one."""
        path = self._names.folder(study_tag) / STUDY_KEY
        try:
            return read_file(self._files, path, _SEALED_BYTES + 1)
        except FileNotFoundError:
            return None

    def write(self, study_tag: str, sealed: bytes) -> None:
        """Put a sealed data key beside the blobs; the caller syncs the folder."""
        write_file(self._files, self._names.folder(study_tag) / STUDY_KEY, [sealed])

    def remove(self, study_tag: str) -> None:
        """Remove the data key that lies beside the blobs, and forget it."""
        self.forget(study_tag)
        self._files.remove(self._names.folder(study_tag) / STUDY_KEY)

    def forget(self, study_tag: str) -> None:
        """Forget a data key that was opened."""
        with self._lock:
            self._opened.pop(study_tag, None)

    def forget_all(self) -> None:
        """Forget every data key that was opened."""
        with self._lock:
            self._opened.clear()

    def unsealed(self, study_tag: str, sealed: bytes) -> bytes:
        """Return what this very copy holds."""
        return bytes(unwrap_data_key(self._kek, sealed, study_tag))

    def _any_unsealed(self, study_tag: str, sealed: bytes) -> bytes:
        for candidate in (sealed, self.read(study_tag)):
            if candidate and self.opens(study_tag, candidate):
                return self.unsealed(study_tag, candidate)
        raise StoreDamaged(
            "The key of a study is damaged",
            where=str(self._names.folder(study_tag)),
            remedy="Its images can't be shown; fetch or import the study again.",
        )
