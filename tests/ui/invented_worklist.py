"""An invented night's worklist for the tests and the gallery: orders, clocks, priors, findings by AI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from invented import InventedDesk, study_rows
from invented_network import HARBOR, ST_ANNE, InventedNetwork

from workstation.terms import fold
from workstation.ui.contracts import (
    LineRow,
    LinkOffer,
    NextCase,
    OutboxRow,
    PriorRow,
    Refusal,
    Searched,
    StudyRow,
    StudyState,
    Urgency,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

# Name: urgency, minutes left, reason, region, priors here and known, flag, state, who.
_ORDERS: dict[str, tuple[Urgency | None, float | None, str, str, int, int | None, str, StudyState, str]] = {
    "VALE": (
        Urgency.STAT,
        14 + 2 / 60,
        "stroke",
        "head",
        2,
        2,
        "haemorrhage 0.93",
        StudyState.ARRIVING,
        "",
    ),
    "OKAFOR": (Urgency.STAT, 27 + 40 / 60, "pulmonary embolism?", "chest", 1, 3, "", StudyState.UNREAD, ""),
    "LINDQVIST": (
        Urgency.STAT,
        -3 - 10 / 60,
        "fall",
        "chest",
        0,
        0,
        "pneumothorax 0.88",
        StudyState.UNREAD,
        "",
    ),
    "HOLLOWAY": (
        Urgency.HIGH,
        72,
        "nodule in the right upper lobe",
        "chest",
        1,
        1,
        "",
        StudyState.OPENED,
        "",
    ),
    "ABERNATHY": (Urgency.ROUTINE, 220, "", "head", 3, 3, "", StudyState.UNREAD, ""),
    "SORIANO": (Urgency.ROUTINE, 245, "", "breast", 2, 2, "", StudyState.UNREAD, ""),
    "PRZYBYLSKI": (Urgency.ROUTINE, 330, "pain", "abdomen", 0, 0, "", StudyState.INCOMPLETE, ""),
    "DELACROIX": (Urgency.ROUTINE, 370, "", "", 2, 2, "", StudyState.IN_PROGRESS, "Dr Imai"),
    "WINTERS": (Urgency.ROUTINE, None, "", "hand", 0, 0, "", StudyState.FINAL, "Dr Imai"),
    "FENWICK": (Urgency.ROUTINE, None, "", "abdomen", 4, 4, "", StudyState.PRELIMINARY, "Dr Sandoval"),
    "Hong": (None, None, "", "", 0, None, "", StudyState.UNREAD, ""),
    "DONAUDAMPFSCHIFF": (
        Urgency.LOW,
        3000,
        "Verdacht auf Choledocholithiasis bei Zustand nach Cholezystektomie",
        "abdomen",
        0,
        1,
        "",
        StudyState.ELSEWHERE,
        "",
    ),
}
TROUBLE = "The sources tell different birth dates."


def worklist_rows(rows: Sequence[StudyRow] | None = None) -> list[StudyRow]:
    """Return the night as a worklist, and two older studies that are there only for comparison."""
    listed = [_ordered(row, rank) for rank, row in enumerate(study_rows() if rows is None else rows, 1)]
    return [*listed, *(prior_of(listed[0], number) for number in range(2))]


def _ordered(row: StudyRow, rank: int) -> StudyRow:
    name = row.patient_name.partition("^")[0]
    urgency, minutes, reason, region, here, known, flag, state, who = _ORDERS[name]
    elsewhere = state is StudyState.ELSEWHERE
    return replace(
        row,
        urgency=urgency,
        due=None if minutes is None else NOW + timedelta(minutes=minutes),
        reason=reason,
        region=region,
        priors_here=here,
        priors_known=known,
        flag=flag,
        is_flag_urgent=bool(flag),
        state=state,
        who=who,
        here=0 if elsewhere else row.here,
        archives=() if name == "Hong" else (row.site if row.site in ("Harbor", "St. Anne") else "Harbor",),
        can_be_claimed=row.site == "Harbor" and name != "Hong",
        is_claimed=name == "HOLLOWAY",
        assigned="Dr N. Haverford" if name in ("VALE", "ABERNATHY") else "",
        why_here=f"{urgency.value.lower()}, due soon" if urgency else "",
        trouble=TROUBLE if name == "ABERNATHY" else "",
        rank=rank,
    )


def prior_of(row: StudyRow, number: int) -> StudyRow:
    """Return an older study of the same person, there only for comparison."""
    return replace(
        row,
        uid=f"{row.uid}.9.{number}",
        date=("20260211", "20240830")[number],
        description=("MR head", "CT head")[number],
        modalities=(("MR",), ("CT",))[number],
        accession=f"P{number}",
        here=80 if number == 0 else 0,
        expected=80,
        state=StudyState.FINAL,
        who="Dr Imai",
        urgency=None,
        due=None,
        reason="",
        flag="",
        priors_known=None,
        is_prior=True,
        why_here="",
        can_be_claimed=False,
        rank=99,
    )


def unlisted_row() -> StudyRow:
    """Return a study that an archive has and nobody has put on the list."""
    return replace(
        study_rows()[0],
        uid="1.2.826.0.1.3680043.8.498.99",
        patient_name="GRIMALDI^Enzo",
        patient_id="9001-77",
        accession="70001",
        here=0,
        state=StudyState.ELSEWHERE,
        archives=("Harbor",),
        rank=50,
    )


OFFER = LinkOffer(
    "4711-08",
    "Harbor",
    "SA-20881",
    "St. Anne",
    "same name, birth date and sex",
    "VALE^Marisol",
    "19590302",
    "F",
)


class Worklist(InventedNetwork):
    """A network with a worklist; a test changes what it answers."""

    def __init__(
        self,
        desk: InventedDesk,
        lines: Sequence[LineRow] = (HARBOR, replace(ST_ANNE, shares_claims=False)),
        outbox: Sequence[OutboxRow] = (),
    ) -> None:
        super().__init__(lines, outbox)
        self.desk = desk
        self.skipped: tuple[Refusal, ...] = ()
        self.offers: list[LinkOffer] = [OFFER]
        self.in_archives = [unlisted_row()]  # what only a search finds

    def next_case(self, after: str = "") -> NextCase:
        self.asked.append(("next", after))
        ranked = sorted((row for row in self.desk.rows if not row.is_prior), key=lambda row: row.rank)
        wanted = {StudyState.UNREAD, StudyState.OPENED}
        return NextCase(
            next((row for row in ranked if row.state in wanted and row.uid != after), None), self.skipped
        )

    def search_archives(self, text: str) -> Searched:
        answer = super().search_archives(text)
        found = [row for row in self.in_archives if fold(text) in fold(row.patient_name)]
        self.desk.rows += [row for row in found if row not in self.desk.rows]
        return replace(answer, count=len(found))

    def priors(self, study_uid: str) -> Sequence[PriorRow]:
        older = [row for row in self.desk.rows if row.is_prior and row.uid.startswith(f"{study_uid}.9.")]
        return [
            PriorRow(row, reasons)
            for row, reasons in zip(
                older, (("same region", "9 months"), ("same procedure", "2 years")), strict=False
            )
        ]

    def link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        row = next(row for row in self.desk.rows if row.uid == study_uid)
        return [offer for offer in self.offers if offer.patient_id == row.patient_id]

    def confirm_link(self, offer: LinkOffer) -> None:
        super().confirm_link(offer)
        self.offers.remove(offer)

    def refuse_link(self, offer: LinkOffer) -> None:
        super().refuse_link(offer)
        self.offers.remove(offer)
