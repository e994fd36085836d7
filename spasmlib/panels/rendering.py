"""Turning tables into escaped HTML with the templates beside this module."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from spasmlib.sources import Source, cited

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill the template of that name; every value is escaped."""
    return _environment().get_template(f"{template}.html.j2").render(**values)


def source(row: Source | dict[str, Any]) -> Markup:
    """Show a citation, linked where there is an address to show, marked where incomplete."""
    citation, link, complete = row if isinstance(row, Source) else cited(row)
    text = Markup("{}").format(citation)
    if link:
        text = Markup('<a href="{}" rel="noreferrer" target="_blank">{}</a>').format(link, citation)
    marks = ([] if link else ["no public link"]) + ([] if complete else ["record incomplete"])
    return text + (Markup(" <em>({})</em>").format(", ".join(marks)) if marks else "")


def basis(row: Source | dict[str, Any] | None) -> Markup:
    """Show where a row comes from: its source, or that it is an estimate."""
    known = row if isinstance(row, Source) else cited(row or {})
    if not known.citation:
        return Markup('<span class="sp-badge sp-badge-estimate">estimate</span>')
    return Markup('<span class="sp-badge sp-badge-sourced">sourced</span> ') + source(known)


def background(reason: dict[str, Any]) -> Markup:
    """Show where a reason's figure for people overall comes from."""
    names = ("citation", "link", "complete")
    return basis({name: reason[f"background_{name}"] for name in names})


def percent(share: float) -> str:
    """Write a share as percent, with as many digits as it deserves.

    Examples
    --------
    >>> percent(0.314)
    '31%'
    >>> percent(0.0123)
    '1.2%'
    >>> percent(0.00002)
    'under 0.1%'
    """
    if share < 0.001:
        return "under 0.1%"
    if share >= 0.995:
        return "over 99%"
    return f"{share * 100:.1f}%" if share < 0.0995 else f"{share * 100:.0f}%"


def in_tenths(value: float) -> str:
    """Write a number with one decimal and its sign.

    Examples
    --------
    >>> in_tenths(0.52)
    '+0.5'
    """
    return f"{value:+.1f}".replace("-", "−")


def lower_first(text: str) -> str:
    """Start a label in lower case, for the middle of a sentence."""
    keep = len(text) > 1 and text[1].isupper()
    return text if keep else text[:1].lower() + text[1:]


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(basis=basis, source=source, background=background)
    environment.filters.update(percent=percent, lower_first=lower_first, tenths=in_tenths)
    return environment
