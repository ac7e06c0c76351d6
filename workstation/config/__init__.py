"""Every setting, declared once; and where the program's own files lie.

Values come from three places, the later ones winning: the default, the person's file, and, for a
setting that a site has locked, the site's policy. Only ``app``, ``workflow`` and ``cli`` read it;
everyone else gets values as arguments.
"""

from workstation.config.archives import ArchiveEntry, Archives, entry_of, load_archives, save_archives
from workstation.config.declared import SETTINGS, Setting
from workstation.config.forwarding import ForwardRule, Forwards, load_forwards
from workstation.config.loading import BadSetting, Settings, load
from workstation.config.places import Places, resource

__all__ = [
    "SETTINGS",
    "ArchiveEntry",
    "Archives",
    "BadSetting",
    "ForwardRule",
    "Forwards",
    "Places",
    "Setting",
    "Settings",
    "entry_of",
    "load",
    "load_archives",
    "load_forwards",
    "resource",
    "save_archives",
]
