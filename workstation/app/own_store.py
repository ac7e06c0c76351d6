"""The person's own store: opened when it is needed, created at the first real import.

The keyring opens it without a word. Where that fails, the reason is told and the passphrase or the
recovery key asked for. Everything here runs on a worker thread; questions go to the main thread.

Errors:  Cancelled when the person would rather not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from workstation.app.asking import Asker
from workstation.config import Places, Settings
from workstation.errors import Cancelled, LumenError
from workstation.store import require_free
from workstation.ui.dialogs import KeyChoice, OwnStoreDialog, PassphraseDialog, RecoveryKeyDialog
from workstation.workflow import (
    Desk,
    KeySource,
    NewStore,
    SecretRefused,
    asks_for_words,
    create_store,
    keyring_trouble,
    looks_like_recovery_key,
    open_desk,
    opens_with_keyring,
    own_folder,
    shortest_passphrase,
    store_exists,
)


class OwnStore:
    """Knows the way to the person's own store."""

    def __init__(self, settings: Settings, places: Places, asker: Asker, folder: Path | None = None) -> None:
        self._settings = settings
        self._places = places
        self._asker = asker
        self._folder = folder or own_folder(settings, places)
        self.window: QWidget | None = None

    def exists(self) -> bool:
        """Tell whether there is one."""
        return store_exists(self._folder)

    def open(self, key: KeySource | None = None) -> Desk:
        """Open it, or create it where there is none; asks what it has to."""
        if not self.exists():
            return self._create()
        require_free(self._folder)  # nobody types a passphrase in vain
        if key is not None:
            return self._desk(key)
        trouble = ""
        if opens_with_keyring(self._folder):
            try:
                return self._desk(KeySource.keyring())
            except LumenError as error:
                if not asks_for_words(error):
                    raise
                trouble = str(error)
        return self._ask_and_open(trouble)

    def _create(self) -> Desk:
        trouble = keyring_trouble()
        choice = self._asker.ask(lambda: self._ask_where(trouble))
        if choice is None:
            raise Cancelled("Nothing was imported")
        key = KeySource.passphrase(choice.passphrase) if choice.passphrase else KeySource.keyring()
        made = create_store(folder=self._folder, key=key, with_recovery=choice.with_recovery)
        if made.recovery_key:
            self._asker.ask(partial(self._show_recovery_key, made))
        return self._desk(key)

    def _ask_and_open(self, trouble: str) -> Desk:
        while True:
            words = self._asker.ask(partial(self._ask_words, trouble))
            if words is None:
                raise Cancelled("Your own studies stay locked")
            try:
                recovery = looks_like_recovery_key(words)
                return self._desk(KeySource.recovery(words) if recovery else KeySource.passphrase(words))
            except SecretRefused as error:
                trouble = str(error)

    def _desk(self, key: KeySource) -> Desk:
        return open_desk(settings=self._settings, places=self._places, folder=self._folder, key=key)

    def _show_recovery_key(self, made: NewStore) -> None:
        today = datetime.now(UTC).astimezone().date()
        RecoveryKeyDialog(made.recovery_key, made.folder, today, self.window).exec()

    def _ask_where(self, trouble: str) -> KeyChoice | None:
        dialog = OwnStoreDialog(trouble, shortest_passphrase(), self.window)
        return dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def _ask_words(self, trouble: str) -> str | None:
        dialog = PassphraseDialog(trouble, self.window)
        return dialog.words.text() if dialog.exec() == QDialog.DialogCode.Accepted else None
