"""The one door: every verb passes it, and leaves a record before anyone sees what it answered.

The record is in the trail, twice on the disk, when the verb returns: pixels are shown only
afterwards. If it cannot be written, nothing is shown: what the verb had answered is withdrawn. A verb
that puts data outside the store has a record before it begins as well, since nothing brings those
back. A verb that fails leaves a record too, with the kind of the error and without its text. What is only
shown anew because it has changed was recorded when somebody began to look (``again``).

Source:  PS3.15 A.5 (what is recorded); 45 CFR 164.312(b).
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from workstation.security import Action, Outcome
from workstation.store import AuditEvent
from workstation.workflow.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")

Verb = Callable[Concatenate[Desk, P], R]

Look = TypeVar("Look", bound=Callable[..., Any])

ABOUT: Final = "study_uid"
"""The argument by which a verb tells the door whose study it is about."""


def verb(
    action: Action,
    *,
    detail: Callable[[Any], str] = lambda _: "",
    beforehand: bool = False,
    withdraw: Callable[[Any], object] = lambda _: None,
) -> Callable[[Verb[P, R]], Verb[P, R]]:
    """Put a function behind the door.

    ``detail`` says from the answer what the record should add; it names no patient. ``beforehand``:
    there is a record before it begins, too. ``withdraw`` ends an answer that nobody gets.
    """

    def behind(function: Verb[P, R]) -> Verb[P, R]:
        @functools.wraps(function)
        def passed(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
            about = (str(kwargs.get(ABOUT, "")),)
            if beforehand:
                record(desk, action, about, detail="begun")
            try:
                answer = function(desk, *args, **kwargs)
            except BaseException as error:
                with contextlib.suppress(Exception):  # the first error is the one to tell
                    record(desk, action, about, Outcome.SERIOUS_FAILURE, detail=type(error).__name__)
                raise
            try:
                record(desk, action, about, detail=detail(answer))
            except BaseException:
                withdraw(answer)
                raise
            desk.looked.add((function.__name__, about[0]))
            return answer

        passed.__dict__["action"] = action
        return passed

    return behind


def again(look: Look) -> Look:
    """Return a look that goes on: where it began, at this desk, a record was left, and none is left now.

    A screen that follows what changes is one look of its reader's, not one for each change. A look that
    never began is recorded like any other.
    """
    inside = inspect.unwrap(look)

    @functools.wraps(look, updated=())
    def refreshed(desk: Desk, /, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the look takes and answers
        began = (inside.__name__, str(kwargs.get(ABOUT, ""))) in desk.looked
        return (inside if began else look)(desk, **kwargs)

    return cast("Look", refreshed)


def record(
    desk: Desk,
    action: Action,
    studies: Iterable[str],
    outcome: Outcome = Outcome.SUCCESS,
    *,
    detail: str = "",
) -> None:
    """Write one record for each study ("" for what concerns none), all of them or none."""
    events = [_event(desk, action, study, outcome, detail) for study in studies]
    if events:
        desk.store.audit.append(*events)


def _event(desk: Desk, action: Action, study_uid: str, outcome: Outcome, detail: str) -> AuditEvent:
    return AuditEvent(
        user=desk.actor.identifier,
        user_name=desk.actor.name,
        patient=_patient_of(desk, study_uid) if study_uid else "",
        study=study_uid,
        action=action,
        outcome=outcome,
        detail=detail,
    )


def _patient_of(desk: Desk, study_uid: str) -> str:
    """Return whose study it is, as the store knows it or else an archive; "" if nobody does."""
    here = desk.store.studies.get(study_uid)
    told = (here,) if here else desk.store.remote_studies.of_study(study_uid)
    return next((f"{one.patient.patient_id}^^^{one.patient.issuer}" for one in told), "")
