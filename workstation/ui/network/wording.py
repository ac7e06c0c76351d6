"""What is said of lines, deliveries and checks, in words a reader understands at three in the morning.

Units:   seconds, bytes; Mbit/s are 10⁶ bits per second; times aware, shown in the computer's time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from workstation.ui.contracts import (
    DeliveryState,
    LineRow,
    LineStatus,
    ListenerRow,
    OutboxRow,
    StateItem,
    Tone,
)
from workstation.ui.wording import amount, counted, shortened
from workstation.viewing.wording import person_name

REPORT: Final = "report"
IMAGE: Final = "image"

_BITS: Final = 8e-6  # Mbit in a byte
_WORST_FIRST: Final = (
    LineStatus.UNTRUSTED,
    LineStatus.CAPTIVE,
    LineStatus.OFFLINE,
    LineStatus.SIGNED_OUT,
    LineStatus.UNKNOWN,
    LineStatus.ONLINE,
)
_TONES: Final = {
    LineStatus.UNTRUSTED: Tone.FAULT,
    LineStatus.CAPTIVE: Tone.ATTENTION,
    LineStatus.OFFLINE: Tone.ATTENTION,
    LineStatus.SIGNED_OUT: Tone.ATTENTION,
    LineStatus.UNKNOWN: Tone.PLAIN,
    LineStatus.ONLINE: Tone.GOOD,
}
_USUAL_WAIT: Final = timedelta(minutes=2)  # so long a delivery may be under way without a word


def clock_time(moment: datetime, now: datetime) -> str:
    """Return "02:14", with the day before it where it isn't today's."""
    here, today = moment.astimezone(), now.astimezone().date()
    return here.strftime("%H:%M" if here.date() == today else "%Y-%m-%d %H:%M")


def elapsed(time: timedelta) -> str:
    """Return how long something has gone on, in one unit.

    >>> elapsed(timedelta(minutes=12, seconds=40)), elapsed(timedelta(hours=3.9)), elapsed(timedelta(days=2))
    ('12 min', '3 h', '2 d')
    """
    seconds = max(int(time.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def countdown(time: timedelta) -> str:
    """Return how long it is until something, to the second.

    >>> countdown(timedelta(seconds=42)), countdown(timedelta(hours=1, minutes=2, seconds=3))
    ('in 0:42', 'in 1:02:03')
    """
    seconds = -(-time // timedelta(seconds=1))  # the last second counts until it is over
    if seconds <= 0:
        return "now"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"in {hours}:{minutes:02}:{rest:02}" if hours else f"in {minutes}:{rest:02}"


def size_text(size: int) -> str:
    """Return bytes as "1.2 MB".

    >>> size_text(900), size_text(1_234_567), size_text(52_400_000)
    ('0.9 kB', '1.2 MB', '52 MB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:.0f} {name}" if size >= 10 * unit else f"{size / unit:.1f} {name}"
    return f"{size / 1e3:.1f} kB"


def line_text(row: LineRow, now: datetime) -> str:
    """Return how it stands with one line."""
    if row.status is LineStatus.ONLINE:
        return " · ".join(filter(None, (row.name, row.endpoint, _rate(row.rate), _latency(row.latency))))
    said = {
        LineStatus.OFFLINE: f"no line since {clock_time(row.since, now)}",
        LineStatus.CAPTIVE: "something else answers (a sign-in page?)",
        LineStatus.SIGNED_OUT: "signed out",
        LineStatus.UNTRUSTED: "not trusted, so nothing is sent",
        LineStatus.UNKNOWN: "not asked yet",
    }
    return f"{row.name}: {said[row.status]}"


def worst_first(rows: Sequence[LineRow]) -> list[LineRow]:
    """Return the lines in the order of how much they want to be noticed."""
    return sorted(rows, key=lambda row: (_WORST_FIRST.index(row.status), not row.warning))


def lines_item(rows: Sequence[LineRow], now: datetime) -> StateItem:
    """Return what the state bar says of all lines: the worst in the text, each in the hint."""
    if not rows:
        return StateItem("line", "")
    ordered = worst_first(rows)
    worst = ordered[0]
    is_well = worst.status is LineStatus.ONLINE
    others = sum(is_well or row.status is not LineStatus.ONLINE for row in ordered[1:])
    text, tone = line_text(worst, now), _TONES[worst.status]
    if worst.status is LineStatus.SIGNED_OUT:
        text = f"{text}, sign in"
    if any(row.warning for row in rows):
        text = f"{text} · {_short_warning(rows)}"
        tone = Tone.ATTENTION if tone is Tone.GOOD else tone
    if others:
        text = f"{text} · {others} more"
    return StateItem("line", text, tone, "\n".join(_line_hint(row, now) for row in ordered))


def arriving_item(count: int) -> StateItem:
    """Return what the state bar says of what is coming; nothing where nothing is."""
    text = f"{counted(count, 'study', 'studies')} arriving" if count else ""
    return StateItem("arriving", text, hint="Opens the study list" if count else "")


def listener_item(listener: ListenerRow | None) -> StateItem:
    """Return what stays in sight where what is brought here comes unencrypted; else nothing."""
    if listener is None or not listener.warning:
        return StateItem("listener", "")
    return StateItem("listener", "Receiving unencrypted", Tone.ATTENTION, _sentence(listener.warning))


def outbox_item(rows: Sequence[OutboxRow], now: datetime) -> StateItem:
    """Return what the state bar says of what has to be delivered."""
    unsent = [row for row in rows if row.is_unsent]
    waiting = [row for row in unsent if not row.needs_person]
    persons = len(unsent) - len(waiting)
    if not unsent:
        return StateItem("outbox", "Outbox 0", hint="Everything has arrived.")
    hint = "\n".join(f"{title(row)}: {state_text(row, now)}" for row in unsent[:8])
    if persons:
        needs = f"{persons} {'needs' if persons == 1 else 'need'} you"
        more = f" · {len(waiting)} waiting" if waiting else ""
        return StateItem("outbox", f"Outbox: {needs}{more}", Tone.FAULT, hint)
    age = now - min(row.created for row in waiting)
    is_usual = age < _USUAL_WAIT and not any(row.error for row in waiting)
    text = f"Outbox: {len(waiting)} waiting, oldest {elapsed(age)}"
    return StateItem("outbox", text, Tone.PLAIN if is_usual else Tone.ATTENTION, hint)


def thing(row: OutboxRow) -> str:
    """Return what is delivered: "Report", "23 images"."""
    if row.count == 1:
        return row.kind.capitalize()
    return f"{amount(row.count)} {row.kind}s"


def title(row: OutboxRow) -> str:
    """Return what is delivered and whose it is."""
    return " · ".join(filter(None, (thing(row), person_name(row.patient_name))))


def way(row: OutboxRow) -> str:
    """Return what it belongs to and where it goes."""
    return f"{row.study} → {row.archive}" if row.study else f"→ {row.archive}"


def state_text(row: OutboxRow, now: datetime) -> str:
    """Return where a delivery stands, with its next try counting down."""
    if row.state is DeliveryState.VERIFIED and row.changed:
        return f"{row.state.value} at {clock_time(row.changed, now)}"
    if row.state is DeliveryState.QUEUED and row.next_try is not None:
        return f"{row.state.value}, next try {countdown(row.next_try - now)}"
    return row.state.value


def needs(row: OutboxRow) -> str:
    """Return what only a person can settle, "" where nothing is."""
    if row.state is DeliveryState.CONFLICT:
        return "Find out which of the two is right; then send it again, or give it up."
    if row.state is DeliveryState.QUARANTINED:
        return "The archive does not take it as it is. Tell your IT why; then send it again, or give it up."
    return ""


def _rate(rate: float | None) -> str:
    if not rate:
        return ""
    mbit = rate * _BITS
    if mbit >= 1000:
        return f"{mbit / 1000:.1f} Gbit/s"
    return f"{mbit:.0f} Mbit/s" if mbit >= 10 else f"{mbit:.1f} Mbit/s"


def _latency(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.0f} ms"


def _short_warning(rows: Sequence[LineRow]) -> str:
    """Return the first clause of the first warning; the hint has the whole sentence."""
    warning = next(row.warning for row in rows if row.warning)
    return shortened(warning.partition(",")[0].rstrip("."))


def _line_hint(row: LineRow, now: datetime) -> str:
    since = f" (since {clock_time(row.since, now)})" if row.status is LineStatus.ONLINE else ""
    return " ".join(filter(None, (line_text(row, now) + since, _sentence(row.why), _sentence(row.warning))))


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}." if text else ""
