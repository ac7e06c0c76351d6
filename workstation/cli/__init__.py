"""The command line, for IT and scripts: one file a command, each a thin shell around a workflow verb.

Only ``__main__`` imports it, and ``app`` the ``Session`` that it is handed. What a command prints
without ``--json`` is for people and may change; JSON only ever gains fields.
"""

from workstation.cli.group import build, run

__all__ = ["build", "run"]
