"""The engine that keeps the store in step with the archives, and the outbox that loses nothing.

It fills the store (what is urgent first, the middle slices first) and empties the outbox (each object once,
proven by reading it back); the network is its business alone. ``workflow`` may import it.
"""

from workstation.sync.landing import Landed, Landing, Source

__all__ = ["Landed", "Landing", "Source"]
