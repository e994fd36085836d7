"""The fast reader never accepts what the full check would refuse, whatever a cell holds."""

from __future__ import annotations

import pandas as pd
from frictionless import Field
from hypothesis import given, settings
from hypothesis import strategies as st

from spasmlib.schema import Column
from spasmlib.tables import _typed

RULES: dict[str, dict[str, object]] = {
    "integer": {"minimum": 0, "maximum": 120},
    "number": {"minimum": 0, "maximum": 1},
    "boolean": {},
    "string": {"pattern": "[a-z][a-z0-9_]*"},
}

cells = st.one_of(
    st.text(max_size=8),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(["true", "false", "True", "0", "1", "1e-3", " 1", "1 ", "nan", "inf", "a_b1"]),
)


def refused(column: Column, cell: str) -> bool:
    """Whether Frictionless finds a fault in a cell of such a column."""
    descriptor = {
        "name": column.name,
        "type": column.type,
        "constraints": column.constraints,
        **({"trueValues": ["true"], "falseValues": ["false"]} if column.type == "boolean" else {}),
    }
    _, notes = Field.from_descriptor(descriptor).read_cell(cell)
    return bool(notes)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(RULES)), cells)
def test_what_the_reader_takes_the_check_takes_too(kind: str, cell: str) -> None:
    column = Column("x", kind, {"required": True, **RULES[kind]}, "", False)
    text = pd.Series(["unused", cell or None], name="x", dtype="str").iloc[1:]
    try:
        value = _typed(text, column).iloc[0]
    except ValueError as error:
        assert "row 3, column x" in str(error)
        return
    assert not refused(column, cell), (kind, cell)
    if kind in ("integer", "number"):
        assert float(value) == float(cell)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.integers(0, 120), min_size=1))
def test_good_cells_come_back_as_they_were(ages: list[int | None]) -> None:
    text = pd.Series([None if age is None else str(age) for age in ages], name="x", dtype="str")
    typed = _typed(text, Column("x", "integer", {"minimum": 0, "maximum": 120}, "", False))
    assert typed.dtype == "Int64"
    assert [None if pd.isna(value) else int(value) for value in typed] == ages
