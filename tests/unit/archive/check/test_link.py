"""The files of Linux, as kernels write them, under a root of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.archive.check import MeasuredLink, Medium
from workstation.archive.check.link import link_to

HEADING = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
WIRELESS_DEFAULT = "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
WIRED_DEFAULT = "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
HOUSE = "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"  # 192.168.1.0/24
VPN = "wg0\t0000000A\t00000000\t0001\t0\t0\t50\t000000FF\t0\t0\t0\n"  # 10.0.0.0/8
DOWN = "eth0\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
LOOPBACK = "lo\t0000007F\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"
SIX = (
    "20010db8000000000000000000000000 20 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001     wlan0\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "proc/net").mkdir(parents=True)
    for name in ("eth0", "wlan0"):
        (tmp_path / "sys/class/net" / name / "device").mkdir(parents=True)
    for name in ("wg0", "lo"):
        (tmp_path / "sys/class/net" / name).mkdir(parents=True)
    (tmp_path / "sys/class/net/wlan0/wireless").mkdir()
    (tmp_path / "sys/class/net/eth0/speed").write_text("1000\n")
    return tmp_path


def routes(root: Path, *rows: str, six: str = "") -> None:
    (root / "proc/net/route").write_text(HEADING + "".join(rows))
    (root / "proc/net/ipv6_route").write_text(six)


def test_a_cable_is_told_with_its_speed(root: Path) -> None:
    routes(root, WIRED_DEFAULT)

    assert link_to("203.0.113.7", root) == MeasuredLink(Medium.WIRED, "eth0", mbit=1_000)


def test_radio_is_told(root: Path) -> None:
    routes(root, WIRELESS_DEFAULT)

    assert link_to("203.0.113.7", root) == MeasuredLink(Medium.WIRELESS, "wlan0")


def test_of_two_ways_the_one_with_the_lower_metric_is_taken(root: Path) -> None:
    routes(root, WIRELESS_DEFAULT, WIRED_DEFAULT)

    assert link_to("203.0.113.7", root).interface == "eth0"


def test_a_narrower_route_is_taken_whatever_the_metric(root: Path) -> None:
    routes(root, WIRED_DEFAULT.replace("\t100\t", "\t0\t"), WIRELESS_DEFAULT, VPN)

    assert link_to("10.1.2.3", root).is_tunnelled


def test_beneath_a_vpn_it_is_the_house_that_is_told(root: Path) -> None:
    routes(root, WIRELESS_DEFAULT, VPN)

    assert link_to("10.1.2.3", root) == MeasuredLink(Medium.WIRELESS, "wlan0", is_tunnelled=True)
    assert link_to("203.0.113.7", root) == MeasuredLink(Medium.WIRELESS, "wlan0")


def test_a_route_that_is_down_is_none(root: Path) -> None:
    routes(root, DOWN, WIRELESS_DEFAULT)

    assert link_to("203.0.113.7", root).interface == "wlan0"


def test_the_new_protocol_has_routes_of_its_own(root: Path) -> None:
    routes(root, WIRED_DEFAULT, six=SIX)

    assert link_to("2001:db8::7", root).medium is Medium.WIRELESS
    assert link_to("2001:db9::7", root) == MeasuredLink()


def test_a_cable_that_tells_no_speed_has_none(root: Path) -> None:
    routes(root, HOUSE)
    for text in ("-1\n", "", "x"):
        (root / "sys/class/net/eth0/speed").write_text(text)
        assert link_to("192.168.1.9", root) == MeasuredLink(Medium.WIRED, "eth0")


def test_this_computer_itself_is_reached_by_no_cable(root: Path) -> None:
    """Its route stands in another table of the kernel, or here."""
    for rows in ((WIRED_DEFAULT,), (WIRED_DEFAULT, LOOPBACK)):
        routes(root, *rows)
        assert link_to("127.0.0.1", root) == MeasuredLink()


@pytest.mark.parametrize("address", ["", "archive.example", "203.0.113.7"])
def test_where_the_system_has_no_such_files_it_is_unknown(address: str, tmp_path: Path) -> None:
    assert link_to(address, tmp_path) == MeasuredLink()
