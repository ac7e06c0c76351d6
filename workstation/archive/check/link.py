"""Wired or wireless: by which interface this computer reaches an address, and what kind that is.

Where a VPN leads there, its interface says nothing about the house: then it is the interface of the default
route that is looked at. Linux tells all this in files; elsewhere the answer is unknown unless ``app``, which
can ask the system through Qt, hands it in.

Source:  Linux: proc_net (route), Documentation/ABI/testing/sysfs-class-net.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from workstation.archive.check.measured import MeasuredLink, Medium

_UP: Final = 1  # RTF_UP


class _Route(NamedTuple):
    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    interface: str
    metric: int


def link_to(address: str, root: Path = Path("/")) -> MeasuredLink:
    """Return the first hop on the way to an address."""
    try:
        target = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return MeasuredLink()
    routes = list(_routes(root))
    name = _best([route for route in routes if target in route.network])
    if not name or target.is_loopback:
        return MeasuredLink()
    if _is_physical(root, name):
        return _described(root, name, is_tunnelled=False)
    beneath = _best(
        [one for one in routes if not one.network.prefixlen and _is_physical(root, one.interface)]
    )
    if not beneath:
        return MeasuredLink(Medium.UNKNOWN, name)
    return _described(root, beneath, is_tunnelled=True)


def _routes(root: Path) -> Iterator[_Route]:
    for row in _rows(root / "proc/net/route"):
        with contextlib.suppress(ValueError, IndexError):  # the heading
            if int(row[3], 16) & _UP:
                base, mask = (socket.inet_ntoa(bytes.fromhex(row[at])[::-1]) for at in (1, 7))
                yield _Route(ipaddress.ip_network(f"{base}/{mask}"), row[0], int(row[6]))
    for row in _rows(root / "proc/net/ipv6_route"):
        with contextlib.suppress(ValueError, IndexError):
            if int(row[8], 16) & _UP:
                base = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(row[0]))
                yield _Route(ipaddress.ip_network(f"{base}/{int(row[1], 16)}"), row[9], int(row[5], 16))


def _rows(file: Path) -> list[list[str]]:
    try:
        return [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except OSError:
        return []


def _best(routes: list[_Route]) -> str:
    """Return the interface of the narrowest route, of several the one with the lowest metric."""
    best = min(routes, key=lambda route: (-route.network.prefixlen, route.metric), default=None)
    return best.interface if best else ""


def _is_physical(root: Path, name: str) -> bool:
    return (root / "sys/class/net" / name / "device").exists()


def _described(root: Path, name: str, *, is_tunnelled: bool) -> MeasuredLink:
    folder = root / "sys/class/net" / name
    is_wireless = (folder / "wireless").exists() or (folder / "phy80211").exists()
    medium = Medium.WIRELESS if is_wireless else Medium.WIRED
    return MeasuredLink(medium, name, is_tunnelled, None if is_wireless else _speed(folder))


def _speed(folder: Path) -> int | None:
    try:
        speed = int((folder / "speed").read_text(encoding="ascii"))
    except (OSError, ValueError):  # it answers an error where there is no cable
        return None
    return speed if speed > 0 else None
