"""What readers measure, and in which unit it may be told. No mouse, no screen.

Data comes from whoever drew (``viewing``) and from records (``dicom``). Everyone above may import it.
"""

from workstation.measurement.errors import MeasurementError
from workstation.measurement.evaluate import evaluate_length
from workstation.measurement.length import Length, Point
from workstation.measurement.length_json import from_json, to_json
from workstation.measurement.quantity import Quantity, Unit

__all__ = [
    "Length",
    "MeasurementError",
    "Point",
    "Quantity",
    "Unit",
    "evaluate_length",
    "from_json",
    "to_json",
]
