"""Choosing files and folders, without a note anywhere of where a person has looked.

Names of folders may be names of patients. Qt's chooser keeps the folders that were visited in
``QtProject.conf``, in plain text, and so do the choosers of the systems in places of their own. So the
chooser is always Qt's, and Qt's settings lie where nothing can be written. On Windows and macOS they
cannot be moved; there the two entries are removed as soon as the dialog is gone.

Source:  Qt's QSettings::setPath ("no effect … if format is NativeFormat" on those two systems).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QSplitter, QToolButton, QTreeView, QWidget
from shiboken6 import Shiboken

from workstation.ui.theme import icon

_SIZE: Final = (880, 560)
_COLUMNS: Final = (200, 680)  # places, files
_TABLE: Final = (280, 90, 100, 150)  # name, size, type, date
_ICONS: Final = {"backButton": "back", "forwardButton": "next", "toParentButton": "up"}
_NOT_WANTED: Final = ("newFolderButton", "listModeButton", "detailModeButton")
_NOTES: Final = ("FileDialog/history", "FileDialog/lastVisited")


def leave_no_trace() -> None:
    """Keep Qt from writing settings of its own; once before the first dialog, again does no harm."""
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


def choose_files(parent: QWidget | None, title: str, where: Path) -> list[Path]:
    """Return the files that the person chooses, none if they would rather not."""
    return _chosen(parent, title, where, QFileDialog.FileMode.ExistingFiles)


def choose_folder(parent: QWidget | None, title: str, where: Path) -> list[Path]:
    """Return the one folder that the person chooses, or none."""
    return _chosen(parent, title, where, QFileDialog.FileMode.Directory)


def _chosen(parent: QWidget | None, title: str, where: Path, mode: QFileDialog.FileMode) -> list[Path]:
    leave_no_trace()
    dialog = _chooser(parent, title, where, mode)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    names = dialog.selectedFiles() if accepted else []
    Shiboken.delete(dialog)  # it writes its settings when it goes
    _remove_notes()
    return [Path(name) for name in names]


def _chooser(parent: QWidget | None, title: str, where: Path, mode: QFileDialog.FileMode) -> QFileDialog:
    made = QFileDialog(parent, title, str(where))
    made.setFileMode(mode)
    for option in (QFileDialog.Option.DontUseNativeDialog, QFileDialog.Option.ReadOnly):
        made.setOption(option)
    made.setOption(QFileDialog.Option.ShowDirsOnly, mode == QFileDialog.FileMode.Directory)
    made.setViewMode(QFileDialog.ViewMode.Detail)
    made.resize(*_SIZE)
    for button in made.findChildren(QToolButton):
        button.setHidden(button.objectName() in _NOT_WANTED)
        if button.objectName() in _ICONS:
            button.setIcon(icon(_ICONS[button.objectName()]))
    for splitter in made.findChildren(QSplitter):
        splitter.setSizes(_COLUMNS)
    for table in made.findChildren(QTreeView):
        for column, width in enumerate(_TABLE):
            table.header().resizeSection(column, width)
    return made


def _remove_notes() -> None:
    settings = QSettings(QSettings.Scope.UserScope, "QtProject")
    for note in _NOTES:
        settings.remove(note)
