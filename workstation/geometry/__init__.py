"""Where pixels lie in the patient: planes, letters, and whether slices make a grid. numpy only.

Data comes as plain numbers from headers (``dicom``) or made-up studies (``phantoms``). Everyone
above may import it.
"""

from workstation.geometry.errors import GeometryError
from workstation.geometry.orientation import (
    EdgeLetters,
    Plane,
    display_axes,
    edge_letters,
    edge_letters_of_codes,
    normal,
    orientation_letters,
    plane_name,
)
from workstation.geometry.plane import aspect, slice_affine, to_patient, to_pixel
from workstation.geometry.screen import between_pixels
from workstation.geometry.stack import Irregularity, StackGeometry, examine_stack

__all__ = [
    "EdgeLetters",
    "GeometryError",
    "Irregularity",
    "Plane",
    "StackGeometry",
    "aspect",
    "between_pixels",
    "display_axes",
    "edge_letters",
    "edge_letters_of_codes",
    "examine_stack",
    "normal",
    "orientation_letters",
    "plane_name",
    "slice_affine",
    "to_patient",
    "to_pixel",
]
