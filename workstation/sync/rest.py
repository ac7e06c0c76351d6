"""What lacks of a series, and whether one stream brings it sooner than as many requests.

A stream always brings the whole series, what is here already included. Requests wait for their answers, but
several beside each other share the line: their waiting costs time only where it leaves the line idle. So a
slow line is spared what would come twice, and a quick one the waiting.

Units:   seconds, bytes, bytes a second.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rest:
    """What lacks, and what a stream would bring besides."""

    archive: str
    count: int  # instances that lack
    size: int  # of them
    again: int  # instances that would come in vain
    in_vain: int  # of those

    def comes_sooner_as_stream(self, latency: float, rate: float, streams: int) -> bool:
        """Say whether a stream is through before so many streams that ask one by one."""
        at_least = self.size / rate
        alone = latency + at_least / self.count
        return at_least + self.in_vain / rate < max(at_least, self.count * alone / streams)
