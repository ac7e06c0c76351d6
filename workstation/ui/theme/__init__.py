"""How everything looks: one table of colours, one of sizes, and what is generated from them.

Its values are those of the window's design page. Only ``ui`` and ``app`` import it; a widget never
writes a colour or a pixel size that is not in here.
"""

from workstation.ui.theme.fonts import FontSize, fixed_font, font
from workstation.ui.theme.icons import icon
from workstation.ui.theme.palette import PALETTE, Palette, contrast, mix
from workstation.ui.theme.scaling import apply_scale
from workstation.ui.theme.sizes import CONTROL, CORNER, ICON, STEP
from workstation.ui.theme.stylesheet import apply_theme, stylesheet

__all__ = [
    "CONTROL",
    "CORNER",
    "ICON",
    "PALETTE",
    "STEP",
    "FontSize",
    "Palette",
    "apply_scale",
    "apply_theme",
    "contrast",
    "fixed_font",
    "font",
    "icon",
    "mix",
    "stylesheet",
]
