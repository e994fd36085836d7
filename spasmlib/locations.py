"""Where the tables and notebooks lie, in a checkout and in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).parent

DATA_VARIABLE = "SPASM_DATA"
"""Environment variable naming another data package; set by ``--data``."""


def _bundled(name: str) -> Path:
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


def bundled_data() -> Path:
    """Return the folder of the tables that come with spasmlib."""
    return _bundled("data")


def bundled_notebooks() -> Path:
    """Return the folder of the notebooks that come with spasmlib."""
    return _bundled("notebooks")


def chosen_data(path: str | os.PathLike[str] | None = None) -> Path:
    """Return the data package to use: `path`, else ``SPASM_DATA``, else the bundled one."""
    return Path(path or os.environ.get(DATA_VARIABLE) or bundled_data())
