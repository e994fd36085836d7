"""Serving the dashboard with Voilà."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from spasmlib.locations import DATA_VARIABLE, bundled_notebooks

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
    from voila.app import Voila

    print(f"Spasm Explorer: http://localhost:{port}  (Ctrl-C stops it)", flush=True)  # noqa: T201
    Voila.launch_instance(argv=arguments(port))


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
