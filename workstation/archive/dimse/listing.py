"""C-FIND within one study: its series and instances, and what is needed to retrieve or to verify them.

Errors:  NotThere for a study that isn't there; BadAnswer for a list that the archive cuts, since nothing
         can be counted on it; else those of ``find``.
Source:  PS3.4 C.6.2 (study root), C.6.2.1.4 (instance level keys), C.3.4 (number of related instances).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pydicom.dataset import Dataset

from workstation.archive.dimse import statuses
from workstation.archive.dimse.association import Association
from workstation.archive.dimse.find import STUDY_ROOT_FIND, found
from workstation.archive.dimse.identifiers import (
    COUNTS,
    PATIENT,
    SERIES,
    STUDY,
    keys,
    orientation_of,
    patient_of,
    position_of,
    series_of,
    study_of,
    text,
    texts,
)
from workstation.archive.errors import BadAnswer
from workstation.archive.model import Contents, ListedInstance, ListedSeries, Reference, Wanted
from workstation.dicom.attributes import integer

_UID: Final = re.compile(r"[0-9.]{1,64}")
_AT_ONCE: Final = 100  # UIDs in one list


def metadata(association: Association, study_uid: str) -> Contents:
    """Return what a study consists of, as far as the archive lists it."""
    identifier = keys(*PATIENT, *STUDY, *COUNTS, QueryRetrieveLevel="STUDY", StudyInstanceUID=study_uid)
    studies = [one for one in _all(association, identifier) if text(one, "StudyInstanceUID") == study_uid]
    if not studies:
        raise statuses.nothing_there(association.route.name)
    listed = tuple(_listed_series(association, study_uid, one) for one in _series(association, study_uid))
    return Contents(
        patient_of(studies[0]),
        study_of(studies[0]),
        listed,
        announced=integer(studies[0], "NumberOfStudyRelatedInstances"),
    )


def present(association: Association, references: Sequence[Reference]) -> dict[str, str]:
    """Return those that the archive has: SOP Instance UID → SOP Class UID ("" if it doesn't say)."""
    series: dict[Wanted, list[str]] = defaultdict(list)
    for one in references:
        series[Wanted(one.study_uid, one.series_uid)].append(one.uid)
    here: dict[str, str] = {}
    for within, uids in series.items():
        for start in range(0, len(uids), _AT_ONCE):
            asked = uids[start : start + _AT_ONCE]
            here |= _present(association, within, asked)
            for uid in asked if len(asked) > 1 else ():
                if uid not in here:  # it may be that the archive doesn't match lists
                    here |= _present(association, within, [uid])
    return here


def sop_classes(association: Association, wanted: Wanted) -> tuple[str, ...]:
    """Return the SOP classes of what is to be retrieved: as the study tells, else as its instances do."""
    if not wanted.uid:
        identifier = keys("SOPClassesInStudy", QueryRetrieveLevel="STUDY", StudyInstanceUID=wanted.study_uid)
        told = [texts(one, "SOPClassesInStudy") for one in _all(association, identifier)]
        if not told:
            raise statuses.nothing_there(association.route.name)
        if any(told):
            return _uids(one for classes in told for one in classes)
    return _uids(text(one, "SOPClassUID") for one in _wanted(association, wanted))


def _uids(told: Iterable[str]) -> tuple[str, ...]:
    """Return those that are UIDs, each once: nothing else can be proposed."""
    return tuple(dict.fromkeys(one for one in told if _UID.fullmatch(one)))


def _wanted(association: Association, wanted: Wanted) -> list[Dataset]:
    """Return the instances that are wanted."""
    if wanted.series_uid:
        return _instances(association, wanted)
    every = [text(one, "SeriesInstanceUID") for one in _series(association, wanted.study_uid)]
    return [one for uid in every for one in _instances(association, replace(wanted, series_uid=uid))]


def _series(association: Association, study_uid: str) -> list[Dataset]:
    identifier = keys(
        *SERIES,
        "NumberOfSeriesRelatedInstances",
        QueryRetrieveLevel="SERIES",
        StudyInstanceUID=study_uid,
    )
    return [one for one in _all(association, identifier) if text(one, "SeriesInstanceUID")]


def _instances(association: Association, within: Wanted, uids: Sequence[str] = ()) -> list[Dataset]:
    wanted = (
        "SOPClassUID", "InstanceNumber", "NumberOfFrames", "ImagePositionPatient", "ImageOrientationPatient",
        "AvailableTransferSyntaxUID",
    )  # fmt: skip
    identifier = keys(
        *wanted,
        QueryRetrieveLevel="IMAGE",
        StudyInstanceUID=within.study_uid,
        SeriesInstanceUID=within.series_uid,
        SOPInstanceUID=uids or within.uid,
    )
    return [one for one in _all(association, identifier) if text(one, "SOPInstanceUID")]


def _present(association: Association, within: Wanted, uids: Sequence[str]) -> dict[str, str]:
    answers = _instances(association, within, uids)
    told = {text(one, "SOPInstanceUID"): text(one, "SOPClassUID") for one in answers}
    return {uid: told[uid] for uid in uids if uid in told}


def _listed_series(association: Association, study_uid: str, answer: Dataset) -> ListedSeries:
    series = series_of(answer)
    answers = _instances(association, Wanted(study_uid, series.uid))
    listed = {text(one, "SOPInstanceUID"): _listed_instance(one) for one in answers}
    return ListedSeries(series, tuple(listed.values()), integer(answer, "NumberOfSeriesRelatedInstances"))


def _listed_instance(answer: Dataset) -> ListedInstance:
    return ListedInstance(
        uid=text(answer, "SOPInstanceUID"),
        sop_class=text(answer, "SOPClassUID"),
        number=integer(answer, "InstanceNumber"),
        frames=integer(answer, "NumberOfFrames") or 1,
        position=position_of(answer),
        orientation=orientation_of(answer),
        transfer_syntax=text(answer, "AvailableTransferSyntaxUID"),
    )


def _all(association: Association, identifier: Dataset) -> list[Dataset]:
    """Return everything that is found; a list that the archive cuts can't be counted on."""
    answers = list(found(association, STUDY_ROOT_FIND, identifier, "The search"))
    if None in answers:
        raise BadAnswer("The archive doesn't list all of the study", where=association.route.name)
    return [one for one in answers if one is not None]
