"""Data sets in DICOM JSON, as pydicom writes them: what scripted archives answer with."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset


def dataset(**values: object) -> Dataset:
    """Return a data set; a list of dicts becomes a sequence."""
    made = Dataset()
    for keyword, value in values.items():
        is_sequence = isinstance(value, list) and all(isinstance(one, dict) for one in value) and value
        setattr(made, keyword, [dataset(**one) for one in value] if is_sequence else value)  # type: ignore[attr-defined]  # a list
    return made


def item(**values: object) -> dict[str, Any]:
    """Return it as JSON."""
    return dataset(**values).to_json_dict()
