"""From measurements and a policy's figures to what is good, what is not, and what a person can do about it.

A finding that is not good always says what to do. Of several consequences of one cause only the cause is
told: who is behind a hotel's login page hears that, and not that the certificate is wrong.

Units:   Mbit/s (10⁶ bits), seconds, days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from workstation.archive.check.measured import Measured, MeasuredLink, MeasuredRate, Medium, Step

CT_SLICES: Final = 500
CT_SLICE_BYTES: Final = 512 * 1024  # 512 × 512 pixels of 16 bits


@dataclass(frozen=True, slots=True)
class Figures:
    """What a site asks of a connection."""

    download_mbit: float = 200.0
    upload_mbit: float = 200.0
    scroll_seconds: float = 0.2  # p95: what a slice that isn't here yet may take to begin to come
    jitter_seconds: float = 0.05
    skew_seconds: float = 60.0  # what sign-in services tolerate
    certificate_days: int = 30  # from then on somebody should renew it


class Grade(StrEnum):
    """How good it is."""

    GOOD = "good"
    NOTE = "note"  # worth to know; reading goes on
    BAD = "bad"  # not as the site asks, or not at all


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and what to do."""

    grade: Grade
    topic: str  # a step's name, or "certificate", "link", "network"
    what: str
    remedy: str = ""
    wanted: str = ""  # the figure that it was held against
    value: float | None = None  # for the history
    unit: str = ""
    limit: float | None = None  # what ``value`` was held against


def findings(measured: Measured, figures: Figures = Figures()) -> tuple[Finding, ...]:
    """Return what the measurements come to, in the order of the way."""
    if measured.is_captive:
        return (_CAPTIVE,)
    return (
        *_link(measured),
        *_way(measured),
        *_version(measured),
        *_certificate(measured, figures),
        *_skew(measured, figures),
        *_sign_in(measured),
        *_latency(measured, figures),
        *_rate(measured, Step.DOWNLOAD, measured.download, figures.download_mbit),
        *_rate(measured, Step.UPLOAD, measured.upload, figures.upload_mbit),
    )


def grade_of(found: tuple[Finding, ...]) -> Grade:
    """Return the worst of all grades."""
    grades = {one.grade for one in found}
    return next(grade for grade in (Grade.BAD, Grade.NOTE, Grade.GOOD) if grade in {*grades, Grade.GOOD})


def ct_seconds(download: MeasuredRate) -> float | None:
    """Return how long a CT of 500 slices takes to come, uncompressed; None where nothing came."""
    return CT_SLICES * CT_SLICE_BYTES * 8 / 1e6 / download.mbit if download.mbit > 0 else None


_CAPTIVE: Final = Finding(
    Grade.BAD,
    "network",
    "This network wants a sign-in of its own before it lets anything through",
    "Open any web page and sign in to the network (hotel, hospital guest, train). Then check again.",
)


def _trouble(measured: Measured, step: Step) -> Iterator[Finding]:
    """Yield what stopped a step, if anything did."""
    one = measured.trouble(step)
    if one is None:
        return
    place = f" ({one.where})" if one.where else ""
    is_minor = measured.is_signed_in and step is not Step.LATENCY
    grade = Grade.NOTE if is_minor else Grade.BAD
    yield Finding(grade, step.value, f"{one.what}{place}", one.remedy or _REMEDIES[step])


_REMEDIES: Final = {
    Step.NAME: "Check the network and the VPN.",
    Step.LINE: "Check the network and the VPN.",
    Step.TLS: "Tell your IT.",
    Step.CLOCK: "Nothing has to be done, unless this computer's clock is wrong.",
    Step.SIGN_IN: "Sign in again. If it happens again, tell your IT.",
    Step.LATENCY: "Check again. If it happens again, restart the router, or use the other line.",
    Step.DOWNLOAD: "Check again while a study with images is in the archive.",
    Step.UPLOAD: "Nothing has to be done: reports are sent all the same.",
}


def _link(measured: Measured) -> Iterator[Finding]:
    link = measured.link
    if link.medium is Medium.WIRELESS:
        yield Finding(Grade.NOTE, "link", "This computer is connected by radio", _CABLE, "a cable")
    elif link.medium is Medium.WIRED:
        speed = f", at {link.mbit} Mbit/s" if link.mbit else ""
        yield Finding(Grade.GOOD, "link", f"This computer is connected by cable{speed}")


def _way(measured: Measured) -> Iterator[Finding]:
    name, line = measured.name, measured.line
    yield from _trouble(measured, Step.NAME)
    if name is not None:
        what = f"{name.host} stands for {', '.join(name.addresses)}"
        yield Finding(Grade.GOOD, Step.NAME.value, what, value=name.seconds * 1_000, unit="ms")
    yield from _trouble(measured, Step.LINE)
    if line is not None:
        what = f"{line.address} answers after {_ms(line.seconds)}"
        yield Finding(Grade.GOOD, Step.LINE.value, what, value=line.seconds * 1_000, unit="ms")


def _version(measured: Measured) -> Iterator[Finding]:
    tls = measured.tls
    yield from _trouble(measured, Step.TLS)
    if tls is None or not tls.is_trusted:
        return
    is_newest = tls.version == "TLSv1.3"
    yield Finding(
        Grade.GOOD if is_newest else Grade.NOTE,
        Step.TLS.value,
        f"The line is encrypted by {tls.version.replace('TLSv', 'TLS ')} ({tls.cipher})",
        "" if is_newest else "Tell your IT: TLS 1.3 belongs switched on; this site allows the older one.",
        "TLS 1.3",
        tls.seconds * 1_000,
        "ms",
    )


def _certificate(measured: Measured, figures: Figures) -> Iterator[Finding]:
    tls = measured.tls
    if tls is None or not tls.is_trusted or not tls.chain:
        return
    days = max(0, tls.left(measured.at) // timedelta(days=1))
    is_long = days >= figures.certificate_days
    yield Finding(
        Grade.GOOD if is_long else Grade.NOTE,
        "certificate",
        f"The archive's certificate is valid for {_days(days)}",
        "" if is_long else "Tell your IT: it has to be renewed before.",
        f"at least {_days(figures.certificate_days)}",
        days,
        "days",
    )


def _skew(measured: Measured, figures: Figures) -> Iterator[Finding]:
    skew, topic = measured.skew, Step.CLOCK.value
    yield from _trouble(measured, Step.CLOCK)
    if skew is None:
        return
    wanted = f"at most {figures.skew_seconds:.0f} s"
    if abs(skew) <= figures.skew_seconds:
        yield Finding(
            Grade.GOOD, topic, "This computer's clock agrees with the archive's", "", wanted, skew, "s"
        )
        return
    what = f"This computer's clock is {abs(skew):.0f} s {'behind' if skew > 0 else 'ahead of'} the archive's"
    remedy = "Let the system set its clock by itself; sign-in may fail otherwise."
    yield Finding(Grade.NOTE, topic, what, remedy, wanted, skew, "s")


def _sign_in(measured: Measured) -> Iterator[Finding]:
    yield from _trouble(measured, Step.SIGN_IN)
    if measured.is_signed_in:
        yield Finding(Grade.GOOD, Step.SIGN_IN.value, "The archive lets this account in")


def _latency(measured: Measured, figures: Figures) -> Iterator[Finding]:
    latency, topic = measured.latency, Step.LATENCY.value
    yield from _trouble(measured, Step.LATENCY)
    if latency is None or not latency.seconds:
        return
    if latency.lost:
        what = f"{latency.lost} of {latency.lost + len(latency.seconds)} small requests failed"
        yield Finding(Grade.BAD, topic, what, _steadier(measured.link), "none")
    what = f"A request takes {_ms(latency.median)}, 95 of 100 at most {_ms(latency.p95)}"
    wanted, value = f"at most {_ms(figures.scroll_seconds)}", latency.p95 * 1_000
    limit = figures.scroll_seconds * 1_000
    if latency.p95 > figures.scroll_seconds:
        remedy = f"{_steadier(measured.link)} Studies that are here already scroll as always."
        yield Finding(Grade.BAD, topic, what, remedy, wanted, value, "ms", limit)
        return
    yield Finding(Grade.GOOD, topic, what, "", wanted, value, "ms", limit)
    if latency.jitter > figures.jitter_seconds:
        what = f"The line is uneven: one request differs from the next by {_ms(latency.jitter)}"
        wanted = f"at most {_ms(figures.jitter_seconds)}"
        yield Finding(Grade.NOTE, topic, what, _steadier(measured.link), wanted, latency.jitter * 1_000, "ms")


def _rate(measured: Measured, step: Step, rate: MeasuredRate | None, wanted: float) -> Iterator[Finding]:
    yield from _trouble(measured, step)
    if rate is None:
        return
    is_enough = rate.mbit >= wanted
    yield Finding(
        Grade.GOOD if is_enough else Grade.BAD,
        step.value,
        f"{_mbit(rate.mbit)} {'come down' if step is Step.DOWNLOAD else 'go up'}",
        "" if is_enough else _faster(measured.link),
        f"at least {_mbit(wanted)}",
        rate.mbit,
        "Mbit/s",
        wanted,
    )


_CABLE: Final = "Plug in the cable: radio is slower, and uneven when neighbours are at home."


def _steadier(link: MeasuredLink) -> str:
    if link.medium is Medium.WIRELESS:
        return _CABLE
    return "Stop other transfers in the house. If it stays so, use the other line, or tell the provider."


def _faster(link: MeasuredLink) -> str:
    """Return what is most likely to help."""
    if link.medium is Medium.WIRELESS:
        return _CABLE
    if link.mbit is not None and link.mbit < 1_000:
        return f"The cable runs at {link.mbit} Mbit/s only: try another cable, or another port of the router."
    if link.is_tunnelled:
        return "Stop other transfers in the house. If it stays so, the VPN may be what is slow: tell your IT."
    return "Stop other transfers in the house. If it stays so, ask the provider for a faster line."


def _days(days: int) -> str:
    return "one day" if days == 1 else f"{days} days"


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.0f} ms"


def _mbit(rate: float) -> str:
    return f"{rate:.0f} Mbit/s" if rate >= 10 else f"{rate:.1f} Mbit/s"
