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
    Setting("sync.streams", 4, "Connections to an archive at once.", "anyone", 1, 8),
    Setting(
        "sync.most_megabits", 0.0, "Most of the line that archives may take together, Mbit/s; 0: all of it.",
        "anyone", 0.0, 100_000.0,
    ),
    Setting(
        "sync.metered", "auto", "Whether the line costs by the byte: then only stat and the outbox use it.",
        choices=("auto", "always", "never"),
    ),
    Setting(
        "worklist.refresh_seconds", 30, "Time between two looks at an archive's list.",
        "anyone", 5, 3_600,
    ),
    Setting("worklist.days", 7, "How many days back the list of an archive reaches.", "anyone", 1, 365),
    Setting("worklist.ahead", 5, "How many of the next cases are fetched ahead.", "anyone", 0, 100),
    Setting("priors.most", 3, "How many relevant priors of a case are fetched ahead.", "anyone", 0, 20),
    Setting("priors.years", 10.0, "How old a prior may be.", "anyone", 0.1, 100.0),
    Setting(
        "priors.gigabytes", 2.0, "How large the priors of a case may be together.",
        "anyone", 0.0, 1_000.0,
    ),
    Setting(
        "outage.minutes", 10.0, "After so long without a line the group's notification list is offered.",
        "site", 1.0, 1_440.0,
    ),
    Setting("outage.contacts", "", "Whom to tell of an outage: names and numbers, by semicolons.", "site"),
    Setting(
        "outbox.days", 90.0, "So long the outbox remembers, with its bytes, what every archive has.",
        "site", 1.0, 3_650.0,
    ),
    Setting("line.megabits", 200.0, "What the line should bring and take, Mbit/s.", "site", 0.1, 100_000.0),
    Setting(
        "line.milliseconds", 200.0, "How long an answer may take, 95th percentile.",
        "site", 1.0, 60_000.0,
    ),
    Setting(
        "listener.port", 0, "Port on which modalities and routers may push studies; 0: none.",
        "site", 0, 65_535,
    ),
    Setting("listener.title", "LUMEN", "AE title under which this machine listens.", "site"),
    Setting(
        "listener.callers", "", "AE titles and addresses that may push (TITLE@address), by semicolons.",
        "site",
    ),
    Setting(
        "listener.certificate", "", "PEM file of the listener's certificate; without one it speaks no TLS.",
        "site",
    ),
    Setting("listener.key", "", "PEM file of its key, where that is a file of its own.", "site"),
    Setting(
        "listener.authorities", "",
        "PEM file of who vouches for callers: then each has to show a certificate.", "site",
    ),
    Setting("log.level", "warning", "How much the log tells.", choices=("debug", "info", "warning", "error")),
)  # fmt: skip

BY_NAME: Final = {setting.name: setting for setting in SETTINGS}
