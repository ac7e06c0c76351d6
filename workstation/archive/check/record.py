"""A check as JSON: what is kept for the history, and what the command line prints.

Units:   seconds, Mbit/s; times in UTC as ISO 8601 writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from workstation.archive.check.measured import Measured, MeasuredLatency, MeasuredRate, MeasuredTls
from workstation.security import CertificateFacts


def record_of(measured: Measured) -> dict[str, object]:
    """Return the numbers of a check; what wasn't measured is None."""
    name, line, link = measured.name, measured.line, measured.link
    return {
        "at": measured.at.isoformat(),
        "endpoint": measured.endpoint,
        "medium": link.medium.value,
        "interface": link.interface,
        "interface_mbit": link.mbit,
        "tunnelled": link.is_tunnelled,
        "addresses": list(name.addresses) if name else None,
        "name_seconds": name.seconds if name else None,
        "connect_seconds": line.seconds if line else None,
        "tls": _tls(measured.tls) if measured.tls else None,
        "skew_seconds": measured.skew,
        "signed_in": measured.is_signed_in,
        "latency": _latency(measured.latency) if measured.latency else None,
        "download": _rate(measured.download) if measured.download else None,
        "upload": _rate(measured.upload) if measured.upload else None,
        "captive": measured.is_captive,
        "troubles": [asdict(one) | {"step": one.step.value} for one in measured.troubles],
    }


def _tls(tls: MeasuredTls) -> Mapping[str, object]:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "seconds": tls.seconds,
        "trusted": tls.is_trusted,
        "chain": [_certificate(one) for one in tls.chain],
    }


def _certificate(facts: CertificateFacts) -> Mapping[str, object]:
    times = {"valid_from": facts.valid_from.isoformat(), "valid_until": facts.valid_until.isoformat()}
    return {
        "subject": facts.subject,
        "issuer": facts.issuer,
        "hosts": list(facts.hosts),
        "pin": facts.pin,
    } | times


def _latency(latency: MeasuredLatency) -> Mapping[str, object]:
    count = {"count": len(latency.seconds), "lost": latency.lost}
    if not latency.seconds:
        return count
    return count | {
        "median_seconds": latency.median,
        "p95_seconds": latency.p95,
        "jitter_seconds": latency.jitter,
    }


def _rate(rate: MeasuredRate) -> Mapping[str, object]:
    return {"mbit": rate.mbit, "bytes": rate.count, "seconds": rate.seconds}
