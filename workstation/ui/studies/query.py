"""Which studies the list shows: plain functions over plain rows.

A search is words; each must occur somewhere in name, ID, accession, description, reason or modality, in
any case and with or without accents. What a study can be found and sorted by is folded once, when it comes
or changes; a keystroke only looks for the words in those texts.

Units:   days count back from today, today included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from workstation.terms import fold
from workstation.ui.contracts import StudyRow, StudyState, Urgency

# PS3.3 C.7.3.1.1.1: objects that hold no picture of the patient make no filter.
NOT_IMAGES: Final = frozenset(
    {"AU", "DOC", "KO", "PLAN", "PR", "REG", "RTPLAN", "RTRECORD", "RTSTRUCT", "SEG", "SR"}
)
READ: Final = frozenset({StudyState.DICTATED, StudyState.PRELIMINARY, StudyState.FINAL})
UNREAD: Final = frozenset(
    {StudyState.ELSEWHERE, StudyState.ARRIVING, StudyState.INCOMPLETE, StudyState.UNREAD}
)

_PARTS: Final = str.maketrans("^=", "  ")  # of a name
_TYPED: Final = str.maketrans("^,", "  ")


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked for."""

    text: str = ""
    modalities: frozenset[str] = frozenset()  # any of them; empty: all
    days: int | None = None  # None: of any date
    mine: bool = False
    stat: bool = False
    unread: bool = False
    priors: bool = False  # what is there only for comparison as well

    @property
    def asks(self) -> bool:
        """Return whether it leaves anything out."""
        chips = self.modalities or self.days is not None or self.mine or self.stat or self.unread
        return bool(self.text.strip() or chips)

    @property
    def is_wide(self) -> bool:
        """Return whether it looks among what is there only for comparison, too."""
        return self.priors or bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with all that it is searched and sorted by."""

    row: StudyRow
    haystack: str
    name: str  # folded, as the next two
    study: str
    site: str
    is_mine: bool


Check = Callable[[Entry], bool]


def entry(row: StudyRow, reader: str = "") -> Entry:
    """Make a row ready; ``reader`` is who sits here."""
    is_mine = row.is_claimed or bool(reader and row.assigned and fold(row.assigned) == fold(reader))
    return Entry(row, _haystack(row), fold(row.patient_name), fold(row.description), fold(row.site), is_mine)


def select(entries: Iterable[Entry], query: Query, today: date) -> list[Entry]:
    """Return what a query keeps, in the order it came."""
    kept = list(entries)
    for word in sorted(fold(query.text.translate(_TYPED)).split(), key=len, reverse=True):
        kept = [made for made in kept if word in made.haystack]
    for check in _checks(query, today):
        kept = [made for made in kept if check(made)]
    return kept


def modalities(rows: Sequence[StudyRow], most: int) -> tuple[str, ...]:
    """Return the commonest modalities that are there, in the alphabet's order."""
    count = Counter(name for row in rows for name in row.modalities if name not in NOT_IMAGES)
    return tuple(sorted(name for name, _ in count.most_common(most)))


def is_stat(row: StudyRow) -> bool:
    """Say whether a stat reading is still waited for."""
    return row.urgency is Urgency.STAT and row.state not in READ


def _haystack(row: StudyRow) -> str:
    """Return all that a row can be found by; a name in other scripts also as it is typed, without a blank."""
    _, *other_scripts = row.patient_name.split("=")
    texts = (
        row.patient_name.translate(_PARTS),
        *(name.replace("^", "") for name in other_scripts),
        row.patient_id,
        row.accession,
        row.description,
        row.reason,
        *row.modalities,
    )
    return fold("\n".join(texts))


def _checks(query: Query, today: date) -> Iterator[Check]:
    """Yield what has to hold, nothing for what isn't asked."""
    if not query.is_wide:
        yield lambda made: not made.row.is_prior
    if query.modalities:
        yield lambda made: not query.modalities.isdisjoint(made.row.modalities)
    if query.days is not None:
        earliest = (today - timedelta(days=query.days - 1)).strftime("%Y%m%d")
        yield lambda made: made.row.date >= earliest
    if query.mine:
        yield lambda made: made.is_mine and made.row.state not in READ
    if query.stat:
        yield lambda made: is_stat(made.row)
    if query.unread:
        yield lambda made: made.row.state in UNREAD
