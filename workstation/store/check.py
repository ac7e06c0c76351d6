"""Verifying everything that the store holds: every byte of every image, every row, every entry.

Without ``repair`` nothing is changed. With it, what can be mended is: keys, rows and files are made again
from the other place that holds them, and an image that doesn't verify is set aside and listed no more, so
that it can be fetched or imported again. Of the work record and its journal the one that is not whole is
made again from the other. An audit trail that was altered is named and stays as it is.

Errors:  Cancelled when ``progress`` answers False; DiskFull, DiskFailed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workstation.errors import Cancelled
from workstation.store import catalogue
from workstation.store.disk import set_aside
from workstation.store.errors import BlobDamaged, BlobMissing, StoreDamaged
from workstation.store.instances import StoredInstance
from workstation.store.parts import Parts
from workstation.store.report import Progress, go_on
from workstation.store.survey import StudySurvey


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that isn't as it should be."""

    what: str
    where: str = ""
    is_mended: bool = False
    is_set_apart: bool = False  # mended in that the rest is sound: the image itself must come again


@dataclass(slots=True)
class CheckResult:
    """What was looked at, and what was found."""

    images: int = 0
    transactions: int = 0  # in the journal, since its snapshot
    audit_records: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Say whether all is well now."""
        return all(finding.is_mended for finding in self.findings)


def check(parts: Parts, *, repair: bool, progress: Progress) -> CheckResult:
    """Look at everything that an open store holds."""
    result = CheckResult()
    _check_work(parts, result, repair=repair)
    _check_audit(parts, result)
    with parts.eviction.lock:
        _check_index(parts, result, repair=repair)
    _check_images(parts, result, progress, repair=repair)
    return result


def _check_work(parts: Parts, result: CheckResult, *, repair: bool) -> None:
    halves = parts.work.compare()
    result.transactions = halves.transactions
    wrong = []
    if not halves.database_is_sound:
        wrong.append("The work record has a page that doesn't verify")
    if not halves.journal_is_whole:
        wrong.append("The journal has an entry that doesn't verify")
    wrong += [f"The work record and its journal differ ({table})" for table in halves.differing]
    is_mended = bool(wrong) and repair and parts.work.mend(halves)
    result.findings += [Finding(what, is_mended=is_mended) for what in wrong]


def _check_audit(parts: Parts, result: CheckResult) -> None:
    try:
        chain = parts.audit.verify()
    except StoreDamaged as error:
        result.findings.append(Finding(f"The audit trail can't be read: {error.what}"))
        return
    result.audit_records = chain.count
    if chain.bad:
        result.findings.append(Finding(f"The audit trail: {chain.bad}"))


def _check_index(parts: Parts, result: CheckResult, *, repair: bool) -> None:
    if not parts.index.is_sound():
        result.findings.append(
            Finding("The index has a page that doesn't verify; the next start rebuilds it")
        )
        parts.index.doubt()
        return
    found = [finding for study in parts.recovery.surveyor.studies() for finding in _of_study(study)]
    if found and repair:
        waiting = parts.recovery.compare()
        if parts.examine:
            parts.recovery.adopt(waiting, parts.examine, go_on)
        left = [finding for study in parts.recovery.surveyor.studies() for finding in _of_study(study)]
        found = [Finding(one.what, one.where, is_mended=one not in left) for one in found]
    result.findings += found


def _of_study(study: StudySurvey) -> Iterator[Finding]:
    folder = study.folder.name
    for place in study.orphans:
        yield Finding("An image is not in the index", f"{folder}/{place.name}")
    for place in study.missing:
        yield Finding("An image of the index is not on the disk", f"{folder}/{place.name}")
    for path in study.temporary:
        yield Finding("A file was never finished", f"{folder}/{path.name}")
    if not study.good_keys and (study.places or study.key_in_row):
        yield Finding("The key of a study is damaged", folder)
    elif study.places and not study.has_key_twice:
        yield Finding("One of the two copies of a study's key is missing or damaged", folder)


def _check_images(parts: Parts, result: CheckResult, progress: Progress, *, repair: bool) -> None:
    studies = parts.studies.list()
    total = sum(study.instances + study.variants for study in studies)
    for study in studies:
        for instance in parts.instances.all_of(study.uid):
            if not progress(result.images, total):
                raise Cancelled("The check was stopped", where=f"{result.images} of {total} images")
            result.images += 1
            finding = _check_image(parts, instance, repair=repair)
            if finding:
                result.findings.append(finding)


def _check_image(parts: Parts, instance: StoredInstance, *, repair: bool) -> Finding | None:
    from workstation.dicom.examine import digest  # with all of pydicom

    place = instance.blob.place
    where = f"{place.study_tag}/{place.name}"
    try:
        data, found = parts.blobs.read_unlisted(place, instance.blob.sealed_key)
    except BlobMissing:
        return None  # told already by its folder, or given away meanwhile
    except (BlobDamaged, StoreDamaged) as error:
        if parts.studies.get(instance.record.study.uid) is None:
            return None
        return _not_sound(parts, instance, error.what, where, repair=repair)
    if digest(data) != instance.sha256:
        what = "An image is not the one that was stored"
        return _not_sound(parts, instance, what, where, repair=repair)
    if found == instance.blob and not instance.is_damaged:
        return None
    what = "An image is another copy of what was stored, or was taken for damaged"
    return Finding(what, where, is_mended=repair and _accept(parts, instance, found.salt))


def _not_sound(parts: Parts, instance: StoredInstance, what: str, where: str, *, repair: bool) -> Finding:
    apart = repair and _put_away(parts, instance)
    return Finding(what, where, is_mended=apart, is_set_apart=apart)


def _put_away(parts: Parts, instance: StoredInstance) -> bool:
    place = instance.blob.place
    with parts.eviction.lock, parts.index.writing() as database:
        set_aside(parts.files, parts.folder, parts.names.path(place))
        catalogue.remove(database, catalogue.row_of(database, place))
    return True


def _accept(parts: Parts, instance: StoredInstance, salt: bytes) -> bool:
    with parts.eviction.lock, parts.index.writing() as database:
        catalogue.accept(database, instance.blob.place, salt)
    return True
