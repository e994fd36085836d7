"""The emergency list: the same for everyone, on the first screen, before any input."""

from __future__ import annotations

from typing import Any

from spasmlib.sources import with_citations
from spasmlib.tables import Tables, records


def emergency_list(tables: Tables) -> dict[str, Any]:
    """Return what the template ``emergency`` shows, by its names."""
    levels = tables["urgency_levels"].sort_values("position")
    signs = tables["emergency_signs"].sort_values("position")
    return {
        "emergency": records(levels)[0],
        "signs": records(with_citations(tables, signs)),
        "facts": records(with_citations(tables, tables["facts"])),
    }
