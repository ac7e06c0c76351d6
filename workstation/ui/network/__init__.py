"""The pages of the network: the line, the outbox, the connection check, outages, signing in.

Everything shown comes from the contract's ``Network``, asked on worker threads; where there is none, or no
archive is set up, nothing in here shows. Only ``ui.main_window`` imports it.
"""

from workstation.ui.network.check_page import CheckPage
from workstation.ui.network.switchboard import Switchboard, Window

__all__ = ["CheckPage", "Switchboard", "Window"]
