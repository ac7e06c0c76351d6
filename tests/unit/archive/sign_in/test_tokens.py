from __future__ import annotations

from collections.abc import Callable

from workstation.archive.sign_in.grants import Granted
from workstation.archive.sign_in.tokens import AccessTokens
from workstation.clock import ManualClock


class Interrupting(ManualClock):
    """A clock at whose reading something else gets a turn, once."""

    meanwhile: Callable[[], None] | None = None

    def monotonic(self) -> float:
        """Let the other have its turn, and read."""
        turn, self.meanwhile = self.meanwhile, None
        if turn is not None:
            turn()
        return super().monotonic()


def test_what_another_thread_renewed_between_look_and_lock_is_taken() -> None:
    clock = Interrupting()
    renewals = []

    def renew() -> Granted:
        renewals.append(clock.monotonic())
        return Granted(f"token-{len(renewals)}", 3_600.0, clock.monotonic())

    tokens = AccessTokens(renew, clock)
    tokens.current()
    clock.wait(3_600)
    clock.meanwhile = lambda: tokens.put(Granted("token of the other", 3_600.0, 3_600.0))

    assert tokens.current() == "token of the other"
    assert len(renewals) == 1


def test_a_lifetime_counts_from_before_it_was_asked_for() -> None:
    clock = ManualClock()

    def slow() -> Granted:
        asked_at = clock.monotonic()
        clock.wait(50)
        return Granted(f"token at {asked_at:.0f}", 200.0, asked_at)

    tokens = AccessTokens(slow, clock)
    assert tokens.current() == "token at 0"
    clock.wait(89)
    assert tokens.current() == "token at 0"
    clock.wait(1)
    assert tokens.current() == "token at 140"
