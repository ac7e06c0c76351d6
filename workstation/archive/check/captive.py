"""Telling a hotel's login page from a wrong password: the network may answer in the archive's place.

A captive portal shows itself to plain HTTP: it leads every request to its own page, on another host, or
says outright that one has to sign in to the network.

Source:  RFC 6585 section 6 (511), RFC 8952 section 1 (what portals do).
"""

from __future__ import annotations

import http.client
import ipaddress
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

HTTP_PORT: Final = 80
SECONDS: Final = 5.0


def is_captive(host: str, port: int = HTTP_PORT) -> bool:
    """Say whether something answers for a host that can only be the network; silence says nothing."""
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=SECONDS)) as connection:
            connection.request("GET", "/", headers={"Host": host})
            answer = connection.getresponse()
            answer.read(1)
            leads_to = urlsplit(answer.getheader("Location", "")).hostname
    except (OSError, http.client.HTTPException, ValueError):
        return False
    leads_away = 300 <= answer.status < 400 and leads_to is not None and not _is_kin(leads_to, host.lower())
    return answer.status == http.HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or leads_away


def _is_kin(name: str, other: str) -> bool:
    """Say whether two hosts end alike, as www.hospital.example and pacs.hospital.example do."""
    return name == other or (not _is_address(other) and name.split(".")[-2:] == other.split(".")[-2:])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
