"""What an AI has found in a study, whichever way it came, and when that counts as a flag.

Only the newest result of each algorithm counts. A flag raises a study's place only if it is undisputed: a
result that is too old, from the future, too unsure, of a finding that the table doesn't know, or contradicted
by another algorithm is shown with its doubt, and changes nothing. Nor does a finding that is absent.

Units:   scores from 0 to 1; times aware, in UTC; minutes.
Errors:  BadTriage for a record that can't be right; BadTable for the table of findings.
Source:  SNOMED CT, RadLex and RadElement codes as they stand in the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from workstation.terms.tables import Row, bad, not_negative, parsed, positive, text
from workstation.worklist.errors import BadTriage

FROM_THE_FUTURE: Final = timedelta(minutes=5)
"""How far an algorithm's clock may be ahead of ours."""


class Polarity(StrEnum):
    """What an algorithm says of a finding; in the order in which it matters."""

    PRESENT = "present"
    INDETERMINATE = "indeterminate"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A finding's code: SCT 1386000, RADELEMENT RDES194."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Triage:
    """One result of one algorithm for one study."""

    study_uid: str
    finding: Code
    polarity: Polarity
    algorithm: str
    version: str
    received: datetime
    score: float | None = None  # None: the algorithm gives none

    def __post_init__(self) -> None:
        if self.received.tzinfo is None:
            raise BadTriage("A result came with a time that has no zone", where=self.algorithm)
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise BadTriage(f"A score must be from 0 to 1, not {self.score}", where=self.algorithm)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that counts."""

    name: str
    codes: frozenset[Code]
    read_within: timedelta  # of the images' being there
    least_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """The table of findings."""

    rows: tuple[Finding, ...]
    stale_after: timedelta

    def of(self, code: Code) -> Finding | None:
        """Return the finding that a code stands for."""
        return next((row for row in self.rows if code in row.codes), None)


@dataclass(frozen=True, slots=True)
class Flag:
    """What the list shows of all AI results for a study."""

    name: str
    code: Code
    polarity: Polarity
    score: float | None
    algorithm: str
    received: datetime
    read_within: timedelta | None = None  # None: it changes nothing
    doubt: str = ""  # why it changes nothing though it isn't absent

    @property
    def counts(self) -> bool:
        """Say whether it raises the study's place."""
        return self.read_within is not None

    @property
    def text(self) -> str:
        """Return it as the list shows it: "haemorrhage 0.93", "none" if it is absent."""
        if self.polarity is Polarity.ABSENT:
            return "none"
        return self.name if self.score is None else f"{self.name} {self.score:.2f}"


def flag_of(results: Iterable[Triage], findings: Findings, *, now: datetime) -> Flag | None:
    """Return the flag of one study: what is most urgent, else what is in doubt, else what is absent."""
    grouped = _newest_by_finding(results, findings)
    return min((_flag(newest, findings, now) for newest in grouped.values()), key=_urgency, default=None)


def flags_of(results: Iterable[Triage], findings: Findings, *, now: datetime) -> dict[str, Flag]:
    """Return the flag of each study that there are results for."""
    by_study: dict[str, list[Triage]] = defaultdict(list)
    for result in results:
        by_study[result.study_uid].append(result)
    flags = {uid: flag_of(of_one, findings, now=now) for uid, of_one in by_study.items()}
    return {uid: flag for uid, flag in flags.items() if flag is not None}


def parsed_findings(toml: str, *, where: str) -> Findings:
    """Return the table of findings; ``where`` names it in an error."""
    table = parsed(toml, where)
    rows = tuple(_finding(row) for row in table.rows("finding"))
    codes = [code for row in rows for code in row.codes]
    if len(codes) != len(set(codes)):
        raise bad("A code stands for two findings", where)
    hours = table.one("stale_after_hours", positive)
    table.finish()
    return Findings(rows, timedelta(hours=hours))


def _newest_by_finding(results: Iterable[Triage], findings: Findings) -> Mapping[str, Sequence[Triage]]:
    """Return the newest results of each algorithm, by the name of the finding."""
    grouped: dict[str, dict[str, list[Triage]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        known = findings.of(result.finding)
        name = known.name if known else f"{result.finding.scheme} {result.finding.value}"
        grouped[name][result.algorithm].append(result)
    return {
        name: [newest for of_one in algorithms.values() for newest in _newest(of_one)]
        for name, algorithms in grouped.items()
    }


def _newest(results: Sequence[Triage]) -> list[Triage]:
    """Return what came last; several if they came at once."""
    last = max(result.received for result in results)
    return [result for result in results if result.received == last]


def _flag(results: Sequence[Triage], findings: Findings, now: datetime) -> Flag:
    """Return the flag for one finding."""
    fresh = [one for one in results if not _is_stale(one, findings, now)]
    shown = min(fresh or results, key=_showing)
    finding = findings.of(shown.finding)
    flag = Flag(
        finding.name if finding else f"{shown.finding.scheme} {shown.finding.value}",
        shown.finding,
        shown.polarity,
        shown.score,
        f"{shown.algorithm} {shown.version}".strip(),
        shown.received,
    )
    if shown.polarity is Polarity.ABSENT:
        return flag
    doubt = _doubt(shown, fresh, finding)
    if doubt or finding is None:
        return replace(flag, doubt=doubt)
    return replace(flag, read_within=finding.read_within)


def _doubt(shown: Triage, fresh: Sequence[Triage], finding: Finding | None) -> str:
    """Return why a result that isn't absent changes nothing, "" if it counts."""
    if finding is None:
        return "a finding that isn't in the table"
    if not fresh:
        return "the result is too old, or dated in the future"
    if any(one.polarity is Polarity.ABSENT for one in fresh):
        return "another result says that it is absent"
    if shown.polarity is Polarity.INDETERMINATE:
        return "the algorithm can't tell"
    if shown.score is not None and shown.score < finding.least_score:
        return f"the score is below {finding.least_score:g}"
    return ""


def _is_stale(result: Triage, findings: Findings, now: datetime) -> bool:
    age = now - result.received
    return age > findings.stale_after or age < -FROM_THE_FUTURE


def _showing(result: Triage) -> tuple[object, ...]:
    """Order results of one finding: present before unsure before absent, the surest first."""
    return (
        tuple(Polarity).index(result.polarity),
        -(result.score or 0.0),
        result.score is None,
        result.algorithm,
        result.version,
        result.received,
        result.finding,
    )


def _urgency(flag: Flag) -> tuple[object, ...]:
    """Order flags of one study: what counts, the most urgent first; then doubts, then what is absent."""
    return (
        flag.read_within is None,
        flag.read_within or timedelta(0),
        tuple(Polarity).index(flag.polarity),
        flag.name,
    )


def _finding(row: Row) -> Finding:
    finding = Finding(
        row.one("name", text),
        frozenset(row.many("codes", _code)),
        timedelta(minutes=row.one("read_within_minutes", positive)),
        row.one("least_score", not_negative, 0.0),
    )
    row.finish()
    return finding


def _code(value: object) -> Code:
    scheme, _, code = text(value).partition(" ")
    if not code:
        raise ValueError(f"{value!r} is not a scheme and a code")
    return Code(scheme, code)
