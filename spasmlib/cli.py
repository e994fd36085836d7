"""The command ``spasm``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from spasmlib import __version__
from spasmlib.checking import check
from spasmlib.locations import chosen_data

PORT = 8866


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``spasm``; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another encoding must not stop a report half way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except (OSError, ValueError) as error:
        print(f"spasm: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spasm", description="Explore causes, risk factors and what helps. For learning only."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    app = commands.add_parser("app", help="serve the dashboard on this machine")
    app.add_argument("--port", type=_port, default=PORT, help=f"default {PORT}")
    app.add_argument("--data", type=Path, metavar="DIR", help="another data package")
    app.set_defaults(run=_app)

    checked = commands.add_parser("check", help="list every fault of a data package")
    checked.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="default: ours")
    checked.add_argument("--data", type=Path, metavar="DIR", dest="data", help="the same as DIR")
    checked.set_defaults(run=_check)
    return parser


def _app(options: argparse.Namespace) -> int:
    from spasmlib.app import serve

    if options.data is not None and _report(options.data):
        return 1
    serve(options.port, options.data)
    return 0


def _check(options: argparse.Namespace) -> int:
    return _report(options.folder or options.data)


def _report(folder: Path | None) -> int:
    faults = check(folder)
    for fault in faults:
        print(fault)
    place = chosen_data(folder)
    print(f"{place}: {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return 1 if faults else 0


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 1 to 65535")
    return int(text)
