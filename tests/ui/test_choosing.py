"""Choosing files leaves no trace of where a person has looked; their folders bear patients' names."""

import os
import subprocess
import sys
from pathlib import Path

CHOOSE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from workstation.ui.dialogs import choose_files, choose_folder
from workstation.ui.theme import apply_theme

application = QApplication([])
apply_theme(application)

def choose():
    dialog = application.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.findChild(QLineEdit).setText(wanted.pop())
    dialog.accept()

folder = Path(sys.argv[1]).parent
wanted = [str(folder), sys.argv[1]]
for ask in (choose_files, choose_folder):
    QTimer.singleShot(300, choose)
    print(*ask(None, "Import", folder))
"""


def test_after_choosing_nothing_is_written_in_the_person_s_home(tmp_path: Path) -> None:
    home, chosen = tmp_path / "home", tmp_path / "DOE^JANE" / "slice.dcm"
    home.mkdir()
    chosen.parent.mkdir()
    chosen.touch()
    moved = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_"))}
    moved |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run(  # noqa: S603  ourselves
        [sys.executable, "-c", CHOOSE, str(chosen)],
        check=False,
        env=moved,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert answer.returncode == 0, answer.stderr
    assert str(chosen) in answer.stdout
    assert [path for path in home.rglob("*") if path.is_file() and "fontconfig" not in path.parts] == []
