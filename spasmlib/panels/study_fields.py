"""Reading the fields of a tab's form, which come from the page and may hold anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

TICKED = "yes"
"""The value of a check box."""


def choice(form: Mapping[str, Any], name: str, known: Collection[str], otherwise: str = "") -> str:
    """Return the value of a field if it is a known one.

    Examples
    --------
    >>> choice({"kind": "trial"}, "kind", ["trial"]), choice({"kind": ["x"]}, "kind", ["trial"])
    ('trial', '')
    """
    value = form.get(name)
    return value if isinstance(value, str) and value in known else otherwise


def words(form: Mapping[str, Any], name: str) -> str:
    """Return what was typed into a field, without blanks around it.

    Examples
    --------
    >>> words({"text": " ice "}, "text"), words({}, "text")
    ('ice', '')
    """
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def ticked(form: Mapping[str, Any], name: str) -> bool:
    """Say whether a check box of that name is ticked.

    Examples
    --------
    >>> ticked({"incomplete": ["yes"]}, "incomplete"), ticked({"incomplete": []}, "incomplete")
    (True, False)
    """
    value = form.get(name)
    return isinstance(value, list) and TICKED in value
