from __future__ import annotations

import pytest

from workstation.archive.sign_in.person import Person, person_of


def test_roles_are_found_where_keycloak_entra_and_others_put_them() -> None:
    claims = {
        "sub": "1",
        "roles": ["a"],
        "realm_access": {"roles": ["b", "a"]},
        "resource_access": {"lumen": {"roles": ["c"]}, "other": {"roles": ["x"]}},
        "groups": ["d"],
    }

    assert person_of(claims, "lumen").roles == ("a", "b", "c", "d")


def test_a_person_without_a_name_goes_by_what_they_type() -> None:
    assert person_of({"sub": "1", "email": "r@home.example"}, "").name == "r@home.example"


@pytest.mark.parametrize("odd", [None, 7, "text", ["x"], {"roles": "x"}, {"roles": [1, None]}])
def test_claims_of_odd_kinds_are_passed_over(odd: object) -> None:
    name = 7 if isinstance(odd, str) else odd
    claims = {"sub": "1", "name": name, "realm_access": odd, "resource_access": odd}

    assert person_of(claims, "lumen") == Person("1")
