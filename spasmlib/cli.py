"""The command ``spasm``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from spasmlib import __version__
from spasmlib.checking import check
from spasmlib.locations import chosen_data
from spasmlib.tables import load

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

    judged = commands.add_parser(
        "evaluate", help="how often reference cases are ranked rightly, and who is sent where"
    )
    judged.add_argument("cases", nargs="?", type=Path, metavar="CASES.jsonl")
    judged.add_argument("--json", type=Path, metavar="FILE", help="write all results there as well")
    judged.add_argument(
        "--from-text", action="store_true", help="read the narratives, not the coded findings"
    )
    judged.add_argument(
        "--ordinary", type=_number, metavar="N", help="where N ordinary people would be sent"
    )
    judged.add_argument("--data", type=Path, metavar="DIR", help="another data package")
    judged.set_defaults(run=_evaluate)

    made = commands.add_parser(
        "reference", help="make the tables of results on reference cases of a data package anew"
    )
    made.add_argument("cases", type=Path, metavar="CASES.jsonl")
    made.add_argument("sources", type=Path, metavar="SOURCES.csv", help="where they were published")
    made.add_argument("--data", type=Path, metavar="DIR", help="another data package")
    made.set_defaults(run=_reference)
    return parser


def _app(options: argparse.Namespace) -> int:
    from spasmlib.app import serve

    if options.data is not None and _report(options.data):
        return 1
    serve(options.port, options.data)
    return 0


def _check(options: argparse.Namespace) -> int:
    return _report(options.folder or options.data)


def _evaluate(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from spasmlib.cases import read_cases
    from spasmlib.evaluation import as_json, as_text, evaluate, send_ordinary

    if options.cases is None and options.ordinary is None:
        raise ValueError("evaluate: name a file of cases, or --ordinary N, or both")
    tables = load(options.data)
    report = people = None
    bad: tuple[object, ...] = ()
    if options.cases is not None:
        cases, bad = read_cases(tables, options.cases)
        for line in bad:
            print(f"skipped: {line}", file=sys.stderr)
        report = evaluate(tables, cases, from_text=options.from_text, progress=_bar(tqdm, "cases"))
    if options.ordinary is not None:
        people = send_ordinary(tables, options.ordinary, progress=_bar(tqdm, "people"))
    print(as_text(report, people))
    if options.json is not None:
        options.json.write_text(as_json(report, people, bad), encoding="utf-8")
    return 1 if bad else 0


def _reference(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from spasmlib.cases import read_cases
    from spasmlib.reference import read_sources, reference_tables, write_tables

    tables = load(options.data)
    cases, bad = read_cases(tables, options.cases)
    if bad:
        raise ValueError("; ".join(map(str, bad)))
    made = reference_tables(tables, cases, read_sources(options.sources), _bar(tqdm, "values"))
    write_tables(tables.folder, made)
    for name, frame in made.items():
        print(f"{name}: {len(frame)} rows")
    return _report(tables.folder)


def _bar(tqdm: Any, unit: str) -> Callable[[Iterable[Any]], Iterable[Any]]:
    # Only a person who watches wants a bar; a log does not.
    return lambda rows: tqdm(list(rows), unit=f" {unit}", disable=None)


def _report(folder: Path | None) -> int:
    faults = check(folder)
    for fault in faults:
        print(fault)
    place = chosen_data(folder)
    print(f"{place}: {len(faults) or 'no'} fault{'s' * (len(faults) != 1)}")
    return 1 if faults else 0


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of people; expected 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 1 to 65535")
    return int(text)
