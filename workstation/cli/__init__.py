"""The command line, for IT and scripts: one file a command, each a thin shell around a workflow verb.

Only ``__main__`` imports it. What a command prints without ``--json`` is for people and may change;
JSON only ever gains fields.
"""

from workstation.cli.group import build

__all__ = ["build"]
