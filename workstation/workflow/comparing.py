"""What a study may be compared with, and who may be the same person under another number."""

from __future__ import annotations

import json

from workstation.security import Action
from workstation.store import Link, PatientKey
from workstation.workflow.answers import LinkOffer, PriorRow
from workstation.workflow.connecting import REFUSED_LINKS
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.studies import row_of
from workstation.worklist import Offer


@verb(Action.SEARCH)
def list_priors(desk: Desk, *, study_uid: str) -> tuple[PriorRow, ...]:
    """Return what is worth comparing a study with, the best first."""
    if desk.service is None:
        return ()
    return tuple(
        PriorRow(row_of(desk, prior.study.study_uid), tuple(prior.why.split(", ")))
        for prior in desk.service.priors_of(study_uid).relevant
    )


@verb(Action.SEARCH)
def list_link_offers(desk: Desk, *, study_uid: str) -> tuple[LinkOffer, ...]:
    """Return who may be the same person as a study's under another number."""
    if desk.service is None:
        return ()
    return tuple(_offer(desk, offer) for offer in desk.service.priors_of(study_uid).offered)


@verb(Action.LINK_PATIENTS, detail=lambda _: "confirmed as one person")
def confirm_link(desk: Desk, *, offer: LinkOffer) -> None:
    """Treat both numbers as one person's from now on."""
    first, second = _keys(offer)
    desk.store.links.confirm(Link(first, second, desk.actor.identifier, desk.clock.utc()))
    _plan_anew(desk)


@verb(Action.LINK_PATIENTS, detail=lambda _: "refused as one person")
def refuse_link(desk: Desk, *, offer: LinkOffer) -> None:
    """Don't offer this link again."""
    pairs = json.loads(desk.store.sessions.get(REFUSED_LINKS) or "[]")
    desk.store.sessions.put(REFUSED_LINKS, json.dumps([*pairs, [list(key) for key in _keys(offer)]]))
    _plan_anew(desk)


def _plan_anew(desk: Desk) -> None:
    if desk.service is not None:
        desk.service.look_again()
        desk.service.plan()
    desk.studies_changed.emit("")


def _keys(offer: LinkOffer) -> tuple[PatientKey, PatientKey]:
    return PatientKey(offer.patient_id, offer.issuer), PatientKey(offer.other_id, offer.other_issuer)


def _offer(desk: Desk, offer: Offer) -> LinkOffer:
    assert desk.service is not None  # noqa: S101  offers come from it
    other = next(
        item.patient
        for item in desk.service.gathered().items()
        if (item.patient.patient_id, item.patient.issuer) == offer.theirs
    )
    evidence = ", ".join(offer.evidence)
    return LinkOffer(*offer.ours, *offer.theirs, evidence, other.name, other.birth_date, other.sex)
