from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive.check import (
    Figures,
    Finding,
    Grade,
    Measured,
    MeasuredLatency,
    MeasuredLine,
    MeasuredLink,
    MeasuredName,
    MeasuredRate,
    MeasuredTls,
    Medium,
    Step,
    Trouble,
    ct_seconds,
    findings,
    grade_of,
)
from workstation.security import CertificateFacts

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OWN = CertificateFacts(
    "CN=archive", "CN=authority", ("archive.example",), NOW, NOW + timedelta(days=90, hours=1), "pin"
)
FAST = MeasuredRate(64_000_000, 1.0)  # 512 Mbit/s
GOOD = Measured(
    "fibre",
    NOW,
    MeasuredLink(Medium.WIRED, "eth0", mbit=1_000),
    MeasuredName("archive.example", ("192.0.2.7",), 0.002),
    MeasuredLine("192.0.2.7", 0.011),
    MeasuredTls("TLSv1.3", "TLS_AES_256_GCM_SHA384", 0.02, (OWN,), is_trusted=True),
    skew=0.4,
    is_signed_in=True,
    latency=MeasuredLatency((0.022,) * 30),
    download=FAST,
    upload=FAST,
)
RADIO = MeasuredLink(Medium.WIRELESS, "wlan0")


def of(measured: Measured, topic: str) -> Finding:
    """Return the one finding of a topic."""
    (found,) = [one for one in findings(measured) if one.topic == topic]
    return found


def test_where_all_is_well_every_topic_says_so() -> None:
    found = findings(GOOD)

    assert grade_of(found) is Grade.GOOD
    assert [one.topic for one in found] == [
        "link", "name", "line", "tls", "certificate", "clock", "sign-in", "latency", "download", "upload",
    ]  # fmt: skip
    assert all(one.remedy == "" for one in found)


rates = st.builds(MeasuredRate, st.integers(0, 10**9), st.floats(0.001, 100))
measurements = st.builds(
    replace,
    st.just(GOOD),
    link=st.builds(
        MeasuredLink, st.sampled_from(Medium), st.just(""), st.booleans(), st.none() | st.integers(10, 10_000)
    ),
    skew=st.none() | st.floats(-1e6, 1e6),
    latency=st.none()
    | st.builds(MeasuredLatency, st.lists(st.floats(0, 10), max_size=30).map(tuple), st.integers(0, 30)),
    download=st.none() | rates,
    upload=st.none() | rates,
    is_captive=st.booleans(),
    is_signed_in=st.booleans(),
    troubles=st.lists(st.sampled_from(Step).map(lambda step: Trouble(step, "BadAnswer", "It failed"))).map(
        tuple
    ),
)


@given(measurements)
def test_whatever_is_not_good_says_what_to_do(measured: Measured) -> None:
    for one in findings(measured):
        assert one.what
        assert (one.remedy == "") == (one.grade is Grade.GOOD)
        assert not one.what.endswith(".")
        assert one.remedy == "" or one.remedy.endswith((".", "home."))


@given(measurements)
def test_the_whole_is_as_bad_as_its_worst_part(measured: Measured) -> None:
    found = findings(measured)
    order = [Grade.GOOD, Grade.NOTE, Grade.BAD]

    assert order.index(grade_of(found)) == max(order.index(one.grade) for one in found)


def test_behind_a_login_page_only_that_is_told() -> None:
    measured = replace(
        GOOD,
        is_captive=True,
        is_signed_in=False,
        troubles=(Trouble(Step.TLS, "NotTrusted", "The certificate that was shown is another server's"),),
    )

    (found,) = findings(measured)
    assert found.grade is Grade.BAD
    assert "sign in to the network" in found.remedy
    assert "password" not in found.what


@pytest.mark.parametrize(
    ("link", "remedy"),
    [
        (RADIO, "Plug in the cable"),
        (replace(RADIO, is_tunnelled=True), "Plug in the cable"),
        (MeasuredLink(Medium.WIRED, "eth0", mbit=100), "100 Mbit/s only: try another cable"),
        (MeasuredLink(Medium.WIRED, "eth0", is_tunnelled=True, mbit=1_000), "the VPN may be"),
        (MeasuredLink(Medium.WIRED, "eth0", mbit=1_000), "ask the provider"),
        (MeasuredLink(), "ask the provider"),
    ],
    ids=str,
)
def test_a_slow_line_is_told_with_what_is_most_likely_to_help(link: MeasuredLink, remedy: str) -> None:
    """By hand: 5 MB in a second are 40 Mbit/s."""
    measured = replace(GOOD, link=link, download=MeasuredRate(5_000_000, 1.0))
    found = of(measured, "download")

    assert found.grade is Grade.BAD
    assert found.what == "40 Mbit/s come down"
    assert (found.wanted, found.limit) == ("at least 200 Mbit/s", 200)
    assert found.value == pytest.approx(40)
    assert remedy in found.remedy


def test_the_figures_are_the_sites() -> None:
    slow = replace(GOOD, upload=MeasuredRate(1_000_000, 1.0))  # 8 Mbit/s

    assert of(slow, "upload").grade is Grade.BAD
    asked = findings(slow, Figures(upload_mbit=8.0))
    assert grade_of(asked) is Grade.GOOD


def test_a_request_that_is_slow_now_and_then_is_too_slow_for_scrolling() -> None:
    """Two of 30 slow ones are more than 5 of 100."""
    one = replace(GOOD, latency=MeasuredLatency((0.02,) * 29 + (0.9,)))
    two = replace(GOOD, latency=MeasuredLatency((0.02,) * 28 + (0.9, 0.9)))

    assert of(one, "latency").grade is not Grade.BAD
    found = of(two, "latency")
    assert found.grade is Grade.BAD
    assert found.what == "A request takes 20 ms, 95 of 100 at most 900 ms"
    assert "here already scroll as always" in found.remedy


def test_an_uneven_line_is_noted() -> None:
    measured = replace(GOOD, link=RADIO, latency=MeasuredLatency((0.02, 0.15) * 15))
    grades = [one.grade for one in findings(measured) if one.topic == "latency"]

    assert grades == [Grade.GOOD, Grade.NOTE]


def test_lost_requests_are_bad() -> None:
    measured = replace(GOOD, latency=MeasuredLatency((0.02,) * 29, lost=1))

    assert next(one for one in findings(measured) if one.topic == "latency").what == (
        "1 of 30 small requests failed"
    )
    assert grade_of(findings(measured)) is Grade.BAD


@pytest.mark.parametrize(
    ("skew", "what"), [(90.0, "90 s behind the archive's"), (-7_200.0, "7200 s ahead of the archive's")]
)
def test_a_clock_that_is_off_is_told_which_way(skew: float, what: str) -> None:
    found = of(replace(GOOD, skew=skew), "clock")

    assert found.grade is Grade.NOTE
    assert what in found.what


@pytest.mark.parametrize(("days", "text"), [(29.5, "29 days"), (1.5, "one day"), (0.5, "0 days")])
def test_a_certificate_that_ends_soon_is_told_in_days(days: float, text: str) -> None:
    ending = replace(OWN, valid_until=NOW + timedelta(days=days))
    assert GOOD.tls is not None
    found = of(replace(GOOD, tls=replace(GOOD.tls, chain=(OWN, ending))), "certificate")

    assert found.grade is Grade.NOTE
    assert text in found.what


def test_the_older_tls_is_noted_even_where_it_is_allowed() -> None:
    assert GOOD.tls is not None
    found = of(replace(GOOD, tls=replace(GOOD.tls, version="TLSv1.2")), "tls")

    assert found.grade is Grade.NOTE
    assert "TLS 1.2" in found.what


def test_a_server_that_is_not_trusted_has_no_good_certificate() -> None:
    assert GOOD.tls is not None
    refused = replace(
        GOOD,
        tls=replace(GOOD.tls, is_trusted=False),
        is_signed_in=False,
        troubles=(
            Trouble(
                Step.TLS, "NotTrusted", "The server's certificate has expired", "archive", "Tell your IT."
            ),
        ),
    )

    assert of(refused, "tls") == Finding(
        Grade.BAD, "tls", "The server's certificate has expired (archive)", "Tell your IT."
    )
    assert "certificate" not in {one.topic for one in findings(refused)}


def test_what_a_proxy_gets_around_is_only_noted() -> None:
    trouble = Trouble(Step.LINE, "Unreachable", "The archive does not answer")

    assert of(replace(GOOD, line=None, troubles=(trouble,)), "line").grade is Grade.NOTE
    closed = replace(GOOD, line=None, troubles=(trouble,), is_signed_in=False)
    assert of(closed, "line").grade is Grade.BAD


def test_a_ct_of_500_slices_takes_ten_seconds_at_200_mbit() -> None:
    """By hand: 500 × 512 × 1024 bytes × 8 = 2097.152 Mbit, by 200 are 10.48576 s."""
    rate = MeasuredRate(25_000_000, 1.0)

    assert ct_seconds(rate) == pytest.approx(10.48576)
    assert ct_seconds(MeasuredRate(0, 1.0)) is None
