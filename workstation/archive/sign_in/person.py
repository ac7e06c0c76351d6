"""Who signed in, as the sign-in service tells it.

Roles are said in as many ways as there are services; the usual ones are looked into, and what they mean
here is for ``workflow`` to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """The person, or the program, that an archive knows us as."""

    subject: str  # the service's own lasting name for them
    name: str = ""  # for people
    user: str = ""  # what they type to sign in
    roles: tuple[str, ...] = ()


def person_of(claims: Mapping[str, object], client_id: str) -> Person:
    """Return the person that claims are about."""
    user = _text(claims, "preferred_username") or _text(claims, "email")
    return Person(
        subject=_text(claims, "sub"),
        name=_text(claims, "name") or user,
        user=user,
        roles=tuple(dict.fromkeys(_roles(claims, client_id))),
    )


def _roles(claims: Mapping[str, object], client_id: str) -> Iterator[str]:
    of_client = _inner(_inner(claims, "resource_access"), client_id)  # Keycloak's two
    for place in (claims, _inner(claims, "realm_access"), of_client):
        yield from _texts(place, "roles")
    yield from _texts(claims, "groups")


def _inner(value: Mapping[str, object], name: str) -> Mapping[str, object]:
    inner = value.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    return text if isinstance(text, str) else ""


def _texts(value: Mapping[str, object], name: str) -> Iterator[str]:
    found = value.get(name)
    yield from (one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
