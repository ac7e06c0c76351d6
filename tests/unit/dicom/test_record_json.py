import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import FrameFacts, FrameTable, InstanceRecord
from workstation.dicom.record_json import from_json, table_from_json, table_to_json, to_json

# Values of every field come from the type hints of the model.
RECORDS = st.builds(InstanceRecord, frames=st.lists(st.builds(FrameFacts), max_size=3).map(tuple))


@given(RECORDS)
def test_every_record_comes_back_as_it_was(record: InstanceRecord) -> None:
    assert repr(from_json(to_json(record))) == repr(record)  # by repr: a NaN equals nothing


@given(RECORDS)
def test_a_record_is_one_line(record: InstanceRecord) -> None:
    assert "\n" not in to_json(record)


@given(
    record=RECORDS,
    field=st.integers(0, len(fields(InstanceRecord)) - 1),
    junk=st.sampled_from([[], {}, [[1]]]),
)
def test_a_field_of_another_type_is_not_believed(record: InstanceRecord, field: int, junk: object) -> None:
    """An empty list may stand for an empty tuple; nothing else here may stand for anything."""
    version, values = json.loads(to_json(record))
    if junk == [] and isinstance(values[field], list):
        return
    values[field] = junk

    with pytest.raises(ValueError, match=r"."):
        from_json(json.dumps([version, values]))


@pytest.mark.parametrize("line", ["[]", "null", "[0, []]", "[1, []]", "[1]", "{", '"x"', "[1, {}]"])
def test_a_text_that_is_no_record_raises_value_error(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(line)


@given(RECORDS)
def test_a_truth_value_is_no_number(record: InstanceRecord) -> None:
    table = json.loads(to_json(record))
    table[1][_index("frame_count")] = True

    with pytest.raises(ValueError, match="not a int"):
        from_json(json.dumps(table))


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**32)), max_size=3).map(tuple)).map(
        tuple
    )
)
def test_every_frame_table_comes_back_as_it_was(spans: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    assert table_from_json(table_to_json(FrameTable(spans))) == FrameTable(spans)


def _index(name: str) -> int:
    return [field.name for field in fields(InstanceRecord)].index(name)
