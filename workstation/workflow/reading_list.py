"""The next case to read, and having one brought now."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from workstation.archive import Query
from workstation.security import Action
from workstation.workflow.answers import NextCase, Refusal, Searched, StudyRow
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NoSuchStudy
from workstation.workflow.studies import row_of
from workstation.worklist import Choice
from workstation.worklist import next_case as chosen_next

_MOST: Final = 200
_NAMELESS: Final = "A study without a description"


@verb(Action.SEARCH)
def next_case(desk: Desk, *, after: str = "") -> NextCase:
    """Return what to read next; ``after`` is a study that is done with, whatever its state says.

    What was opened or put off at this desk waits until nothing else is left.
    """
    if desk.service is None:
        return NextCase(None)
    gathered = desk.service.gathered()
    places = [place for place in gathered.to_read if place.item.study_uid != after]
    choice = chosen_next(places, desk.service.moment(), put_off=desk.put_off, opened=desk.opened)
    return NextCase(_chosen(desk, choice), _skipped(choice), choice.note)


def put_off_study(desk: Desk, *, study_uid: str, minutes: float = 30.0) -> None:
    """Let the next case be another one for a while; the list goes on showing this one in its place."""
    desk.put_off[study_uid] = desk.clock.utc() + timedelta(minutes=minutes)


@verb(Action.SEARCH, detail=lambda found: f"{found.count} found in archives")
def search_archives(desk: Desk, *, text: str) -> Searched:
    """Ask the archives for what is not on the list: a name's beginning, a patient ID, an accession number."""
    if desk.service is None or not text.strip():
        return Searched()
    told = desk.service.look_up(Query(text=text, limit=_MOST))
    names = {archive: line.state.name for archive, line in desk.service.engine.lines.items()}
    return Searched(
        sum(answer for answer in told.values() if isinstance(answer, int)),
        tuple(names[archive] for archive, answer in told.items() if isinstance(answer, int)),
        tuple(Refusal(names[archive], why) for archive, why in told.items() if isinstance(why, str)),
    )


@verb(Action.SEARCH, detail=lambda _: "fetched by hand")
def fetch_study(desk: Desk, *, study_uid: str) -> None:
    """Bring a study now, what was given up of it included; it comes as soon as there is a line."""
    service = desk.service
    item = service.gathered().item(study_uid) if service else None
    if service is None or item is None or not service.bring(item):
        raise NoSuchStudy("No archive that is set up has this study", remedy="What is here is all there is.")


def _chosen(desk: Desk, choice: Choice) -> StudyRow | None:
    return row_of(desk, choice.place.item.key) if choice.place else None


def _skipped(choice: Choice) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(skipped.item.study.description or _NAMELESS, skipped.why, skipped.item.key)
        for skipped in choice.skipped
    )
