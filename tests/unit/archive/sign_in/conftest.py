"""A scripted sign-in service, and a desk from which it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_provider import ScriptedProvider
from sign_in_desk import Desk
from tls_certificates import Authority


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    authority = Authority(tmp_path)
    with ScriptedProvider(authority.issue("127.0.0.1")) as provider:
        yield Desk(provider, str(authority.file))
