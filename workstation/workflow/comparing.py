"""What a study may be compared with, and who may be the same person under another number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.dicom.model import Patient
from workstation.security import Action, Outcome
from workstation.store import AuditEvent, Link, PatientKey
from workstation.workflow.answers import LinkOffer, PriorRow
from workstation.workflow.desk import Desk
from workstation.workflow.door import again, verb
from workstation.workflow.listing import worklist_rows_of
from workstation.worklist import Offer

_NOBODY: Final = Patient("", "", "", "", "")


@verb(Action.SEARCH)
def list_priors(desk: Desk, *, study_uid: str) -> tuple[PriorRow, ...]:
    """Return what is worth comparing a study with, the best first."""
    if desk.service is None:
        return ()
    priors = desk.service.priors_of(study_uid).relevant
    rows = worklist_rows_of(desk, desk.service, [prior.study.study_uid for prior in priors])
    return tuple(
        PriorRow(rows[prior.study.study_uid], tuple(prior.why.split(", ")))
        for prior in priors
        if prior.study.study_uid in rows
    )


@verb(Action.SEARCH)
def list_link_offers(desk: Desk, *, study_uid: str) -> tuple[LinkOffer, ...]:
    """Return who may be the same person as a study's under another number."""
    if desk.service is None:
        return ()
    people = {
        (item.patient.patient_id, item.patient.issuer): item.patient
        for item in desk.service.gathered().items()
    }
    return tuple(_offer(people, offer) for offer in desk.service.priors_of(study_uid).offered)


refresh_priors = again(list_priors)
refresh_link_offers = again(list_link_offers)


@verb(Action.LINK_PATIENTS, detail=lambda _: "confirmed as one person")
def confirm_link(desk: Desk, *, offer: LinkOffer) -> None:
    """Treat both numbers as one person's from now on."""
    _record(desk, offer, "to be confirmed as one person with another number")
    desk.store.links.confirm(_link(desk, offer))
    _plan_anew(desk)


@verb(Action.LINK_PATIENTS, detail=lambda _: "refused as one person")
def refuse_link(desk: Desk, *, offer: LinkOffer) -> None:
    """Treat both numbers as two persons', and don't offer this link again."""
    _record(desk, offer, "to be refused as one person with another number")
    desk.store.links.refuse(_link(desk, offer))
    _plan_anew(desk)


def _record(desk: Desk, offer: LinkOffer, detail: str) -> None:
    """Record about whom a decision is: both numbers, before it takes effect."""
    actor = desk.actor
    desk.store.audit.append(
        *(
            AuditEvent(
                actor.identifier,
                actor.name,
                f"{key.patient_id}^^^{key.issuer}",
                "",
                Action.LINK_PATIENTS,
                Outcome.SUCCESS,
                detail,
            )
            for key in _keys(offer)
        )
    )


def _link(desk: Desk, offer: LinkOffer) -> Link:
    first, second = _keys(offer)
    return Link(first, second, desk.actor.identifier, desk.clock.utc())


def _plan_anew(desk: Desk) -> None:
    if desk.service is not None:
        desk.service.look_again()
        desk.service.plan()
    desk.studies_changed.emit("")


def _keys(offer: LinkOffer) -> tuple[PatientKey, PatientKey]:
    return PatientKey(offer.patient_id, offer.issuer), PatientKey(offer.other_id, offer.other_issuer)


def _offer(people: Mapping[tuple[str, str], Patient], offer: Offer) -> LinkOffer:
    other = people.get(offer.theirs, _NOBODY)
    evidence = ", ".join(offer.evidence)
    return LinkOffer(*offer.ours, *offer.theirs, evidence, other.name, other.birth_date, other.sex)
