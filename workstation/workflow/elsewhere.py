"""Studies, or parts of them, that an archive lists and this computer does not have."""

from __future__ import annotations

from workstation.archive import Contents
from workstation.sync import unpack_contents
from workstation.workflow.answers import Refusal, SeriesRow, StudyPreview, StudyRow
from workstation.workflow.desk import Desk
from workstation.workflow.wording import counted


def describe_elsewhere(desk: Desk, row: StudyRow) -> StudyPreview:
    """Return what a study of which nothing is here consists of, as far as its archive has said."""
    contents = contents_of(desk, row.uid)
    return StudyPreview(
        study=row,
        referring=contents.study.referring if contents else "",
        series=_series(contents) if contents else (),
        accounting=f"{counted(row.expected, 'instance')} in the archive, none here" if row.expected else "",
        refused=refused_by_archive(desk, row.uid),
    )


def contents_of(desk: Desk, study_uid: str) -> Contents | None:
    """Return what an archive lists for a study; the fullest listing where there are several."""
    found = []
    for listing in desk.store.listed.of_study(study_uid):
        try:
            found.append(unpack_contents(listing.body))
        except ValueError:  # another version wrote it; the archive is asked again
            continue
    return max(found, key=lambda contents: contents.count, default=None)


def missing_by_series(desk: Desk, study_uid: str) -> dict[str, int]:
    """Return how many listed instances of each series are not here."""
    contents, missing = contents_of(desk, study_uid), desk.store.listed.missing(study_uid)
    if contents is None or not missing:
        return {}
    counts = {
        one.series.uid: sum(instance.uid in missing for instance in one.instances) for one in contents.series
    }
    return {uid: count for uid, count in counts.items() if count}


def refused_by_archive(desk: Desk, study_uid: str) -> tuple[Refusal, ...]:
    """Return the instances that can't be had from the archives, each with the reason; without UIDs."""
    if desk.service is None:
        return ()
    engine = desk.service.engine
    reasons: dict[str, str] = {}  # what several archives can't give lacks once
    for archive in engine.lines:
        reasons |= engine.given_up(archive, study_uid)
    return tuple(
        Refusal(f"image {number} of {len(reasons)} that didn't come", reason)
        for number, reason in enumerate(reasons.values(), 1)
    )


def _series(contents: Contents) -> tuple[SeriesRow, ...]:
    return tuple(
        SeriesRow(
            key="",
            label=one.series.description or f"Series {one.series.number or ''}".strip(),
            modality=one.series.modality,
            count=len(one.instances),
            note="in the archive",
            series_uid=one.series.uid,
        )
        for one in contents.series
    )
