"""What one archive can do and how it wants to be asked: traits, ready profiles, overrides.

The defaults are what can't go wrong: an archive that is asked for less than it offers only takes longer.

Units:   bytes; counts.
Errors:  ArchiveError for an override that names no trait or no value of it.
Source:  Orthanc 1.10.1 with DICOMweb 1.7 (measured), the conformance statements of the others.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, get_args

from workstation.archive.errors import ArchiveError

IncludeFields = Literal["each", "all", "none"]

_YES: Final = frozenset({"yes", "true", "on", "1"})
_NO: Final = frozenset({"no", "false", "off", "0"})


def _says(says: str, otherwise: str = "") -> dict[str, str]:
    """Return what a person reads of a trait: of one that holds or has a value, and of one that doesn't."""
    return {"says": says, "otherwise": otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The traits; each can be overridden by its name."""

    percent_decodes: bool = field(
        default=False,
        metadata=_says(
            "Searches for names with any sign in them are understood.",
            "Unusual signs in a search are asked for by a wildcard, and filtered here.",
        ),
    )
    wildcards: bool = field(
        default=True,
        metadata=_says("Names can be searched by their beginning.", "The archive knows no wildcards."),
    )
    fuzzy_names: bool = field(
        default=False,
        metadata=_says(
            "The beginning of a name finds it by the archive's own fuzzy matching.",
            "Fuzzy matching of names is not used.",
        ),
    )
    modality_lists: bool = field(
        default=False,
        metadata=_says(
            "Several modalities can be asked for at once.", "Each modality is asked for by itself."
        ),
    )
    include_fields: IncludeFields = field(
        default="each", metadata=_says("Further attributes of a search are asked for: {}.")
    )
    page_size: int = field(default=200, metadata=_says("A search asks for {} rows at a time."))
    study_metadata: bool = field(
        default=True,
        metadata=_says(
            "What a study consists of is told at once.", "What a study consists of is asked series by series."
        ),
    )
    study_retrieve: bool = field(
        default=True,
        metadata=_says("A study can be fetched whole.", "A study is fetched series by series."),
    )
    series_retrieve: bool = field(
        default=True,
        metadata=_says("A series can be fetched whole.", "A series is fetched instance by instance."),
    )
    any_syntax: bool = field(
        default=True,
        metadata=_says(
            "Images come as they are stored.",
            "Images may come recoded: the archive can't be asked for them as they are stored.",
        ),
    )
    single_part: bool = field(
        default=False,
        metadata=_says("An instance comes as one file.", "An instance comes in an envelope of parts."),
    )
    ranges: bool = field(
        default=False,
        metadata=_says(
            "An instance that was cut is continued at its byte.",
            "An instance that was cut is continued at its frame, or comes anew.",
        ),
    )
    rendered: bool = field(
        default=False,
        metadata=_says("The archive renders small pictures.", "The archive renders no pictures."),
    )
    thumbnails: bool = field(
        default=False,
        metadata=_says("The archive keeps thumbnails.", "The archive keeps no thumbnails."),
    )
    store_syntax: bool = field(
        default=False,
        metadata=_says(
            "What is sent tells its transfer syntax beside it.",
            "What is sent tells its transfer syntax inside alone.",
        ),
    )
    store_bytes: int = field(default=64 << 20, metadata=_says("At most {} bytes are sent at once."))
    store_count: int = field(default=16, metadata=_says("At most {} objects are sent at once."))
    workitems: bool = field(
        default=False,
        metadata=_says("The archive shares reading tasks.", "This archive cannot share claims."),
    )
    requester_in_path: bool = field(
        default=False,
        metadata=_says(
            "Who claims a task is named in the request's path.",
            "Who claims a task is not named in the request's path.",
        ),
    )
    named_workitem: bool = field(
        default=False,
        metadata=_says(
            "A new task's UID is sent under a name.",
            "A new task's UID is sent as it is.",
        ),
    )


PROFILES: Final[Mapping[str, Capabilities]] = {
    "orthanc": Capabilities(modality_lists=True, rendered=True, page_size=500, store_count=8),
    "dcm4chee": Capabilities(
        percent_decodes=True,
        rendered=True,
        thumbnails=True,
        page_size=1000,
        workitems=True,
        requester_in_path=True,
        named_workitem=True,
    ),
    "google": Capabilities(percent_decodes=True, rendered=True, page_size=1000),
    "aws": Capabilities(
        percent_decodes=True,
        wildcards=False,
        fuzzy_names=True,
        page_size=1000,
        study_metadata=False,
        study_retrieve=False,
        series_retrieve=False,
        single_part=True,
    ),
    "azure": Capabilities(
        percent_decodes=True,
        wildcards=False,
        fuzzy_names=True,
        include_fields="all",
        rendered=True,
        workitems=True,
    ),
}
"""Ready profiles, by the product's name."""


def capabilities_of(product: str, overrides: Mapping[str, str]) -> Capabilities | None:
    """Return a product's traits with a site's own; None if no product is named: they are to be probed."""
    if not product:
        return None
    if product not in PROFILES:
        raise _unknown("No archive product is known", product, PROFILES)
    return overridden(PROFILES[product], overrides)


def overridden(traits: Capabilities, overrides: Mapping[str, str]) -> Capabilities:
    """Return traits with single ones changed."""
    known = {one.name: one for one in fields(traits)}
    changed: dict[str, Any] = {}
    for name, text in overrides.items():
        if name not in known:
            raise _unknown("An archive has no trait", name, known)
        changed[name] = _parsed(name, getattr(traits, name), text.strip().lower())
    return replace(traits, **changed)


def described(traits: Capabilities) -> tuple[str, ...]:
    """Return a sentence for each trait."""
    return tuple(_sentence(getattr(traits, one.name), one.metadata) for one in fields(traits))


def _sentence(value: object, texts: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return texts["says" if value else "otherwise"]
    return texts["says"].format(value)


def _parsed(name: str, now: object, text: str) -> object:
    if isinstance(now, bool):
        if text in _YES | _NO:
            return text in _YES
        raise _bad_value(name, text, "Say yes or no.")
    if isinstance(now, int):
        if text.isascii() and text.isdigit() and int(text) > 0:
            return int(text)
        raise _bad_value(name, text, "Give a whole number above 0.")
    if text in get_args(IncludeFields):
        return text
    raise _bad_value(name, text, f"Say one of {', '.join(get_args(IncludeFields))}.")


def _unknown(what: str, name: str, known: Mapping[str, object]) -> ArchiveError:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"Was {near[0]} meant?" if near else f"There are {', '.join(sorted(known))}."
    return ArchiveError(f"{what} of the name {name!r}", where="the archive's settings", remedy=remedy)


def _bad_value(name: str, text: str, remedy: str) -> ArchiveError:
    return ArchiveError(f"{name} can't be {text!r}", where="the archive's settings", remedy=remedy)
