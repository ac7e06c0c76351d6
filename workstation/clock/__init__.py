"""Time as the program sees it: UTC for records, monotonic for waiting, and a hand-set one for tests.

Everyone may import it. Records carry UTC; timers, leases and back-off use the monotonic reading,
which no one can set back.
"""

from workstation.clock.clocks import Clock, ManualClock, ScaledClock, SystemClock
from workstation.clock.jumps import JumpWatch

__all__ = ["Clock", "JumpWatch", "ManualClock", "ScaledClock", "SystemClock"]
