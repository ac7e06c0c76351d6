"""Dialogs, for the few places where a person must decide; everything else is a line where they look."""

from workstation.ui.dialogs.files import choose_files, choose_folder, leave_no_trace
from workstation.ui.dialogs.own_store import KeyChoice, OwnStoreDialog
from workstation.ui.dialogs.passphrase import PassphraseDialog
from workstation.ui.dialogs.recovery_key import RecoveryKeyDialog

__all__ = [
    "KeyChoice",
    "OwnStoreDialog",
    "PassphraseDialog",
    "RecoveryKeyDialog",
    "choose_files",
    "choose_folder",
    "leave_no_trace",
]
