"""Lumen: a diagnostic workstation for radiologists who read from home.

The packages form a ladder and import only downward; pyproject.toml holds the rungs under
``tool.importlinter``, and the tests hold the code to them.
"""
