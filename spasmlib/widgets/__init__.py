"""Widgets: one small Python class beside one ES module each."""

from spasmlib.widgets.board import Board
from spasmlib.widgets.body_map import BodyMap
from spasmlib.widgets.chart import Chart
from spasmlib.widgets.findings_form import FindingsForm
from spasmlib.widgets.html_panel import HtmlPanel
from spasmlib.widgets.links import LinkedColumns
from spasmlib.widgets.page import Page
from spasmlib.widgets.search import Found, Search
from spasmlib.widgets.session import Session

__all__ = [
    "Board",
    "BodyMap",
    "Chart",
    "FindingsForm",
    "Found",
    "HtmlPanel",
    "LinkedColumns",
    "Page",
    "Search",
    "Session",
]
