"""C-FIND: which studies an archive has, and what one consists of.

An archive may ignore what it doesn't match by, so whatever comes back is filtered here. One that cuts
its list says so with a status, and the search says it on.

Errors:  NotOffered, Busy, Refused, BadAnswer, Interrupted; NotThere for a study that isn't there.
Source:  PS3.4 C.4.1 (C-FIND), C.6.2 (study root), C.2.2.2 (matching).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from io import BytesIO
from itertools import product
from typing import Final

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_FIND

from workstation.archive.dimse import identifiers, statuses
from workstation.archive.dimse.association import Association, Context, is_pending
from workstation.archive.dimse.identifiers import (
    COUNTS,
    PATIENT,
    STUDY,
    keys,
    patient_of,
    study_of,
    text,
    texts,
)
from workstation.archive.matching import fits
from workstation.archive.model import (
    FoundStudy,
    Query,
    Search,
)
from workstation.dicom.attributes import integer

STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
FIND: Final = Context(STUDY_ROOT_FIND, identifiers.SYNTAXES)


def found(
    association: Association, model: str, identifier: Dataset, what: str
) -> Generator[Dataset | None, None, None]:
    """Yield what an archive finds; None last if it says that there is more than it tells.

    Closed early, the archive is told to stop.
    """
    context = association.required(model, what)
    request = C_FIND()
    request.MessageID, request.AffectedSOPClassUID, request.Priority = association.next_number(), model, 0
    request.Identifier = BytesIO(identifiers.encoded(identifier, context.syntax))
    is_empty = True
    with closing(association.answers(request, context)) as answers:
        for answer in answers:
            if is_pending(answer):
                is_empty = False
                yield _identifier(answer, context, association.route.name)
            elif answer.Status != statuses.SUCCESS:
                _check_cut(answer.Status, what, association.route.name, is_empty=is_empty)
                yield None


def search(association: Association, query: Query) -> Search:
    """Return the studies that fit; asked in several ways where one can't say it all."""
    studies: dict[str, FoundStudy] = {}
    is_whole = True
    for identifier in _searches(query):
        answers = found(association, STUDY_ROOT_FIND, identifier, "The search")
        for answer in answers:
            is_whole = is_whole and answer is not None
            study = answer and _found_study(answer)
            if study and study.study.uid and fits(query, study):
                studies.setdefault(study.study.uid, study)
            if query.limit and len(studies) >= query.limit:
                answers.close()
                return Search(tuple(studies.values())[: query.limit], is_whole)
    return Search(tuple(studies.values()), is_whole)


def _searches(query: Query) -> Iterator[Dataset]:
    """Yield the identifiers that together ask for everything that may fit.

    A name, a number of a patient and one of an examination can't be alternatives in one identifier,
    nor can every archive match a list of modalities.
    """
    dates = f"{query.from_date}-{query.to_date}" if query.from_date or query.to_date else ""
    given = {
        "PatientID": query.patient_id,
        "AccessionNumber": query.accession,
        "StudyInstanceUID": query.study_uid,
        "StudyDate": dates,
    }
    fixed = {keyword: value for keyword, value in given.items() if value}
    for extra, modality in product(_text_searches(query.text, fixed), sorted(query.modalities) or [""]):
        asked = fixed | extra | ({"ModalitiesInStudy": modality} if modality else {})
        yield keys(*PATIENT, *STUDY, *COUNTS, "InstanceAvailability", QueryRetrieveLevel="STUDY", **asked)


def _text_searches(asked: str, fixed: dict[str, str]) -> list[dict[str, str]]:
    """Return the ways to ask for a text; archives may heed case, and what they keep is mostly in capitals."""
    if not asked:
        return [{}]
    plain = asked.replace("\\", "?")
    spelt = dict.fromkeys((plain, plain.upper()))
    numbers = [keyword for keyword in ("PatientID", "AccessionNumber") if keyword not in fixed]
    names = [{"PatientName": f"{one}*"} for one in spelt]
    return names + [{keyword: one} for keyword in numbers for one in spelt]


def _found_study(answer: Dataset) -> FoundStudy:
    return FoundStudy(
        patient_of(answer),
        study_of(answer),
        modalities=tuple(one for one in texts(answer, "ModalitiesInStudy") if one),
        series=integer(answer, "NumberOfStudyRelatedSeries"),
        instances=integer(answer, "NumberOfStudyRelatedInstances"),
        availability=text(answer, "InstanceAvailability"),
    )


def _identifier(answer: C_FIND, context: Context, where: str) -> Dataset:
    data = answer.Identifier.getvalue() if answer.Identifier else b""
    return identifiers.decoded(data, context.syntax, where)


def _check_cut(code: int, what: str, where: str, *, is_empty: bool) -> None:
    """Let pass a status that only says the list is cut; raise the error that any other stands for."""
    is_cut = code == statuses.CANCELLED or statuses.is_warning(code)
    if not is_cut and (is_empty or not statuses.is_out_of_resources(code)):
        raise statuses.error_of(code, what, where)
