"""The settings: name, type, default, bounds, text, and who may change each.

Parsing, the policy file, help and (later) the preferences page all derive from ``SETTINGS``; a
setting that isn't here doesn't exist.

Units:   in the name's last word or in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Value = bool | int | float | str
Changer = Literal["anyone", "site"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; ``default`` also gives the type."""

    name: str
    default: Value
    text: str
    changer: Changer = "anyone"
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("profile.name", "", "Your name, as reports and the audit trail show it."),
    Setting("profile.title", "", "Your title, for example MD."),
    Setting("profile.identifier", "", "Your identifier at the practice; empty: the name you log in with."),
    Setting(
        "store.folder", "", "Folder of the encrypted store; empty: the usual place.", changer="site",
    ),
    Setting(
        "store.quota_gigabytes", 200.0, "Room that studies from an archive may take.", "site", 1.0, 100_000.0,
    ),
    Setting(
        "store.free_gigabytes", 10.0, "Room on the disk that is always left free.", "site", 1.0, 10_000.0,
    ),
    Setting(
        "frames.memory_gigabytes", 4.0, "Memory that decoded pictures may take.", "anyone", 0.25, 1_024.0,
    ),
    Setting("workers.count", 0, "Decoding processes; 0: one for each core, four at most.", "anyone", 0, 64),
    Setting(
        "display.magnify", "cubic", "How an enlarged picture is drawn between its pixels.",
        choices=("nearest", "linear", "cubic"),
    ),
    Setting("display.scale_percent", 100, "Size of text and controls.", "anyone", 100, 300),
    Setting("log.level", "warning", "How much the log tells.", choices=("debug", "info", "warning", "error")),
)  # fmt: skip

BY_NAME: Final = {setting.name: setting for setting in SETTINGS}
