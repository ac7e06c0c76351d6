from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from dimse_peer import FIND, HASTY, HOST, PLAIN, VERIFICATION, DimsePeer, hanging, once, raw_peer

from workstation.archive import Interrupted
from workstation.archive.dimse.association import Context, Route
from workstation.archive.dimse.find import found
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.pool import MOST_RESTING, Pool

FINDING = Context(FIND, PLAIN)
ECHO = Context(VERIFICATION, PLAIN)


def wait_for(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not what() and time.monotonic() < deadline:
        time.sleep(0.01)
    return what()


def test_a_burst_of_requests_opens_one_association() -> None:
    with DimsePeer() as peer:
        pool = Pool(peer.route)
        for _ in range(5):
            with pool.lend(FINDING):
                pass
        pool.close()

        assert len(peer.associations) == 1


def test_two_at_the_same_time_have_one_each() -> None:
    with DimsePeer() as peer:
        pool = Pool(peer.route)
        with pool.lend(FINDING) as one, pool.lend(FINDING) as other:
            assert one is not other
        pool.close()

        assert len(peer.associations) == 2


def test_other_contexts_are_another_association_and_few_of_them_rest() -> None:
    """An archive may have four places for everyone: those that rest are in others' way."""
    with DimsePeer() as peer:
        pool = Pool(peer.route)
        for syntax in PLAIN:
            for sop_class in (VERIFICATION, FIND):
                with pool.lend(Context(sop_class, (syntax,))):
                    pass

        assert len(peer.associations) == 4
        assert wait_for(lambda: sum(one.is_established for one in peer.associations) == MOST_RESTING)
        pool.close()


def test_one_that_the_archive_has_ended_is_not_lent_again() -> None:
    with DimsePeer() as peer:
        pool = Pool(peer.route)
        with pool.lend(FINDING) as association:
            pass
        peer.abort()
        assert wait_for(lambda: not association.is_alive)
        with pool.lend(FINDING) as another:
            assert another is not association
        pool.close()


def test_one_that_an_error_has_passed_is_not_lent_again() -> None:
    with DimsePeer() as peer:
        pool = Pool(peer.route)
        with pytest.raises(ZeroDivisionError), pool.lend(FINDING) as association:
            raise ZeroDivisionError
        with pool.lend(FINDING) as another:
            assert another is not association
        pool.close()


def test_one_that_nobody_asks_for_is_released() -> None:
    with DimsePeer() as peer:
        pool = Pool(peer.route, rest=0.05)
        with pool.lend(FINDING):
            pass

        assert wait_for(lambda: bool(peer.associations) and peer.associations[0].is_released)
        pool.close()


def test_closing_it_interrupts_whoever_waits() -> None:
    asked, done = threading.Event(), threading.Event()
    with DimsePeer(find=hanging(asked, done)) as peer:
        pool = Pool(peer.route)
        closer = once(asked, pool.close)
        with pytest.raises(Interrupted), pool.lend(FINDING) as association:
            list(found(association, FIND, keys(QueryRetrieveLevel="STUDY"), "The search"))
        done.set()
        closer.join()

        with pytest.raises(Interrupted, match="closed"), pool.lend(FINDING):
            pass


def test_closing_it_interrupts_one_that_is_being_opened() -> None:
    reached, done = threading.Event(), threading.Event()

    def serve(_connection: object) -> None:
        reached.set()
        done.wait(20)

    with raw_peer(serve) as port:
        pool = Pool(Route("the archive", HOST, port, "PEER", "LUMEN", patience=HASTY))
        closer = once(reached, pool.close)
        with pytest.raises(Interrupted), pool.lend(FINDING):
            pass
        done.set()
        closer.join()
