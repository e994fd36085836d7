"""Serving the dashboard with Voilà."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

from spasmlib.locations import DATA_VARIABLE, bundled_notebooks
from spasmlib.tables import TablesError, load, records

HOST = "127.0.0.1"
LAST_PORT = 65535
EXTENSIONS = (
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
)


def serve(port: int, data: Path | None = None) -> None:
    """Serve the dashboard until interrupted.

    Parameters
    ----------
    port : int
        On this machine only.
    data : Path, optional
        Another data package.

    Raises
    ------
    OSError
        If the port is taken.
    """
    require_free(port)
    if data is not None:
        os.environ[DATA_VARIABLE] = str(data.resolve())
    # Voilà takes seconds to import: the port is checked before.
    from traitlets.config import Config
    from voila.app import Voila

    config = Config({"VoilaConfiguration": {"resources": first_words(data)}})
    print(f"Spasm Explorer: http://localhost:{port}  (Ctrl-C stops it)", flush=True)  # noqa: T201
    Voila.launch_instance(argv=arguments(port), config=config)


def first_words(data: Path | None = None) -> dict[str, Any]:
    """Return what the page says before any script runs: the emergency list of the tables.

    Empty where the tables are broken: the page itself then says what is wrong with them.
    """
    try:
        tables = load(data)
    except TablesError:
        return {}
    level = records(tables["urgency_levels"].sort_values("position"))[0]
    signs = tables["emergency_signs"].sort_values("position")["sign"].tolist()
    advice = {name: level[name] for name in ("label", "what_to_do")}
    return {"spasm_emergency": advice | {"signs": signs}}


def arguments(port: int) -> list[str]:
    """Return Voilà's command line for the dashboard."""
    return [
        str(bundled_notebooks() / "explorer.ipynb"),
        "--no-browser",
        f"--port={port}",
        "--Voila.port_retries=0",
        f"--Voila.ip={HOST}",
        "--template=spasm",
        # Any other extension only costs time: the page uses none.
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS),
    ]


def require_free(port: int) -> None:
    """Raise an OSError that says what to do if something else listens on `port`."""
    with socket.socket() as probe:
        if os.name == "posix":  # on Windows this option lets a taken port be taken again
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise OSError(f"port {port} can't be used: {error.strerror}") from None
            other = port + 1 if port < LAST_PORT else port - 1
            raise OSError(
                f"port {port} is taken by another program; stop that one or choose "
                f"another port, for example: make app PORT={other}, or "
                f"spasm app --port {other}"
            ) from None
