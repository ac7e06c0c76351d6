"""The archives that are set up on this machine: one table each in ``archives.toml``.

The site's file comes first and cannot be changed by a person, who may add others in a file of their own.
No secret stands in either: passwords and tokens lie in the keyring under the archive's identifier. An entry
that cannot be right is refused with its reason; the others hold.

::

    [harbor]
    name = "Harbor Radiology"
    sign_in = "oidc"
    issuer = "https://login.harbor.example"
    client_id = "lumen"
    [harbor.ways]                            # the first is preferred, the others take over
    fibre = "https://archive.harbor.example/dicom-web"
    hotspot = "https://vpn2.harbor.example/dicom-web"

Errors:  ``BadSetting`` objects are collected, not raised.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from workstation.config.layers import Kind, layered
from workstation.config.loading import BadSetting
from workstation.config.writing import write_whole

_ARCHIVES: Final = Kind("an archive", "The archives")
SPEECHES: Final = ("dicomweb", "dimse")
SIGN_INS: Final = ("none", "basic", "bearer", "oidc", "client")
ROLES: Final = ("own", "hospital", "exchange")
PRODUCTS: Final = ("", "orthanc", "dcm4chee", "google", "aws", "azure")
TLS: Final = ("1.3", "1.2")
ENCRYPTIONS: Final = ("tls", "none")

_IDENTIFIER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_TITLE: Final = re.compile(r"[ -\[\]-~]{1,16}")  # PS3.5 6.2, AE: no backslash, no control characters
_HIGHEST_PORT: Final = 65_535  # beyond, some systems count from 0 again
_WAY: Final = {
    "dicomweb": re.compile(r"https?://[^\s?#]+"),
    "dimse": re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}"),
}


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One archive as it is set up; every field but the first has the name that it has in the file."""

    identifier: str
    name: str = ""
    speech: str = "dicomweb"
    role: str = "own"  # the group's own archive, a hospital's, an exchange's
    ways: Mapping[str, str] = field(default_factory=dict)  # name → URL, or host:port; the first is preferred
    sign_in: str = "none"
    user: str = ""
    issuer: str = ""
    client_id: str = ""
    encryption: str = "tls"  # DIMSE alone: "none" where the site, or this machine itself, needs none
    minimum_tls: str = "1.3"
    authorities: str = ""
    pins: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    product: str = ""
    capabilities: Mapping[str, str] = field(default_factory=dict)
    called: str = "ANY-SCP"
    calling: str = "LUMEN"
    patient_issuer: str = ""
    is_site: bool = False  # it comes from the site's policy


_CHOICES: Final = {
    "speech": SPEECHES,
    "role": ROLES,
    "sign_in": SIGN_INS,
    "product": PRODUCTS,
    "minimum_tls": TLS,
    "encryption": ENCRYPTIONS,
}
_FIELDS: Final = {one.name: one for one in dataclasses.fields(ArchiveEntry)}
_WRITABLE: Final = tuple(name for name in _FIELDS if name not in ("identifier", "is_site"))


@dataclass(frozen=True, slots=True)
class Archives:
    """All that are set up, the site's first, and what was wrong in the files."""

    entries: tuple[ArchiveEntry, ...] = ()
    problems: tuple[BadSetting, ...] = ()

    def get(self, identifier: str) -> ArchiveEntry | None:
        """Return one of them."""
        return next((entry for entry in self.entries if entry.identifier == identifier), None)


def load_archives(policy: Path, person: Path) -> Archives:
    """Return the archives of both files; of two with one name the site's holds."""
    return Archives(
        *layered(
            policy, person, _ARCHIVES, lambda name, table, is_site: entry_of(name, table, is_site=is_site)
        )
    )


def save_archives(person: Path, entries: Iterable[ArchiveEntry]) -> None:
    """Write the person's own archives, whole or not at all."""
    text = "\n".join(_as_toml(entry) for entry in entries if not entry.is_site)
    write_whole(person, text)


def entry_of(identifier: str, table: Mapping[str, object], *, is_site: bool = False) -> ArchiveEntry:
    """Return an archive as a table describes it, or raise BadSetting with what would be right."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise BadSetting(
            f"{identifier!r} can't name an archive",
            remedy="Use small letters, digits and hyphens, 32 at most.",
        )
    values = {name: _checked(identifier, name, value) for name, value in table.items()}
    entry = ArchiveEntry(identifier, **values, is_site=is_site)
    _check_whole(entry)
    return entry if entry.name else dataclasses.replace(entry, name=identifier)


def _checked(identifier: str, name: str, value: object) -> Any:  # noqa: ANN401  of the field's own type
    if name not in _WRITABLE:
        raise BadSetting(f"An archive has no {name!r}, but {identifier} has one", remedy="It is not used.")
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        known = ", ".join(choice or '""' for choice in choices)
        raise BadSetting(f"{name} of {identifier} can't be {json.dumps(value)}", remedy=f"It takes {known}.")
    if name in ("ways", "capabilities"):
        if isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
            return dict(value)
        raise BadSetting(f"{name} of {identifier} is no table of texts")
    if name == "pins":
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise BadSetting(f"{name} of {identifier} is no list of texts")
    if not isinstance(value, str):
        raise BadSetting(f"{name} of {identifier} is no text")
    return value


def _check_whole(entry: ArchiveEntry) -> None:
    if not entry.ways:
        raise BadSetting(f"{entry.identifier} has no way to it", remedy="Give one under ways.")
    for name, way in entry.ways.items():
        if not _is_way(entry.speech, way):
            right = "a URL (https://…)" if entry.speech == "dicomweb" else "host:port"
            raise BadSetting(f"The way {name!r} of {entry.identifier} is not {right}")
    for title in (entry.called, entry.calling):
        if not _TITLE.fullmatch(title) or not title.strip():
            raise BadSetting(
                f"An AE title of {entry.identifier} isn't one", remedy="It has 1 to 16 characters."
            )
    if entry.minimum_tls == "1.2" and not entry.is_site:
        raise BadSetting(
            f"{entry.identifier} may not speak TLS 1.2", remedy="Only the site's policy may allow it."
        )
    if entry.encryption == "none" and not entry.is_site and not all(map(_is_here, entry.ways.values())):
        raise BadSetting(
            f"{entry.identifier} may not be spoken to unencrypted",
            remedy="Only the site's policy may allow it.",
        )
    if entry.sign_in in ("oidc", "client") and not (entry.issuer and entry.client_id):
        raise BadSetting(f"{entry.identifier} signs in at a service", remedy="Give issuer and client_id.")


def _is_way(speech: str, way: str) -> bool:
    if not _WAY[speech].fullmatch(way):
        return False
    return speech != "dimse" or 0 < int(way.rpartition(":")[2]) <= _HIGHEST_PORT


def _is_here(way: str) -> bool:
    """Say whether a way (host:port) leads to this machine."""
    host = way.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _as_toml(entry: ArchiveEntry) -> str:
    lines = [f"[{entry.identifier}]"]
    tables = []
    for name in _WRITABLE:
        value = getattr(entry, name)
        if isinstance(value, Mapping):
            if value:
                tables += [
                    f"[{entry.identifier}.{name}]",
                    *(f"{_text(n)} = {_text(v)}" for n, v in value.items()),
                ]
        elif isinstance(value, tuple):
            if value:
                lines.append(f"{name} = [{', '.join(map(_text, value))}]")
        elif value != _FIELDS[name].default:
            lines.append(f"{name} = {_text(value)}")
    return "\n".join((*lines, *tables, ""))


def _text(value: str) -> str:
    """Return a TOML text: JSON's, but for DEL, which TOML wants otherwise."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
