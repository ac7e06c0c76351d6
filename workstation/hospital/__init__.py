"""An invented hospital on this machine: the archive and the order desk that the demonstration signs in to.

It speaks DICOMweb on loopback, serves the phantoms of a night, and lets its line drop and return. Only
the demonstration and tests start it; ``workflow`` may import it.
"""

from workstation.hospital.errors import HospitalRefused
from workstation.hospital.hospital import Hospital
from workstation.hospital.schedule import Event, Moment, Schedule

__all__ = ["Event", "Hospital", "HospitalRefused", "Moment", "Schedule"]
