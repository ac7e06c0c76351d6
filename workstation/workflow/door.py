"""The one door: every verb passes it, and leaves a record before anyone sees what it answered.

The record is in the trail, twice on the disk, when the verb returns: pixels are shown only
afterwards. If it cannot be written, nothing is shown. A verb that fails leaves a record too, with
the kind of the error and without its text.

Source:  PS3.15 A.5 (what is recorded); 45 CFR 164.312(b).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from workstation.errors import LumenError
from workstation.security import Action, Outcome
from workstation.store import AuditEvent
from workstation.workflow.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")

Verb = Callable[Concatenate[Desk, P], R]
Studies = Callable[[Any, dict[str, Any]], Iterable[str]]


def _asked_for(_answer: object, arguments: dict[str, Any]) -> Iterable[str]:
    """Return the study that the verb was asked about, if there is one."""
    uid = arguments.get("study_uid", "")
    return (uid,) if uid else ()


def verb(
    action: Action,
    *,
    detail: Callable[[Any], str] = lambda _: "",
    studies: Studies = _asked_for,
) -> Callable[[Verb[P, R]], Verb[P, R]]:
    """Put a function behind the door.

    ``detail`` says from the answer what the record should add, ``studies`` whom it is about, from the
    answer (None after a failure) and the arguments. Neither may name a patient.
    """

    def behind(function: Verb[P, R]) -> Verb[P, R]:
        @functools.wraps(function)
        def passed(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
            try:
                answer = function(desk, *args, **kwargs)
            except BaseException as error:
                with contextlib.suppress(LumenError):  # the first error is the one to tell
                    record(desk, action, studies(None, kwargs), Outcome.SERIOUS_FAILURE, type(error).__name__)
                raise
            record(desk, action, studies(answer, kwargs), Outcome.SUCCESS, detail(answer))
            return answer

        passed.__dict__["action"] = action
        return passed

    return behind


def record(desk: Desk, action: Action, studies: Iterable[str], outcome: Outcome, detail: str = "") -> None:
    """Write one record for each study, or one for none."""
    events = [_event(desk, action, study, outcome, detail) for study in studies]
    desk.store.audit.append(*(events or [_event(desk, action, "", outcome, detail)]))


def _event(desk: Desk, action: Action, study_uid: str, outcome: Outcome, detail: str) -> AuditEvent:
    study = desk.store.studies.get(study_uid) if study_uid else None
    return AuditEvent(
        user=desk.actor.identifier,
        user_name=desk.actor.name,
        patient=f"{study.patient.patient_id}^^^{study.patient.issuer}" if study else "",
        study=study_uid,
        action=action,
        outcome=outcome,
        detail=detail,
    )
