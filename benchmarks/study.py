"""How long the parts of the study take to open, against making the first page, in one run.

The first page makes none of them: what a visitor who only asks does not open costs nothing.
Prints milliseconds for orientation; the ratios are what can be compared between machines.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import spasmlib
from spasmlib.panels import Explorer, StudyPage
from spasmlib.panels.study import parts
from spasmlib.search import search

ROUNDS = 5
QUERIES = ("mus", "sciatca", "paracetamol", "numb between the legs", "odds ratio", "nice guideline")


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the time of the first run of `work` and the median of later ones."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times[0], statistics.median(times[1:])


def main() -> None:
    """Print the table."""
    tables = spasmlib.load()
    Explorer(tables)  # what is worked out once for all visitors
    _, page = milliseconds(lambda: Explorer(tables))
    print(f"{'task':34}{'first ms':>10}{'later ms':>10}{'against the first page':>26}")
    print(f"{'first page':34}{'':>10}{page:10.1f}{'1':>26}")
    for name in parts():
        first, later = milliseconds(lambda name=name: StudyPage(tables, name))
        print(f"{'open ' + name:34}{first:10.1f}{later:10.1f}{later / page:>25.2f}x")
    for query in QUERIES:
        first, later = milliseconds(lambda query=query: search(tables, query))
        print(f"{'search ' + query:34}{first:10.1f}{later:10.1f}{later / page:>25.2f}x")


if __name__ == "__main__":
    main()
