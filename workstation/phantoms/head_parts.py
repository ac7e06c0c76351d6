"""The parts of the head as solids: where they lie and how large they are.

Units:   LPS millimetres, as in ``head``. Radii are half axes.
Source:  proportions of an adult as in any atlas of sectional anatomy; no patient's data.
"""

# ruff: noqa: E501 — a table reads best with one part on a line

from __future__ import annotations

from typing import Final

from workstation.phantoms.canvas import Solid, both, capsule, ellipsoid, tube

# fmt: off
VENTRICLES: Final = (
    *both(*tube([(5.5, -37, 3), (7, -28, 9), (7.5, -10, 16), (9, 8, 19), (15, 24, 16), (25, 37, 8), (25, 54, 3), (22, 66, 1)], [3.0, 5.2, 4.6, 4.6, 5.4, 7.2, 4.4, 1.5])),
    *both(*tube([(25, 37, 8), (31, 26, -6), (32, 8, -18), (28, -8, -20)], [6, 3.6, 2.2, 1.8])),
    ellipsoid((0, 4, 0), (2.1, 14, 10)), ellipsoid((0, -16, 10), (2.4, 17, 5)), ellipsoid((0, 31, -44), (7, 4.5, 9)), *tube([(0, 20, -8), (0, 26, -36)], 1.2),
)
CISTERNS: Final = (
    ellipsoid((0, -16, -17), (17, 13, 8)), ellipsoid((0, 36, -6), (15, 7, 8)), *both(*tube([(8, 4, -17), (22, 22, -12), (14, 34, -8)], 2.2)),
    ellipsoid((0, -8, -40), (14, 5, 22)), ellipsoid((0, 66, -72), (14, 14, 7)), *both(ellipsoid((24, 14, -42), (10, 6, 8))),
)
CAUDATES: Final = both(ellipsoid((14.5, -24, 6), (5.5, 11, 8)), *tube([(15, -16, 13), (18, 0, 21), (22, 16, 20)], [4, 3, 2]))
LENTIFORMS: Final = both(ellipsoid((26, -6, 2), (5.5, 18, 12), turn=12), ellipsoid((19, -2, 0), (4.5, 10, 7), turn=18))
THALAMI: Final = both(ellipsoid((11.5, 15, 5), (9, 15, 10), turn=-18))
BRAINSTEM: Final = (
    *both(capsule((8, 4, -10), (8, 6, -24), 9)), ellipsoid((0, 18, -14), (15, 10, 12)), ellipsoid((0, 8, -36), (19, 14, 16)),
    *tube([(0, 16, -48), (0, 26, -70), (0, 34, -130)], [11, 8.5, 6.5]), *both(capsule((12, 14, -38), (26, 34, -44), 8)),
)
CEREBELLUM: Final = (*both(ellipsoid((26, 50, -42), (32, 34, 31), turn=10)), ellipsoid((0, 52, -38), (14, 31, 30)))
CEREBELLAR_WHITE: Final = both(ellipsoid((22, 44, -44), (16, 17, 11), turn=10))
CIRCLE: Final = (
    *both(*tube([(12, -22, -60), (13, -18, -34), (9, -20, -22), (12, -18, -16), (28, -16, -10), (38, -14, -6)], [2.6, 2.6, 2.3, 2, 1.6, 1.3])),
    *tube([(0, -8, -50), (0, -7, -24)], 1.8), *both(*tube([(0, -7, -24), (12, 4, -20), (20, 20, -14)], 1.2)), *tube([(0, -24, -16), (0, -42, -2), (0, -40, 20)], 1.2),
)
SINUSES: Final = (*tube([(0, -60, 62), (0, -20, 83), (0, 30, 82), (0, 76, 44), (0, 90, 4)], [1.5, 2.5, 3, 3.4, 4]), *both(*tube([(0, 90, 0), (34, 78, -14), (54, 46, -26), (50, 30, -52)], [4, 4, 4, 4.5])))
CALCIUM: Final = (ellipsoid((0.5, 35, 5), (2.6, 2.2, 2.4)), *both(ellipsoid((25, 39, 9), (2.4, 3.2, 2.2))))
FACE: Final = (ellipsoid((0, -18, -72), (68, 82, 92)), capsule((0, -96, -44), (0, -108, -66), 5, 10), capsule((0, 26, -75), (0, 34, -190), 60))
EARS: Final = both(ellipsoid((82, 22, -36), (4, 15, 26), turn=25))
EYES: Final = both(ellipsoid((31, -71, -34), (12.2, 12.2, 12)))
LENSES: Final = both(ellipsoid((31, -80, -34), (4.5, 2.2, 4.5)))
ORBITS: Final = both(Solid(capsule((31, -70, -34), (17, -36, -29), 18, 6).distance, (24, -56, -33), (26, 38, 22)))
NERVES: Final = both(*tube([(29, -59, -34), (18, -42, -28), (8, -26, -20)], [2.4, 2.2, 2]))
EYE_MUSCLES: Final = both(*tube([(42, -67, -34), (36, -56, -33), (18, -38, -30)], [1.6, 2.4, 1.4]), *tube([(19, -67, -34), (18, -56, -32), (15, -40, -29)], [1.6, 2.4, 1.4]), *tube([(30, -66, -47), (26, -52, -38)], [1.6, 2.2]), *tube([(30, -66, -22), (26, -52, -24)], [1.6, 2.2]))
AIR_CELLS: Final = (ellipsoid((0, -60, -36), (11, 22, 12)), ellipsoid((0, -24, -40), (14, 13, 10)), ellipsoid((0, -88, -16), (19, 5, 12)))
ANTRA: Final = both(ellipsoid((30, -60, -66), (14, 17, 18)))
NASAL: Final = both(*tube([(5, -88, -62), (6, -40, -66), (4, -18, -72)], [3.5, 5, 7]), *tube([(4, -80, -76), (6, -40, -80)], [3, 4]))
PHARYNX: Final = tube([(0, -20, -80), (0, -8, -110)], [9, 9])
PETROUS: Final = both(capsule((17, 4, -48), (52, 26, -46), 9, 13))
MASTOIDS: Final = both(ellipsoid((56, 32, -56), (11, 15, 18)))
SKULL_BASE: Final = (
    *both(capsule((12, -26, -24), (58, -32, -14), 3.5)), *both(capsule((20, -50, -20), (40, -55, -19), 2.2)), ellipsoid((0, -4, -50), (13, 8, 14)),
    *both(ellipsoid((36, 0, -56), (20, 24, 4))), *both(capsule((52, -78, -50), (70, -20, -54), 4, 3)), *both(capsule((20, -60, -88), (28, -34, -90), 6)),
    *both(ellipsoid((52, -6, -66), (7, 6, 9))), *both(capsule((14, 36, -76), (26, 40, -82), 7)), *both(capsule((50, -10, -72), (46, -20, -130), 5)),
)
NASAL_BONES: Final = (*both(capsule((4, -92, -34), (6, -97, -52), 2)), capsule((0, -84, -50), (0, -50, -62), 1.4))
TEMPORALIS: Final = both(ellipsoid((70, -30, -14), (9, 36, 36)))
NECK_MUSCLES: Final = both(ellipsoid((26, 74, -98), (26, 22, 34)), ellipsoid((58, -10, -90), (12, 24, 34)), ellipsoid((54, 36, -94), (12, 16, 34)), ellipsoid((34, -14, -84), (14, 12, 24)))
TONGUE: Final = (ellipsoid((0, -46, -100), (26, 30, 18)),)
