"""Turning tables into escaped HTML with the templates beside this module."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from spasmlib.glossary import spotted
from spasmlib.sources import Source, cited
from spasmlib.tables import Tables

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


def row_link(text: object, table: str, *key: object) -> Markup:
    """Link a number to the row of the tables that it stands in.

    Examples
    --------
    >>> print(row_link("1.31", "risk_effects", "re_smoking_1"))
    <a ... data-study="rows/risk_effects/re_smoking_1">1.31</a>
    """
    return place_link(text, "/".join(["rows", table, "+".join(map(str, key))]), "sp-number")


def place_link(text: object, address: str, style: str = "sp-place") -> Markup:
    """Link a text to an address of the study part."""
    return Markup('<a class="{}" href="#study={}" data-study="{}">{}</a>').format(
        style, quote(address, safe="/."), address, text
    )


def explained(text: str, tables: Tables) -> Markup:
    """Mark the technical words of a text so that each opens to its meaning.

    What is marked becomes a button: use it in text and headings, not in links or buttons.
    """
    told, at = Markup(""), 0
    for start, end, entry_id in spotted(tables, text):
        word = Markup(
            '<button type="button" class="sp-term" data-term="{}" aria-haspopup="dialog" '
            'aria-expanded="false">{}</button>'
        )
        told += Markup("{}").format(text[at:start]) + word.format(entry_id, text[start:end])
        at = end
    return told + Markup("{}").format(text[at:])


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
    environment.globals.update(
        basis=basis, source=source, background=background, row_link=row_link, place_link=place_link
    )
    environment.filters.update(
        percent=percent, lower_first=lower_first, tenths=in_tenths, explain=explained
    )
    return environment
