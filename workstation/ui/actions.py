"""The commands of one widget, bound to what they do.

Each becomes a QAction whose key works while the focus is inside that widget; buttons, the sheet of
keys and the palette all use the same action, so a dead command is dead everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from workstation.ui.controls import IconButton, plain
from workstation.ui.shortcuts import COMMANDS, Command
from workstation.ui.theme import icon

Handler = Callable[[], object]
Offered = list[tuple[Command, QAction]]


class Actions:
    """What can be done in one widget, by name."""

    def __init__(
        self,
        owner: QWidget,
        handlers: Mapping[str, Handler],
        commands: Iterable[Command] = COMMANDS,
        *,
        context: Qt.ShortcutContext = Qt.ShortcutContext.WidgetWithChildrenShortcut,
    ) -> None:
        self._owner = owner
        self._commands = {command.name: command for command in commands if command.name in handlers}
        self._actions = {
            name: _action(owner, command, handlers[name], context) for name, command in self._commands.items()
        }
        missing = handlers.keys() - self._actions.keys()
        if missing:
            raise KeyError(f"no such command: {', '.join(sorted(missing))}")

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def items(self) -> Offered:
        """Return every command with its action, in the table's order."""
        return [(command, self._actions[name]) for name, command in self._commands.items()]

    def button(self, name: str) -> IconButton:
        """Return a new button for a command."""
        made = IconButton()
        made.setDefaultAction(self._actions[name])
        made.setAccessibleName(self._commands[name].text)
        return made

    def group(self, names: Iterable[str]) -> QActionGroup:
        """Let only one of these commands be on."""
        made = QActionGroup(self._owner)
        for name in names:
            made.addAction(self._actions[name])
        return made


def _action(owner: QWidget, command: Command, handler: Handler, context: Qt.ShortcutContext) -> QAction:
    made = QAction(command.text, owner)
    made.setObjectName(command.name)
    made.setToolTip(plain(command.tooltip))
    made.setCheckable(command.holds)
    made.setShortcuts([QKeySequence(key, QKeySequence.SequenceFormat.PortableText) for key in command.keys])
    made.setShortcutContext(context)
    if command.icon:
        made.setIcon(icon(command.icon))
    made.triggered.connect(lambda *_: handler())
    owner.addAction(made)
    return made
