"""Explore what goes with back muscle spasms, every figure with its source.

An education explorer, not a diagnostic device: it says what goes with what in published
work, for groups of people.
"""

from spasmlib.checking import Fault, check
from spasmlib.model import Parameters
from spasmlib.person import Person
from spasmlib.reading import Reading, Span, read_text
from spasmlib.reasoning import View, assess
from spasmlib.tables import Tables, TablesError, load

__all__ = [
    "Fault",
    "Parameters",
    "Person",
    "Reading",
    "Span",
    "Tables",
    "TablesError",
    "View",
    "assess",
    "check",
    "load",
    "read_text",
]
__version__ = "0.3.0"
